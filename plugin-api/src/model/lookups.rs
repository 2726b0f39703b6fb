//! The answers to lookups. The lookups themselves are in [`crate::sdk::lookup`].

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::secret::SecretRef;

/// A pair of access keys. The secret half is a reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeyPair {
    /// `AKIA…`
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretRef,
}

impl KeyPair {
    /// The pair of an id and a secret.
    pub fn new(access_key_id: impl Into<String>, secret_access_key: SecretRef) -> Self {
        Self { access_key_id: access_key_id.into(), secret_access_key }
    }
}

/// The credentials for a request to AWS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Credentials {
    /// The access keys of an existing profile of the project.
    Profile(String),
    /// The keys of an `access-keys/1` answer.
    Keys(KeyPair),
}

/// The identity that the credentials belong to (`sts:GetCallerIdentity`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Identity {
    /// The 12-digit id of the account that the credentials belong to.
    pub account: String,
    /// `arn:aws:iam::123456789012:user/path/name`
    pub arn: String,
}

impl Identity {
    /// The identity `arn` of `account`.
    pub fn new(account: impl Into<String>, arn: impl Into<String>) -> Self {
        Self { account: account.into(), arn: arn.into() }
    }

    /// The partition, the ARN's second part: `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws")
    }
}

/// The organization (`organizations:DescribeOrganization`), or why it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Organization {
    /// The organization.
    #[non_exhaustive]
    Found {
        /// `o-…`
        id: String,
        /// The 12-digit id of its management account.
        management_account_id: String,
    },
    /// The account is not a member of an organization.
    NotInUse,
    /// The credentials are not allowed to read it.
    #[non_exhaustive]
    AccessDenied {
        /// The message from AWS.
        message: String,
    },
}

impl Organization {
    /// The organization `id` with this management account.
    pub fn found(id: impl Into<String>, management_account_id: impl Into<String>) -> Self {
        Self::Found { id: id.into(), management_account_id: management_account_id.into() }
    }

    /// Access to the organization is denied.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::AccessDenied { message: message.into() }
    }
}

/// All accounts of the organization (`organizations:ListAccounts`), or why they are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Accounts {
    /// The complete list, in every state.
    #[non_exhaustive]
    Found {
        /// In AWS's order.
        accounts: Vec<Account>,
    },
    /// The account is not a member of an organization.
    NotInUse,
    /// The credentials are not allowed to list them.
    #[non_exhaustive]
    AccessDenied {
        /// The message from AWS.
        message: String,
    },
}

impl Accounts {
    /// The complete list of accounts.
    pub fn found(accounts: Vec<Account>) -> Self {
        Self::Found { accounts }
    }

    /// Access to the accounts is denied.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::AccessDenied { message: message.into() }
    }
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Account {
    /// Its 12-digit id.
    pub id: String,
    /// Its name in AWS.
    pub name: String,
    /// The e-mail address of its root user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its state.
    pub state: AccountState,
}

impl Account {
    /// An active account.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), email: None, state: AccountState::Active }
    }
}

/// The state of an account, as AWS names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AccountState {
    /// Active.
    Active,
    /// Any other: `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`, `PENDING_ACTIVATION`, …
    #[serde(untagged)]
    Other(String),
}

/// The organization's tree (`organizations:ListOrganizationalUnitsForParent`, `ListAccountsForParent`), or why it is not
/// known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OrganizationalUnits {
    /// The complete tree.
    #[non_exhaustive]
    Found {
        /// The root first, and each unit before those below it.
        units: Vec<OrganizationalUnit>,
    },
    /// The account is not a member of an organization.
    NotInUse,
    /// The credentials are not allowed to read it.
    #[non_exhaustive]
    AccessDenied {
        /// The message from AWS.
        message: String,
    },
}

impl OrganizationalUnits {
    /// The complete list of units.
    pub fn found(units: Vec<OrganizationalUnit>) -> Self {
        Self::Found { units }
    }

    /// Access to the tree is denied.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::AccessDenied { message: message.into() }
    }
}

/// An organizational unit, or the organization's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OrganizationalUnit {
    /// The names below the root with `/` between them, such as `Workloads/Prod`; the root itself is `Root`.
    pub path: String,
    /// `ou-…` or `r-…`
    pub id: String,
    /// The ids of the accounts directly in it.
    pub accounts: Vec<String>,
}

impl OrganizationalUnit {
    /// The unit `id` at `path`, with these accounts.
    pub fn new(path: impl Into<String>, id: impl Into<String>, accounts: Vec<String>) -> Self {
        Self { path: path.into(), id: id.into(), accounts }
    }
}

/// A user's MFA device (`iam:ListMFADevices`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MfaDevice {
    /// The ARN of a virtual device, or a hardware device's serial number.
    pub serial: String,
    /// Its kind.
    pub kind: MfaDeviceKind,
}

impl MfaDevice {
    /// The device with this serial. The kind follows from the form of the serial.
    pub fn new(serial: impl Into<String>) -> Self {
        let serial = serial.into();
        let kind = match serial.split(':').nth(5) {
            Some(resource) if resource.starts_with("mfa/") => MfaDeviceKind::Virtual,
            Some(resource) if resource.starts_with("u2f/") => MfaDeviceKind::Fido,
            _ => MfaDeviceKind::Hardware,
        };
        Self { serial, kind }
    }
}

/// The kind of an MFA device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MfaDeviceKind {
    /// An authenticator app: works with `mfa_serial`.
    Virtual,
    /// A hardware TOTP token: works with `mfa_serial`.
    Hardware,
    /// A passkey or security key: has no code, so it does not work with `mfa_serial`.
    Fido,
}

/// The settings of a profile, of both shared files together. Secret values are tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProfileSettings {
    /// Setting to value, as the AWS SDK's own parser reads them.
    pub settings: BTreeMap<String, String>,
}

impl ProfileSettings {
    /// A profile with these settings.
    pub fn new(settings: BTreeMap<String, String>) -> Self {
        Self { settings }
    }

    /// Whether it has access keys.
    pub fn has_access_keys(&self) -> bool {
        self.settings.contains_key("aws_access_key_id")
    }
}

/// The root of a file's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Root {
    /// `~/.aws/<short name>`, which holds the project's `config` and `credentials`.
    Aws,
    /// The project's root folder.
    Project,
    /// `~/.aws`, which holds the `config` and `credentials` that the AWS CLI reads by default.
    AwsHome,
    /// A file that an environment variable names; the path is the name of the variable, which the manifest must declare
    /// in [`OutputInfo::file_variables`](super::OutputInfo::file_variables).
    Environment,
}

/// The kind of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerKind {
    /// Any line of text.
    Text,
    /// One of these choices.
    Select(Vec<Choice>),
    /// A secret: typed without echo, and answered by a [`SecretRef`].
    Secret,
}

/// An answer to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Choice {
    /// The value of the answer.
    pub value: String,
    /// The text shown.
    pub label: String,
}

impl Choice {
    /// The answer `value`, shown as `label`.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}
