//! What a credential type decides: which profiles there shall be, and which ids are known.

use serde::{Deserialize, Serialize};

use super::lookups::KeyPair;

/// Fields of a document that this version of the crate does not know.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// What a credential type wants to exist. It says nothing about files: that is for output targets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// New access keys, if any were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<PlannedKeys>,
    /// The profiles to write.
    #[serde(default)]
    pub profiles: Vec<PlannedProfile>,
    /// The sessions of IAM Identity Center that profiles share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sso_sessions: Vec<PlannedSsoSession>,
    /// The accounts whose ids are to be recorded in the project.
    #[serde(default)]
    pub accounts: Vec<PlannedAccount>,
    /// The ids of all accounts of the organization that are in use, where they could be read. Only then is it known that
    /// no account stands behind a profile any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_accounts: Option<Vec<String>>,
    /// Whether the project's own file shall carry the ids too: true on a first run, when the
    /// Terraform configuration is yet to be generated from it.
    #[serde(default)]
    pub record_in_project_file: bool,
    /// What the user should know.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
    /// Fields of a later version.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Plan {
    /// A plan that wants nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the user something that needs no action.
    pub fn note(&mut self, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::note(message));
    }

    /// Warns the user.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(message));
    }
}

/// Access keys and the profile that shall hold them.
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
    /// `pair`, to be held by `profile`.
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
    /// Its settings in the order in which a new profile shows them.
    pub settings: Vec<(String, String)>,
    /// The account that it reaches.
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

    /// Says which account the profile reaches.
    #[must_use]
    pub fn reaches(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }
}

/// A session of IAM Identity Center, which one `aws sso login` opens for all profiles that name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedSsoSession {
    /// Its name, without `sso-session `.
    pub name: String,
    /// Its settings in the order in which a new section shows them.
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

/// An account of which the id became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedAccount {
    /// Its name in the project.
    pub name: String,
    /// Its 12-digit id.
    pub id: String,
    /// The address of its root user.
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
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
}

impl Diagnostic {
    /// Something that is good to know.
    pub fn note(message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, message: message.into() }
    }

    /// Something that may need the user's attention.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, message: message.into() }
    }
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// Good to know.
    Note,
    /// Something that may need the user's attention.
    Warning,
}
