//! Matches the organization's accounts with those in the project's files.
//!
//! The id is compared first, so that an account renamed in AWS keeps its name in the project.

use std::collections::HashMap;
use std::fmt;

use leverage_plugin_api::model::{Account, AccountFilter, AccountState, Failure, Project, ProjectAccount};
use leverage_plugin_api::naming::account_name;
use leverage_plugin_api::sdk::list_names;

/// The management account's name in a project that does not set another one.
pub(super) const MANAGEMENT: &str = "management";

/// Whether this name stands for the management account in a project's files.
pub(super) fn is_management_name(name: &str) -> bool {
    [MANAGEMENT, "master", "root"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// An account with the name that profiles and variables use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedAccount {
    pub name: String,
    pub id: String,
    pub email: Option<String>,
    /// Active if only the project's files have the account.
    pub state: AccountState,
    pub is_management: bool,
    /// The project's files have the account, but the complete list of the organization does not.
    pub has_left: bool,
}

impl fmt::Display for NamedAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.id)
    }
}

/// The accounts, those of the project first, and warnings about the others.
#[derive(Debug)]
pub(super) struct ResolvedAccounts {
    pub accounts: Vec<NamedAccount>,
    pub warnings: Vec<String>,
}

/// Whether the filter includes accounts in this state.
pub(super) fn wants_state(filter: &AccountFilter, state: &AccountState) -> bool {
    if filter.states.is_empty() { *state == AccountState::Active } else { filter.states.contains(state) }
}

/// Matches the organization's accounts with those of the project.
pub(super) fn resolve(
    project: &Project,
    organization: &[Account],
    management_id: Option<&str>,
    filter: &AccountFilter,
) -> Result<ResolvedAccounts, Failure> {
    let listed_by_id: HashMap<&str, &ProjectAccount> =
        project.accounts.iter().filter_map(|account| Some((account.id.as_deref()?, account))).collect();
    let name_of = |account: &Account| {
        if let Some(listed) = listed_by_id.get(account.id.as_str()) {
            listed.name.clone()
        } else if Some(account.id.as_str()) == management_id {
            MANAGEMENT.to_owned()
        } else {
            account_name(&account.name, project.long_name.as_deref())
        }
    };

    let mut by_name: HashMap<String, &Account> = HashMap::with_capacity(organization.len());
    let mut left_out: HashMap<String, &Account> = HashMap::new();
    let mut order = Vec::with_capacity(organization.len());
    for account in organization {
        let name = name_of(account);
        if account.state != AccountState::Active && !wants_state(filter, &account.state) {
            left_out.insert(name, account);
            continue;
        }
        if let Some(other) = by_name.insert(name.clone(), account) {
            return Err(two_of_one_name(&name, other, account));
        }
        order.push(name);
    }

    let mut accounts = Vec::with_capacity(order.len());
    let mut named = |name: &str, account: &Account, listed: Option<&ProjectAccount>| {
        accounts.push(NamedAccount {
            name: name.to_owned(),
            id: account.id.clone(),
            email: listed.and_then(|listed| listed.email.clone()).or_else(|| account.email.clone()),
            state: account.state.clone(),
            is_management: is_management(name, &account.id, management_id),
            has_left: false,
        });
    };
    let mut strangers = Vec::new();
    for listed in &project.accounts {
        if let Some(account) = by_name.remove(&listed.name) {
            named(&listed.name, account, Some(listed));
        } else if !left_out.contains_key(&listed.name) {
            strangers.push(listed);
        }
    }
    for name in &order {
        if let Some(account) = by_name.remove(name) {
            named(name, account, None);
        }
    }
    for account in strangers.into_iter().filter_map(|listed| NamedAccount::from_listed(listed, management_id)) {
        accounts.push(NamedAccount { has_left: true, ..account });
    }
    let warnings = not_active(left_out).into_iter().collect();
    Ok(ResolvedAccounts { accounts, warnings })
}

/// The accounts with an id in the project's files, for when the organization cannot be read.
pub(super) fn from_project(project: &Project, management_id: Option<&str>) -> Vec<NamedAccount> {
    project.accounts.iter().filter_map(|listed| NamedAccount::from_listed(listed, management_id)).collect()
}

impl NamedAccount {
    fn from_listed(listed: &ProjectAccount, management_id: Option<&str>) -> Option<Self> {
        let id = listed.id.clone()?;
        Some(Self {
            name: listed.name.clone(),
            is_management: is_management(&listed.name, &id, management_id),
            id,
            email: listed.email.clone(),
            state: AccountState::Active,
            has_left: false,
        })
    }
}

fn is_management(name: &str, id: &str, management_id: Option<&str>) -> bool {
    management_id.map_or(name == MANAGEMENT, |management_id| id == management_id)
}

fn two_of_one_name(name: &str, one: &Account, other: &Account) -> Failure {
    Failure::new(format!(
        "accounts {:?} ({}) and {:?} ({}) would both be named `{name}`",
        one.name, one.id, other.name, other.id
    ))
    .hint("rename one of them in AWS, or list it by id under another name in the project's `accounts`")
}

/// How many accounts a message lists by name.
const NAMED: usize = 5;

fn not_active(left_out: HashMap<String, &Account>) -> Option<String> {
    let mut names: Vec<String> = left_out
        .into_iter()
        .map(|(name, account)| match &account.state {
            AccountState::Other(state) => format!("{name} ({state})"),
            _ => name,
        })
        .collect();
    names.sort();
    let listed = list_names(&names, NAMED);
    match names.len() {
        0 => None,
        1 => Some(format!("skipped 1 account that is not active: {listed}")),
        all => Some(format!("skipped {all} accounts that are not active: {listed}")),
    }
}
