//! What the host asks of a contribution, and what it may answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::plan::Plan;
use super::profile_options::ProfileOptions;
use crate::naming;

/// What a contribution is called with. The first call has no facts; each later one has all facts
/// that were asked for so far.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Request {
    /// The project that the command runs in.
    pub project: Project,
    /// What the user asked for.
    pub options: Options,
    /// What to write: set for output targets, absent for credential types.
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

    /// The profile that holds the access keys of the credential type called `kind`, in any case:
    /// `<short name>-<kind>`.
    pub fn key_profile(&self, kind: &str) -> String {
        naming::key_profile(&self.project.short_name, kind)
    }
}

/// The project, as its files and the user's answers describe it.
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
    /// The accounts that the project's files list, Terraform's first.
    #[serde(default)]
    pub accounts: Vec<ProjectAccount>,
    /// `project.yaml`, as a path relative to the project's root with `/` between folders.
    #[serde(default)]
    pub project_file: Option<String>,
    /// The Terraform variables that all layers share, as a path relative to the project's root.
    #[serde(default)]
    pub terraform_variables: Option<String>,
    /// The absolute path of the folder that holds the project's own `config` and `credentials`.
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

/// An account, as a project's file lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProjectAccount {
    /// Its name in the project: `security`, `shared`, …
    pub name: String,
    /// The address of its root user.
    #[serde(default)]
    pub email: Option<String>,
    /// Its 12-digit id, where a file has one.
    #[serde(default)]
    pub id: Option<String>,
}

impl ProjectAccount {
    /// An account of which only the name is known.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), email: None, id: None }
    }
}

/// What the user asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Options {
    /// The credential type's name in upper case.
    #[serde(default)]
    pub credential_type: String,
    /// What to do about the access keys.
    #[serde(default)]
    pub access_keys: AccessKeysMode,
    /// `--skip-assumable-roles-setup`.
    #[serde(default)]
    pub skip_assumable_roles: bool,
    /// `--fetch-mfa-device`.
    #[serde(default)]
    pub fetch_mfa_device: bool,
    /// `--prune`: what to do about profiles that no account stands behind any more.
    #[serde(default, skip_serializing_if = "PruneMode::is_keep")]
    pub prune: PruneMode,
    /// What the configuration says of the type's profiles.
    #[serde(default, skip_serializing_if = "ProfileOptions::is_default")]
    pub profiles: ProfileOptions,
    /// Further options, by name; a plugin's own. An output target gets those of the environment's entry for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
}

/// What to do about access keys, also when the profile has some already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccessKeysMode {
    /// Take new keys; where the profile has keys already, ask whether to overwrite or keep them.
    #[default]
    Ask,
    /// `--overwrite-existing-credentials`.
    Overwrite,
    /// `--skip-access-keys-setup`.
    Skip,
}

/// What to do about profiles that an earlier run wrote and that no account stands behind any more.
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
    /// Remove them: a dry run, which shows that.
    Remove,
}

impl PruneMode {
    /// Whether this is [`PruneMode::Keep`].
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// A question to the host: what is wanted, and of what. See [`crate::sdk::lookup`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Lookup {
    /// The lookup's name and version, such as `accounts/1`.
    pub name: String,
    /// What it is asked with.
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
    /// What was asked.
    pub lookup: Lookup,
    /// The answer, not yet parsed: what it holds depends on the lookup.
    #[cfg_attr(feature = "schema", schemars(with = "Value"))]
    pub answer: Box<RawValue>,
}

impl Fact {
    /// The fact that `lookup` has `answer`.
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
    /// It can't go on.
    Failed(Failure),
    /// Its code panicked, with this message: a defect of the plugin, which the SDK reports in its place.
    Panicked(String),
}

/// Why a contribution can't go on, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Failure {
    /// What is wrong and where: one sentence.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Failure {
    /// The failure `message`, without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
