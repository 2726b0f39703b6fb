//! Runs the commands of outputs.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// A command to run.
pub struct Invocation<'a> {
    /// A name that is looked up in `PATH`, or an absolute path.
    pub program: &'a str,
    /// The arguments.
    pub arguments: &'a [String],
    /// The standard input.
    pub stdin: Zeroizing<String>,
    /// The working folder.
    pub folder: &'a Path,
    /// The time limit, after which it is ended with all processes that it started.
    pub time_limit: Duration,
}

/// Why a command failed.
#[derive(Debug, PartialEq, Eq)]
pub enum CommandFailure {
    /// It could not be started, for this reason.
    NotStarted(String),
    /// It exited with this code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It was ended at its time limit.
    TooSlow(Duration),
    /// It was ended by Ctrl-C.
    Interrupted,
}

impl fmt::Display for CommandFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(reason) => write!(formatter, "could not be started: {reason}"),
            Self::Code(code) => write!(formatter, "ended with exit code {code}"),
            Self::Signal(signal) => write!(formatter, "was ended by signal {signal}"),
            Self::TooSlow(limit) => write!(formatter, "was ended at its time limit of {} s", limit.as_secs()),
            Self::Interrupted => formatter.write_str("was interrupted"),
        }
    }
}

/// Runs commands.
pub trait Commands {
    /// Runs a command to its end. `say` receives each line of its output.
    fn run<'a>(
        &'a self,
        invocation: &'a Invocation<'a>,
        say: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Result<(), CommandFailure>>;
}

/// Runs no commands; each fails.
pub struct NoCommands;

impl Commands for NoCommands {
    fn run<'a>(&'a self, _: &'a Invocation<'a>, _: &'a dyn Fn(&str)) -> LocalBoxFuture<'a, Result<(), CommandFailure>> {
        async { Err(CommandFailure::NotStarted("this program does not run commands".to_owned())) }.boxed_local()
    }
}
