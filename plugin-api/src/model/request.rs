//! What a contribution is called with, and what it returns.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::plan::Plan;
use super::profile_options::ProfileOptions;
use crate::naming;

/// What a contribution is called with. The first call has no facts. Each later call has all facts requested so far.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Request {
    /// The project that the command runs in.
    pub project: Project,
    /// The options of the run.
    pub options: Options,
    /// The plan to write: for output targets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The facts gathered so far.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

impl Request {
    /// A request without facts.
    pub fn new(project: Project, options: Options, plan: Option<Plan>) -> Self {
        Self { project, options, plan, facts: Vec::new() }
    }

    /// The access key profile of the credential type `kind`, in any case: `<short name>-<kind>`.
    pub fn key_profile(&self, kind: &str) -> String {
        naming::key_profile(&self.project.short_name, kind)
    }
}

/// The project, from its files and the user's answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Project {
    /// Two to four lower-case letters; the first part of every profile name.
    pub short_name: String,
    /// The project's long name, which prefixes account names in AWS.
    #[serde(default)]
    pub long_name: Option<String>,
    /// The primary region.
    pub region: String,
    /// The accounts in the project's files, those of the Terraform variables first.
    #[serde(default)]
    pub accounts: Vec<ProjectAccount>,
    /// The path of `project.yaml`, relative to the project's root, with `/` as separator.
    #[serde(default)]
    pub project_file: Option<String>,
    /// The path of the Terraform variables shared by all layers, relative to the project's root.
    #[serde(default)]
    pub terraform_variables: Option<String>,
    /// The absolute path of the folder with the project's own `config` and `credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_folder: Option<String>,
}

impl Project {
    /// A project without accounts and files.
    pub fn new(short_name: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            short_name: short_name.into(),
            long_name: None,
            region: region.into(),
            accounts: Vec::new(),
            project_file: None,
            terraform_variables: None,
            aws_folder: None,
        }
    }
}

/// An account in the project's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProjectAccount {
    /// Its name in the project: `security`, `shared`, …
    pub name: String,
    /// The e-mail address of its root user.
    #[serde(default)]
    pub email: Option<String>,
    /// Its 12-digit id, if recorded.
    #[serde(default)]
    pub id: Option<String>,
}

impl ProjectAccount {
    /// An account without e-mail address and id.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), email: None, id: None }
    }
}

/// The options of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Options {
    /// The credential type's name in upper case.
    #[serde(default)]
    pub credential_type: String,
    /// How to handle the access keys.
    #[serde(default)]
    pub access_keys: AccessKeysMode,
    /// `--skip-assumable-roles-setup`.
    #[serde(default)]
    pub skip_assumable_roles: bool,
    /// `--fetch-mfa-device`.
    #[serde(default)]
    pub fetch_mfa_device: bool,
    /// `--prune`: how to handle orphaned profiles.
    #[serde(default, skip_serializing_if = "PruneMode::is_keep")]
    pub prune: PruneMode,
    /// Overrides from the configuration for the type's profiles.
    #[serde(default, skip_serializing_if = "ProfileOptions::is_default")]
    pub profiles: ProfileOptions,
    /// Further options by name, defined by the plugin. Output targets get those from their entry in the environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
}

/// How to handle access keys, and a profile that already has some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccessKeysMode {
    /// Take new keys. If the profile already has keys, ask whether to overwrite or keep them.
    #[default]
    Ask,
    /// `--overwrite-existing-credentials`.
    Overwrite,
    /// `--skip-access-keys-setup`.
    Skip,
}

/// How to handle orphaned profiles: those of earlier runs whose account has left the organization or is not active.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PruneMode {
    /// Keep them.
    #[default]
    Keep,
    /// `--prune`: ask whether to remove them.
    Ask,
    /// Remove them without asking: for dry runs.
    Remove,
}

impl PruneMode {
    /// Whether this is [`PruneMode::Keep`].
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// A request for a fact. See [`crate::sdk::lookup`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Lookup {
    /// The lookup's name and version, such as `accounts/1`.
    pub name: String,
    /// Its input.
    #[serde(default)]
    pub input: Value,
}

impl Lookup {
    /// The lookup called `name` with `input`.
    pub fn new(name: impl Into<String>, input: Value) -> Self {
        Self { name: name.into(), input }
    }
}

/// A lookup with its answer.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Fact {
    /// The lookup.
    pub lookup: Lookup,
    /// The answer, not parsed yet: its form depends on the lookup.
    #[cfg_attr(feature = "schema", schemars(with = "Value"))]
    pub answer: Box<RawValue>,
}

impl Fact {
    /// The fact that `lookup` is answered by `answer`.
    pub fn new(lookup: Lookup, answer: Box<RawValue>) -> Self {
        Self { lookup, answer }
    }
}

/// What a contribution returns: exactly one of these.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Response<T> {
    /// It needs more facts, and is called again with them.
    Need(Vec<Lookup>),
    /// It is done: a [`Plan`] or [`Changes`](super::Changes).
    Done(T),
    /// It failed.
    Failed(Failure),
    /// Its code panicked with this message: a bug in the plugin, reported by the SDK.
    Panicked(String),
}

/// Why a contribution failed, for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Failure {
    /// What is wrong and where: a fragment without a full stop.
    pub message: String,
    /// A hint that fixes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Failure {
    /// The failure `message`, without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
