//! The error type of the host, its kinds with their exit codes, and the escaping of text for the terminal.

pub mod visible;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The exit codes of `leverage`. They are part of its interface: the meaning of a number never changes.
pub mod exit_code {
    /// The command succeeded, or had nothing to do.
    pub const SUCCESS: u8 = 0;
    /// The command line is invalid.
    pub const USAGE: u8 = 2;
    /// A file of the project or of the configuration is invalid: `project.yaml`, `build.env`, Terraform variables,
    /// `leverage.toml`.
    pub const PROJECT: u8 = 10;
    /// An answer is required, and leverage cannot ask for it without a terminal.
    pub const ANSWER_NEEDED: u8 = 11;
    /// The given access keys are malformed.
    pub const ACCESS_KEYS: u8 = 12;
    /// AWS rejected the credentials.
    pub const CREDENTIALS_REJECTED: u8 = 20;
    /// AWS returned another error.
    pub const AWS: u8 = 21;
    /// AWS was not reachable, or did not answer in time.
    pub const NETWORK: u8 = 22;
    /// The access keys belong to another organization than the one that the project's files record.
    pub const WRONG_ACCOUNT: u8 = 23;
    /// A credential type or an output failed. The message is the plugin's.
    pub const PLAN: u8 = 30;
    /// A plugin failed to load, or violated the protocol.
    pub const PLUGIN: u8 = 31;
    /// A file could not be read or written. All files are unchanged.
    pub const FILES: u8 = 40;
    /// A command of an output failed. The files are already written; the error lists what else was done.
    pub const COMMAND: u8 = 41;
    /// A bug in `leverage`, or a fault of the machine.
    pub const INTERNAL: u8 = 70;
    /// Interrupted by Ctrl-C.
    pub const INTERRUPTED: u8 = 130;
}

/// The kind of an error. Each kind has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// See [`exit_code::USAGE`].
    Usage,
    /// See [`exit_code::PROJECT`].
    Project,
    /// See [`exit_code::ANSWER_NEEDED`].
    AnswerNeeded,
    /// See [`exit_code::ACCESS_KEYS`].
    AccessKeys,
    /// See [`exit_code::CREDENTIALS_REJECTED`].
    CredentialsRejected,
    /// See [`exit_code::AWS`].
    Aws,
    /// See [`exit_code::NETWORK`].
    Network,
    /// See [`exit_code::WRONG_ACCOUNT`].
    WrongAccount,
    /// See [`exit_code::PLAN`].
    Plan,
    /// See [`exit_code::PLUGIN`].
    Plugin,
    /// A plugin violated the protocol, and the code that detected it does not know which plugin. The message says what
    /// the plugin did, as in `asked for an unknown lookup`. The caller that knows the plugin turns it into
    /// [`Kind::Plugin`].
    ProtocolViolation,
    /// See [`exit_code::FILES`].
    Files,
    /// See [`exit_code::COMMAND`].
    Command,
    /// See [`exit_code::INTERNAL`].
    Internal,
    /// See [`exit_code::INTERRUPTED`].
    Interrupted,
}

impl Kind {
    /// The exit code of this kind.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => exit_code::USAGE,
            Self::Project => exit_code::PROJECT,
            Self::AnswerNeeded => exit_code::ANSWER_NEEDED,
            Self::AccessKeys => exit_code::ACCESS_KEYS,
            Self::CredentialsRejected => exit_code::CREDENTIALS_REJECTED,
            Self::Aws => exit_code::AWS,
            Self::Network => exit_code::NETWORK,
            Self::WrongAccount => exit_code::WRONG_ACCOUNT,
            Self::Plan => exit_code::PLAN,
            Self::Plugin | Self::ProtocolViolation => exit_code::PLUGIN,
            Self::Files => exit_code::FILES,
            Self::Command => exit_code::COMMAND,
            Self::Internal => exit_code::INTERNAL,
            Self::Interrupted => exit_code::INTERRUPTED,
        }
    }

    /// The kind's name in `--json` output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Project => "project",
            Self::AnswerNeeded => "answer-needed",
            Self::AccessKeys => "access-keys",
            Self::CredentialsRejected => "credentials-rejected",
            Self::Aws => "aws",
            Self::Network => "network",
            Self::WrongAccount => "wrong-account",
            Self::Plan => "plan",
            Self::Plugin | Self::ProtocolViolation => "plugin",
            Self::Files => "files",
            Self::Command => "command",
            Self::Internal => "internal",
            Self::Interrupted => "interrupted",
        }
    }
}

/// An error as the user sees it.
#[derive(Debug, Clone)]
pub struct Error {
    /// Determines the exit code.
    pub kind: Kind,
    /// What is wrong and where: a lower-case fragment without a full stop.
    pub message: String,
    /// The lines of the file that the message is about, to be shown below it. It must not contain secrets.
    pub snippet: Option<String>,
    /// What to do about it, most useful first. Each hint works when typed.
    pub hints: Vec<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The result of an operation that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Creates an error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), snippet: None, hints: Vec::new(), source: None }
    }

    /// Sets the underlying error, such as that of AWS (with its code and request id), the system or a parser.
    #[must_use]
    pub fn cause(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Quotes the lines that the message is about. They must not contain secrets.
    #[must_use]
    pub fn snippet(mut self, snippet: impl Into<String>) -> Self {
        self.snippet = Some(snippet.into());
        self
    }

    /// Appends a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Wraps this error in one with `message`. The kind, the snippet and the hints stay.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let hints = std::mem::take(&mut self.hints);
        let snippet = self.snippet.take();
        Self { kind: self.kind, message: message.into(), snippet, hints, source: Some(Arc::new(self)) }
    }

    /// The error after Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted; no file was changed")
    }

    /// The messages of all underlying errors, outermost first, joined by `: `.
    pub fn causes(&self) -> Option<String> {
        let mut causes = Vec::new();
        let mut next = self.source();
        while let Some(error) = next {
            let own = error.downcast_ref::<Self>().map(|error| error.message.clone());
            causes.push(own.unwrap_or_else(|| error.to_string()));
            // Errors of other crates may repeat their sources in their own text, so the chain ends with them.
            next = error.downcast_ref::<Self>().and_then(StdError::source);
        }
        (!causes.is_empty()).then(|| causes.join(": "))
    }
}

/// Adds context to the error of a result.
pub trait Context<T> {
    /// Calls [`Error::context`]. The message is built only if there is an error.
    ///
    /// # Errors
    ///
    /// The error of the result, wrapped.
    fn context(self, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| error.context(message()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match self.causes() {
            Some(causes) => write!(formatter, ": {causes}"),
            None => Ok(()),
        }
    }
}

/// Two errors are equal if they look the same to the user.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.message, &self.snippet, &self.hints)
            == (other.kind, &other.message, &other.snippet, &other.hints)
            && self.causes() == other.causes()
    }
}

impl Eq for Error {}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_keeps_kind_snippet_hints_and_chain() {
        let system = std::io::Error::other("disk on fire");
        let error = Error::new(Kind::Files, "failed to read `a`").cause(system).snippet("1 | a").hint("buy a disk");
        let error = error.context("no project");
        assert_eq!(error.to_string(), "no project: failed to read `a`: disk on fire");
        assert_eq!((error.kind, error.hints.as_slice()), (Kind::Files, &["buy a disk".to_owned()][..]));
        assert_eq!(error.snippet.as_deref(), Some("1 | a"));
        assert_eq!(error.causes().as_deref(), Some("failed to read `a`: disk on fire"));
    }
}
