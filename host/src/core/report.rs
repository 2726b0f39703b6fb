//! What a run did or would do: the same content for people and, as JSON, for scripts.

use leverage_plugin_api::model::{Diagnostic, PlannedAccount};
use serde::Serialize;

/// The outcome of `credentials configure`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The credential type, in upper case.
    pub credential_type: String,
    /// The profile that holds the access keys; none where there was nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_profile: Option<KeyProfile>,
    /// Whether files were left as they are because of `--dry-run`.
    pub dry_run: bool,
    /// The names of the profiles that reach accounts.
    pub profiles: Vec<String>,
    /// The accounts whose ids are known.
    pub accounts: Vec<PlannedAccount>,
    /// The files that were written, or would be.
    pub files: Vec<FileReport>,
    /// What else there is to know.
    pub diagnostics: Vec<Diagnostic>,
    /// What to do next: shell commands.
    pub next_steps: Vec<String>,
}

/// The profile that holds the access keys.
#[derive(Debug, Clone, Serialize)]
pub struct KeyProfile {
    /// Its name.
    pub name: String,
    /// Whether the keys are new.
    pub new_keys: bool,
    /// Whom AWS says they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// A file that was written, or would be.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its path.
    pub path: String,
    /// Whether it is new.
    pub created: bool,
    /// Where its previous text is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The difference, secrets masked, in unified form: only for a dry run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<super::diff::Line>,
}
