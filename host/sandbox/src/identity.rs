//! Who may call: the users of a sandbox, the roles they assumed, and the principal behind a request.

use std::fmt;

use jiff::Timestamp;

use super::organization::Organization;
use super::random::{KEY_ID, Random, SECRET};

/// The role with which the management account administers every other account.
pub(super) const ADMINISTRATOR_ROLE: &str = "OrganizationAccountAccessRole";
/// The role that people of the security account have in the other accounts.
pub(super) const DEVOPS_ROLE: &str = "DevOps";

/// The access key of a user: good for one sandbox, worthless anywhere else.
#[derive(Clone)]
pub struct AccessKey {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
}

/// A user of the sandbox.
#[derive(Debug, Clone)]
pub struct User {
    /// The user's name.
    pub name: &'static str,
    /// The id of the account that the user is in.
    pub account_id: String,
    /// The user's ARN, with the path.
    pub arn: String,
    /// The serial number of the user's virtual MFA device.
    pub mfa_serial: Option<String>,
    /// The user's access key.
    pub access_key: AccessKey,
    /// IAM's unique id of the user.
    pub(super) id: String,
}

/// The users of a sandbox, one for each credential type.
#[derive(Debug, Clone)]
pub struct Users {
    /// Sets the organization up: an administrator of the management account, without an MFA device.
    pub bootstrap: User,
    /// An administrator of the management account below a path (`/admins/`), with an MFA device.
    pub management: User,
    /// A user of the security account with an MFA device; may assume `DevOps` and nothing else.
    pub security: User,
}

impl Users {
    pub(super) fn new(organization: &Organization, random: &Random) -> Self {
        let (management, security) = (&organization.management.id, &organization.security.id);
        Self {
            bootstrap: User::new("bootstrap", "/", management, None, random),
            management: User::new("management", "/admins/", management, Some("management"), random),
            security: User::new("security", "/", security, Some("security"), random),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &User> {
        [&self.bootstrap, &self.management, &self.security].into_iter()
    }
}

impl User {
    fn new(name: &'static str, path: &str, account_id: &str, device: Option<&str>, random: &Random) -> Self {
        let text = |what: &str, alphabet, length| random.text(&format!("user/{name}/{what}"), alphabet, length);
        Self {
            name,
            arn: format!("arn:aws:iam::{account_id}:user{path}{name}"),
            mfa_serial: device.map(|device| format!("arn:aws:iam::{account_id}:mfa/{device}")),
            access_key: AccessKey {
                id: format!("AKIA{}", text("key id", KEY_ID, 16)),
                secret: text("secret", SECRET, 40),
            },
            id: format!("AIDA{}", text("id", KEY_ID, 17)),
            account_id: account_id.to_owned(),
        }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A role that was assumed, with its temporary credentials.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) access_key: AccessKey,
    pub(super) token: String,
    pub(super) expires: Timestamp,
    pub(super) account_id: String,
    pub(super) role: String,
    pub(super) arn: String,
    /// The role's unique id and the name of the session.
    pub(super) id: String,
}

impl Session {
    pub(super) fn new(account_id: &str, role: &str, name: &str, expires: Timestamp, random: &Random) -> Self {
        let label = random.fresh_label("session");
        let text = |what: &str, alphabet, length| random.text(&format!("{label}/{what}"), alphabet, length);
        let role_id = random.text(&format!("role/{account_id}/{role}"), KEY_ID, 17);
        Self {
            access_key: AccessKey {
                id: format!("ASIA{}", text("key id", KEY_ID, 16)),
                secret: text("secret", SECRET, 40),
            },
            token: text("token", SECRET, 340),
            expires,
            account_id: account_id.to_owned(),
            role: role.to_owned(),
            arn: format!("arn:aws:sts::{account_id}:assumed-role/{role}/{name}"),
            id: format!("AROA{role_id}:{name}"),
        }
    }
}

/// Who made a request.
pub(super) enum Caller<'a> {
    User(&'a User),
    Role(Session),
}

impl Caller<'_> {
    pub(super) fn arn(&self) -> &str {
        match self {
            Self::User(user) => &user.arn,
            Self::Role(session) => &session.arn,
        }
    }

    /// IAM's unique id.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::User(user) => &user.id,
            Self::Role(session) => &session.id,
        }
    }

    pub(super) fn account_id(&self) -> &str {
        match self {
            Self::User(user) => &user.account_id,
            Self::Role(session) => &session.account_id,
        }
    }

    /// The user, unless a role is calling.
    pub(super) fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Role(_) => None,
        }
    }

    /// Whether IAM allows the caller everything within its account.
    pub(super) fn is_administrator(&self, organization: &Organization) -> bool {
        match self {
            Self::User(user) => user.account_id == organization.management.id,
            Self::Role(session) => session.role == ADMINISTRATOR_ROLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let random = Random::new(Some(1)).unwrap();
        let users = Users::new(&Organization::new(4, false, &random), &random);
        let shown = format!("{users:?}");
        for user in users.iter() {
            assert!(shown.contains(&user.access_key.id));
            assert!(!shown.contains(&user.access_key.secret));
        }
    }

    #[test]
    fn arns_carry_the_path_and_devices_do_not() {
        let random = Random::new(Some(1)).unwrap();
        let users = Users::new(&Organization::new(4, false, &random), &random);
        assert_eq!(users.management.arn, "arn:aws:iam::111122223333:user/admins/management");
        assert_eq!(users.management.mfa_serial.as_deref(), Some("arn:aws:iam::111122223333:mfa/management"));
        assert_eq!(users.security.arn, "arn:aws:iam::001122334455:user/security");
        assert_eq!(users.bootstrap.mfa_serial, None);
    }
}
