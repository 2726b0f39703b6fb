//! Reports of what a run did or would do, as the terminal and `--json` show them.

use leverage_plugin_api::model::{Diagnostic, PlannedAccount};
use serde::Serialize;
use std::fmt;

/// The report of `credentials configure`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The credential type, in upper case.
    pub credential_type: String,
    /// The profile of the access keys; none if there was nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_profile: Option<KeyProfile>,
    /// Whether this was a dry run, which writes nothing.
    pub dry_run: bool,
    /// The names of the role profiles.
    pub profiles: Vec<String>,
    /// The accounts with their ids.
    pub accounts: Vec<PlannedAccount>,
    /// The files that the run wrote or would write.
    pub files: Vec<FileReport>,
    /// The texts that outputs printed or would print, secrets masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub printed: Vec<String>,
    /// The commands that outputs ran or would run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandReport>,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// Shell commands to run next.
    pub next_steps: Vec<String>,
}

/// The profile of the access keys.
#[derive(Debug, Clone, Serialize)]
pub struct KeyProfile {
    /// The name.
    pub name: String,
    /// Whether the keys are new.
    pub new_keys: bool,
    /// The ARN of their owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// A file that the run wrote or would write.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// The path.
    pub path: String,
    /// Whether the file is new.
    pub created: bool,
    /// Whether the file is removed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// The path of the backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The unified diff of a dry run, secrets masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<super::diff::Line>,
}

/// A command that an output ran or would run after the files are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandReport {
    /// The output.
    pub output: String,
    /// The program.
    pub program: String,
    /// The arguments.
    pub arguments: Vec<String>,
    /// Its standard input, secrets masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// The time limit in seconds.
    pub time_limit: u32,
}

impl fmt::Display for CommandReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unquoted = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
        for (at, word) in std::iter::once(&self.program).chain(&self.arguments).enumerate() {
            formatter.write_str(if at == 0 { "" } else { " " })?;
            if !word.is_empty() && word.chars().all(unquoted) {
                formatter.write_str(word)?;
            } else {
                write!(formatter, "'{}'", word.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

/// The report of `credentials undo`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UndoReport {
    /// The undone run; none if only an interrupted run was rolled back.
    pub run: Option<String>,
    /// The command of that run.
    pub command: Option<String>,
    /// Whether this was a dry run, which writes nothing.
    pub dry_run: bool,
    /// The files that the run wrote or would write.
    pub files: Vec<FileReport>,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
}

/// The runs that can be undone, and those that left only backups.
#[derive(Debug, Clone, Serialize)]
pub struct RunsReport {
    /// Newest first.
    pub runs: Vec<RunReport>,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
}

/// A run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// The name, which `credentials undo` takes.
    pub run: String,
    /// The start time.
    pub time: Option<String>,
    /// The command.
    pub command: Option<String>,
    /// The files of the run.
    pub files: Vec<RecordedFileReport>,
    /// The folder of its backups.
    pub folder: String,
    /// Why the run cannot be undone.
    pub not_restorable: Option<String>,
}

/// A file of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RecordedFileReport {
    /// The path.
    pub path: String,
    /// Whether the run created the file.
    pub created: bool,
    /// Whether the run removed the file.
    pub removed: bool,
}
