//! What every crate of the host reports failures with: an [`Error`] of a documented [`Kind`], and the form in which a text
//! from outside may be shown.

pub mod visible;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The exit codes of `leverage`. They are part of its interface: a number never changes its meaning.
pub mod exit_code {
    /// All is well, also when there was nothing to do.
    pub const SUCCESS: u8 = 0;
    /// The command line is not understood.
    pub const USAGE: u8 = 2;
    /// A file of the project can't be used: `project.yaml`, `build.env`, Terraform variables; or the
    /// configuration.
    pub const PROJECT: u8 = 10;
    /// An answer is needed, and there is no terminal to ask for it.
    pub const ANSWER_NEEDED: u8 = 11;
    /// The access keys given are not of the right form.
    pub const ACCESS_KEYS: u8 = 12;
    /// AWS rejected the credentials.
    pub const CREDENTIALS_REJECTED: u8 = 20;
    /// AWS answered with another error.
    pub const AWS: u8 = 21;
    /// AWS could not be reached, or did not answer in time.
    pub const NETWORK: u8 = 22;
    /// A credential type or output target can't go on: the message is its own.
    pub const PLAN: u8 = 30;
    /// A plugin is broken: it did not load, or broke the rules of the interface.
    pub const PLUGIN: u8 = 31;
    /// A file could not be read or written. What was there before is still there.
    pub const FILES: u8 = 40;
    /// A command of an output failed. The files are written by then; the error says what else is done.
    pub const COMMAND: u8 = 41;
    /// A defect of `leverage` itself, or of the machine it runs on.
    pub const INTERNAL: u8 = 70;
    /// Interrupted by Ctrl-C.
    pub const INTERRUPTED: u8 = 130;
}

/// What kind of error it is; each kind has an exit code.
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
    /// See [`exit_code::PLAN`].
    Plan,
    /// See [`exit_code::PLUGIN`].
    Plugin,
    /// A plugin broke the protocol, and where that was noticed it was not known which plugin it was. The message is what
    /// the plugin did, as in `asked for an unknown lookup`; the caller that knows the plugin makes a [`Kind::Plugin`] of
    /// it.
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
            Self::Plan => "plan",
            Self::Plugin | Self::ProtocolViolation => "plugin",
            Self::Files => "files",
            Self::Command => "command",
            Self::Internal => "internal",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A failure as the user sees it.
#[derive(Debug, Clone)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What is wrong and where: a fragment that starts in lower case and has no full stop.
    pub message: String,
    /// What to do about it. Each is a sentence of its own, most useful first.
    pub hints: Vec<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The result of an operation that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error `message` of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// Adds the underlying error: AWS with its code and request id, the system, a parser.
    #[must_use]
    pub fn cause(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds what to do about it, behind the hints that are there.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts `message` above this error, which becomes its source. The kind and the hints stay.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let hints = std::mem::take(&mut self.hints);
        Self { kind: self.kind, message: message.into(), hints, source: Some(Arc::new(self)) }
    }

    /// The user pressed Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted; nothing was changed")
    }

    /// The messages of all underlying errors, outermost first, joined by `: `.
    pub fn causes(&self) -> Option<String> {
        let mut causes = Vec::new();
        let mut next = self.source();
        while let Some(error) = next {
            let own = error.downcast_ref::<Self>().map(|error| error.message.clone());
            causes.push(own.unwrap_or_else(|| error.to_string()));
            // Other errors than ours may repeat their sources in their own text, so their chain ends here.
            next = error.downcast_ref::<Self>().and_then(StdError::source);
        }
        (!causes.is_empty()).then(|| causes.join(": "))
    }
}

/// Puts a message above the error of a result.
pub trait Context<T> {
    /// As [`Error::context`]. The message is made only if there is an error.
    ///
    /// # Errors
    ///
    /// That of the result, under the message.
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

/// Two errors are equal if they show the same.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.message, &self.hints) == (other.kind, &other.message, &other.hints)
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
    fn context_keeps_kind_hints_and_the_whole_chain() {
        let system = std::io::Error::other("disk on fire");
        let error =
            Error::new(Kind::Files, "failed to read `a`").cause(system).hint("buy a disk").context("no project");
        assert_eq!(error.to_string(), "no project: failed to read `a`: disk on fire");
        assert_eq!((error.kind, error.hints.as_slice()), (Kind::Files, &["buy a disk".to_owned()][..]));
        assert_eq!(error.causes().as_deref(), Some("failed to read `a`: disk on fire"));
    }
}
