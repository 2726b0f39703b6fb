//! Principals: the users of a sandbox, their sessions of assumed roles, and the caller of a request.

use std::fmt;

use jiff::Timestamp;

use crate::organization::Organization;
use crate::random::{KEY_ID, Random, SECRET};

/// The role in which the management account administers other accounts.
pub(crate) const ADMINISTRATOR_ROLE: &str = "OrganizationAccountAccessRole";
/// The role of users of the security account in other accounts.
pub(crate) const DEVOPS_ROLE: &str = "DevOps";

/// The access key of a user, valid in one sandbox only.
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
    /// The id of the user's account.
    pub account_id: String,
    /// The user's ARN, with its path.
    pub arn: String,
    /// The serial number of the user's virtual MFA device.
    pub mfa_serial: Option<String>,
    /// The user's access key.
    pub access_key: AccessKey,
    /// IAM's unique id of the user.
    pub(crate) id: String,
}

/// The users of a sandbox, one for each credential type.
#[derive(Debug, Clone)]
pub struct Users {
    /// An administrator of the management account, without an MFA device, who sets up the organization.
    pub bootstrap: User,
    /// An administrator of the management account with the path `/admins/` and an MFA device.
    pub management: User,
    /// A user of the security account with an MFA device, who can only assume the role `DevOps`.
    pub security: User,
}

impl Users {
    pub(crate) fn new(organization: &Organization, random: &Random) -> Self {
        let (management, security) = (&organization.management.id, &organization.security.id);
        Self {
            bootstrap: User::new("bootstrap", "/", management, None, random),
            management: User::new("management", "/admins/", management, Some("management"), random),
            security: User::new("security", "/", security, Some("security"), random),
        }
    }

    /// Iterates over all users.
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

/// A session of an assumed role, with its temporary credentials.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access_key: AccessKey,
    pub(crate) token: String,
    pub(crate) expires: Timestamp,
    pub(crate) account_id: String,
    pub(crate) role: String,
    pub(crate) arn: String,
    /// The unique id of the role, with the name of the session.
    pub(crate) id: String,
}

impl Session {
    pub(crate) fn new(account_id: &str, role: &str, name: &str, expires: Timestamp, random: &Random) -> Self {
        let label = random.new_label("session");
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

/// The caller of a request.
pub(crate) enum Caller<'a> {
    User(&'a User),
    Role(Session),
}

impl Caller<'_> {
    pub(crate) fn arn(&self) -> &str {
        match self {
            Self::User(user) => &user.arn,
            Self::Role(session) => &session.arn,
        }
    }

    /// IAM's unique id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::User(user) => &user.id,
            Self::Role(session) => &session.id,
        }
    }

    pub(crate) fn account_id(&self) -> &str {
        match self {
            Self::User(user) => &user.account_id,
            Self::Role(session) => &session.account_id,
        }
    }

    /// The user; `None` if a role is calling.
    pub(crate) fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Role(_) => None,
        }
    }

    /// Whether the caller has all permissions in its account.
    pub(crate) fn is_administrator(&self, organization: &Organization) -> bool {
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
    fn debug_output_hides_secrets() {
        let random = Random::new(Some(1)).unwrap();
        let users = Users::new(&Organization::new(4, false, &random), &random);
        let shown = format!("{users:?}");
        for user in users.iter() {
            assert!(shown.contains(&user.access_key.id));
            assert!(!shown.contains(&user.access_key.secret));
        }
    }

    #[test]
    fn arn_of_user_has_path_and_device_has_not() {
        let random = Random::new(Some(1)).unwrap();
        let users = Users::new(&Organization::new(4, false, &random), &random);
        assert_eq!(users.management.arn, "arn:aws:iam::111122223333:user/admins/management");
        assert_eq!(users.management.mfa_serial.as_deref(), Some("arn:aws:iam::111122223333:mfa/management"));
        assert_eq!(users.security.arn, "arn:aws:iam::001122334455:user/security");
        assert_eq!(users.bootstrap.mfa_serial, None);
    }
}
