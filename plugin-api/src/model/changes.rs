//! What an output target wants to write, to print and to have run.

use serde::{Deserialize, Serialize};

use super::lookups::Root;
use super::plan::Diagnostic;

/// What an output target wants to write. A file that is already as it should be is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Changes {
    /// Files, each with its whole new text.
    #[serde(default)]
    pub files: Vec<FileChange>,
    /// Texts for standard output, printed once the files are written. Only the lines that the manifest declares in
    /// [`OutputInfo::hidden_lines`](super::OutputInfo::hidden_lines) may contain tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub print: Vec<String>,
    /// Commands that are run, one after the other, once the files are written. The manifest has to declare
    /// [`lookup::RUN`](crate::sdk::lookup::RUN).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<PlannedCommand>,
    /// What the user should know.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
}

impl Changes {
    /// Nothing to write.
    pub fn none() -> Self {
        Self::default()
    }

    /// Writes `text` to the file, unless that is what `before` says it holds already.
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
    /// Where the path starts.
    pub root: Root,
    /// Relative to the root, with `/` between folders; never absolute, never with `..`.
    pub path: String,
    /// The whole new text.
    pub text: String,
}

/// A command to run in the project's root, without a shell and without a terminal. What it says is shown on standard
/// error. It is run each time that it is asked for: an output that has nothing new to say asks for none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlannedCommand {
    /// The program: a name that is looked for in `PATH`, or an absolute path. Never a secret.
    pub program: String,
    /// Its arguments. Never a secret: other processes can see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// What it reads on standard input, which is empty without. The only place for a secret, as a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// After how many seconds it is ended, with all that it started: from 1 to 3600.
    #[serde(default = "PlannedCommand::default_time_limit")]
    pub time_limit: u32,
}

impl PlannedCommand {
    /// The time limit of a command that has none of its own, in seconds.
    pub const TIME_LIMIT: u32 = 60;
    /// The longest time limit, in seconds.
    pub const LONGEST_TIME_LIMIT: u32 = 3600;

    /// Runs `program` without arguments, for a minute at most.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), stdin: None, time_limit: Self::TIME_LIMIT }
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Gives it this on standard input. Secrets in it are tokens.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<String>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    /// Ends it after so many seconds.
    #[must_use]
    pub fn time_limit(mut self, seconds: u32) -> Self {
        self.time_limit = seconds;
        self
    }

    fn default_time_limit() -> u32 {
        Self::TIME_LIMIT
    }
}
