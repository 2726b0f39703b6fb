//! The result of a credential type: profiles, access keys, account ids and messages.

use serde::{Deserialize, Serialize};

use super::lookups::KeyPair;

/// Fields of a document that this version of the crate does not know.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// What a credential type wants to exist. Files are decided by output targets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// New access keys, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<PlannedKeys>,
    /// The profiles to write.
    #[serde(default)]
    pub profiles: Vec<PlannedProfile>,
    /// The IAM Identity Center sessions that profiles share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sso_sessions: Vec<PlannedSsoSession>,
    /// The accounts whose ids are recorded in the project.
    #[serde(default)]
    pub accounts: Vec<PlannedAccount>,
    /// The ids of all active accounts of the organization, if it could be read. Without them, no profile is known to be
    /// orphaned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_accounts: Option<Vec<String>>,
    /// Whether to record the ids in the project's own file too: true on a first run, before the Terraform configuration
    /// is generated from it.
    #[serde(default)]
    pub record_in_project_file: bool,
    /// Messages to the user.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Plan {
    /// An empty plan.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a note to the user.
    pub fn note(&mut self, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::note(message));
    }

    /// Adds a warning to the user.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(message));
    }
}

/// Access keys and the profile for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedKeys {
    /// The profile's name.
    pub profile: String,
    /// The keys.
    pub pair: KeyPair,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PlannedKeys {
    /// Writes `pair` to `profile`.
    pub fn new(profile: impl Into<String>, pair: KeyPair) -> Self {
        Self { profile: profile.into(), pair, extra: Extra::new() }
    }
}

/// A profile of the AWS shared config file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedProfile {
    /// Its name, without `profile `.
    pub name: String,
    /// Its settings, in the order for a new profile.
    pub settings: Vec<(String, String)>,
    /// The id of the account that it gives access to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PlannedProfile {
    /// A profile without settings.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), settings: Vec::new(), account_id: None, extra: Extra::new() }
    }

    /// Adds a setting.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }

    /// Sets the account that the profile gives access to.
    #[must_use]
    pub fn reaches(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }
}

/// An IAM Identity Center session: one `aws sso login` serves all profiles that use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedSsoSession {
    /// Its name, without `sso-session `.
    pub name: String,
    /// Its settings, in the order for a new section.
    pub settings: Vec<(String, String)>,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PlannedSsoSession {
    /// A session without settings.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), settings: Vec::new(), extra: Extra::new() }
    }

    /// Adds a setting.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }
}

/// An account with a known id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedAccount {
    /// Its name in the project.
    pub name: String,
    /// Its 12-digit id.
    pub id: String,
    /// The e-mail address of its root user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PlannedAccount {
    /// The account `name` with this id.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self { name: name.into(), id: id.into(), email: None, extra: Extra::new() }
    }
}

/// A message to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Diagnostic {
    /// Its severity.
    pub severity: Severity,
    /// The text: a fragment without a full stop.
    pub message: String,
}

impl Diagnostic {
    /// A note.
    pub fn note(message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, message: message.into() }
    }

    /// A warning.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, message: message.into() }
    }
}

/// The severity of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// For information.
    Note,
    /// Something that may need the user's attention.
    Warning,
}
