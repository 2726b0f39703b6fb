//! What a run did or would do: the same content for people and, as JSON, for scripts.

use leverage_plugin_api::model::{Diagnostic, PlannedAccount};
use serde::Serialize;
use std::fmt;

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
    /// What outputs printed, or would print, secrets masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    /// The commands that were run, or would be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandReport>,
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
    /// Whether it is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Where its previous text is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The difference, secrets masked, in unified form: only for a dry run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<super::diff::Line>,
}

/// A command that was run after the files were written, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandReport {
    /// The output that wanted it.
    pub output: String,
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What it reads on standard input, secrets masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// After how many seconds it is ended.
    pub time_limit: u32,
}

impl fmt::Display for CommandReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
        for (at, word) in std::iter::once(&self.program).chain(&self.arguments).enumerate() {
            formatter.write_str(if at == 0 { "" } else { " " })?;
            if !word.is_empty() && word.chars().all(plain) {
                formatter.write_str(word)?;
            } else {
                write!(formatter, "'{}'", word.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

/// The outcome of `credentials undo`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UndoReport {
    /// The run that was undone; none where there was only an unfinished one to roll back.
    pub run: Option<String>,
    /// What that run was.
    pub command: Option<String>,
    /// Whether files were left as they are because of `--dry-run`.
    pub dry_run: bool,
    /// The files that were written, or would be.
    pub files: Vec<FileReport>,
    /// What else there is to know.
    pub diagnostics: Vec<Diagnostic>,
}

/// The runs that can be undone, and those of which only copies are left.
#[derive(Debug, Clone, Serialize)]
pub struct RunsReport {
    /// Newest first.
    pub runs: Vec<RunReport>,
    /// What else there is to know.
    pub diagnostics: Vec<Diagnostic>,
}

/// An earlier run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// Its name, which `credentials undo` takes.
    pub run: String,
    /// When it began.
    pub time: Option<String>,
    /// What it was.
    pub command: Option<String>,
    /// The files that it wrote.
    pub files: Vec<RecordedFileReport>,
    /// Where what they held before is.
    pub folder: String,
    /// Why it can't be undone.
    pub not_restorable: Option<String>,
}

/// A file of an earlier run.
#[derive(Debug, Clone, Serialize)]
pub struct RecordedFileReport {
    /// Its path.
    pub path: String,
    /// Whether the run made it.
    pub created: bool,
    /// Whether the run removed it.
    pub removed: bool,
}
