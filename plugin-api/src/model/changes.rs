//! The result of an output target: files to write, lines to print, and commands to run.

use serde::{Deserialize, Serialize};

use super::lookups::Root;
use super::plan::Diagnostic;

/// The result of an output target. Files without changes are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Changes {
    /// Files, each with its whole new text.
    #[serde(default)]
    pub files: Vec<FileChange>,
    /// Texts for standard output, printed after the files are written. Only the lines that the manifest declares in
    /// [`OutputInfo::hidden_lines`](super::OutputInfo::hidden_lines) may contain tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub print: Vec<String>,
    /// Commands, run one after the other after the files are written. The manifest must declare
    /// [`lookup::RUN`](crate::sdk::lookup::RUN).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<PlannedCommand>,
    /// Messages to the user.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
}

impl Changes {
    /// No changes.
    pub fn none() -> Self {
        Self::default()
    }

    /// Writes `text` to the file, unless `before` is the same.
    pub fn write(&mut self, root: Root, path: impl Into<String>, before: Option<&str>, text: String) {
        if before != Some(text.as_str()) {
            self.files.push(FileChange { root, path: path.into(), text });
        }
    }
}

/// A file and its whole new text. Secrets in it are tokens ([`SecretRef::in_text`](super::SecretRef::in_text)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileChange {
    /// The root of the path.
    pub root: Root,
    /// Relative to the root, with `/` between folders; never absolute, never with `..`.
    pub path: String,
    /// The whole new text.
    pub text: String,
}

/// A command to run in the project's root, without a shell and without a terminal. Its output is shown on standard error.
/// Every run executes it again, so an output without changes must not request it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedCommand {
    /// The program: a name to find in `PATH`, or an absolute path. Never a secret.
    pub program: String,
    /// Its arguments. Never a secret: other processes can see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// Its standard input. The only place for a secret, as a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// The time limit in seconds, from 1 to 3600. Then it is killed, with all processes that it started.
    #[serde(default = "PlannedCommand::default_time_limit")]
    pub time_limit: u32,
}

impl PlannedCommand {
    /// The default time limit, in seconds.
    pub const TIME_LIMIT: u32 = 60;
    /// The longest time limit, in seconds.
    pub const LONGEST_TIME_LIMIT: u32 = 3600;

    /// Runs `program` without arguments, for up to a minute.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), stdin: None, time_limit: Self::TIME_LIMIT }
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets its standard input. Secrets in it are tokens.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<String>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    /// Sets the time limit in seconds.
    #[must_use]
    pub fn time_limit(mut self, seconds: u32) -> Self {
        self.time_limit = seconds;
        self
    }

    fn default_time_limit() -> u32 {
        Self::TIME_LIMIT
    }
}
