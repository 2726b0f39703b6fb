//! Errors as people see them: what is wrong and where, why, and what to do, with a documented exit code.

use std::fmt;

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
            Self::Plugin => exit_code::PLUGIN,
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
            Self::Plugin => "plugin",
            Self::Files => "files",
            Self::Command => "command",
            Self::Internal => "internal",
            Self::Interrupted => "interrupted",
        }
    }
}

/// An error: one sentence for people, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Its kind.
    pub kind: Kind,
    /// What is wrong and where: a fragment that starts in lower case and has no full stop.
    pub message: String,
    /// Why, if somebody else said so: AWS with its error code and request id, the system.
    pub cause: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The result of what may fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error `message` of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None, hint: None }
    }

    /// Adds why.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Ctrl-C was pressed.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted; nothing was changed")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.cause {
            Some(cause) => write!(formatter, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
