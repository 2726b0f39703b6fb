//! Which account the access keys must belong to.

use leverage_plugin_api::model::{Account, Accounts, Failure, Identity, Organization, Project, Request};
use leverage_plugin_api::naming::account_name;

use super::accounts::is_management_name;

/// The setting with the ids that the user accepts although the project records others.
const ALLOWED_ACCOUNTS: &str = "allowed_accounts";

/// The account that the access keys must belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyOwner {
    /// Any account.
    Anyone,
    /// The management account of the organization.
    Management,
    /// The account with this name in the project.
    Named(&'static str),
}

impl KeyOwner {
    /// Fails if the keys of `identity` belong to another account. `accounts` are those of the organization, if requested.
    pub fn check(
        self,
        request: &Request,
        identity: &Identity,
        organization: &Organization,
        accounts: Option<&Accounts>,
    ) -> Result<(), Failure> {
        match self {
            Self::Anyone => Ok(()),
            Self::Management => check_management(request, identity, organization),
            Self::Named(name) => check_named(request, identity, organization, accounts, name),
        }
    }
}

fn check_management(request: &Request, identity: &Identity, organization: &Organization) -> Result<(), Failure> {
    let kind = &request.options.credential_type;
    let hint = format!("{kind} needs the access keys of a user in the management account");
    let account = &identity.account;
    if let Organization::Found { management_account_id, .. } = organization {
        return if management_account_id == account {
            Ok(())
        } else {
            Err(Failure::new(format!(
                "the access keys belong to account {account}, but the organization's management account is \
                 {management_account_id}"
            ))
            .hint(hint))
        };
    }
    match recorded(&request.project, is_management_name) {
        Some(id) if id == account || is_allowed(request, account) => Ok(()),
        Some(id) => Err(Failure::new(format!(
            "the access keys of `{}` belong to account {account}, but the project records management account {id}, and \
             the organization cannot be read",
            identity.arn
        ))
        .hint(format!("{hint}; pass `--allow-account {account}` if the recorded id is wrong"))),
        None => Ok(()),
    }
}

fn check_named(
    request: &Request,
    identity: &Identity,
    organization: &Organization,
    accounts: Option<&Accounts>,
    name: &str,
) -> Result<(), Failure> {
    let kind = &request.options.credential_type;
    let Identity { account, arn, .. } = identity;
    let hint = format!("{kind} needs the access keys of a user in the account `{name}`");
    let project = &request.project;
    let long_name = project.long_name.as_deref();
    let is_named = |account: &&Account| account_name(&account.name, long_name).eq_ignore_ascii_case(name);
    let in_organization = || match accounts {
        Some(Accounts::Found { accounts, .. }) => accounts.iter().find(is_named).map(|account| account.id.as_str()),
        _ => None,
    };
    let wanted = recorded(project, |listed| listed.eq_ignore_ascii_case(name)).or_else(in_organization);
    if let Some(wanted) = wanted.filter(|wanted| wanted != account) {
        return Err(Failure::new(format!(
            "the access keys of `{arn}` belong to account {account}, but the account `{name}` is {wanted}"
        ))
        .hint(hint));
    }
    let management = match organization {
        Organization::Found { management_account_id, .. } => Some(management_account_id.as_str()),
        _ => recorded(project, is_management_name),
    };
    if wanted.is_none() && management == Some(account) {
        return Err(Failure::new(format!("the access keys of `{arn}` belong to the management account")).hint(hint));
    }
    Ok(())
}

/// The recorded id of the first account with a matching name. A placeholder repeats one digit.
fn recorded(project: &Project, matches: impl Fn(&str) -> bool) -> Option<&str> {
    let ids =
        project.accounts.iter().filter(|account| matches(&account.name)).filter_map(|account| account.id.as_deref());
    ids.into_iter().find(|id| id.bytes().any(|digit| !id.starts_with(char::from(digit))))
}

fn is_allowed(request: &Request, account: &str) -> bool {
    let allowed = request.options.settings.get(ALLOWED_ACCOUNTS).and_then(|allowed| allowed.as_array());
    allowed.is_some_and(|allowed| allowed.iter().any(|id| id.as_str() == Some(account)))
}

/// Whether these are the keys of an account's root user.
pub(super) fn is_root_user(identity: &Identity) -> bool {
    identity.arn.split(':').nth(5) == Some("root")
}

/// Fails for the keys of a root user: AWS does not let a root user assume a role.
pub(super) fn check_not_root(identity: &Identity) -> Result<(), Failure> {
    if !is_root_user(identity) {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` is the root user, which cannot assume roles in the accounts", identity.arn))
        .hint("create an IAM user with administrator access in this account, and use its access keys"))
}
