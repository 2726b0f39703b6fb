//! Commands that outputs want to run.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// A command to run.
pub struct Invocation<'a> {
    /// A name that is looked for in `PATH`, or an absolute path.
    pub program: &'a str,
    /// Its arguments.
    pub arguments: &'a [String],
    /// What it reads on standard input.
    pub stdin: Zeroizing<String>,
    /// The folder that it runs in.
    pub folder: &'a Path,
    /// After how long it is ended, with all that it started.
    pub time_limit: Duration,
}

/// Why a command did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub enum CommandFailure {
    /// It could not be started.
    NotStarted(String),
    /// It exited with this code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It was ended at its time limit.
    TooSlow(Duration),
    /// It was ended at Ctrl-C.
    Interrupted,
}

impl fmt::Display for CommandFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(why) => write!(formatter, "could not be started: {why}"),
            Self::Code(code) => write!(formatter, "ended with exit code {code}"),
            Self::Signal(signal) => write!(formatter, "was ended by signal {signal}"),
            Self::TooSlow(limit) => write!(formatter, "was ended at its time limit of {} s", limit.as_secs()),
            Self::Interrupted => formatter.write_str("was interrupted"),
        }
    }
}

/// Runs commands.
pub trait Commands {
    /// Runs one to its end. `say` gets each line that it says.
    fn run<'a>(
        &'a self,
        invocation: &'a Invocation<'a>,
        say: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Result<(), CommandFailure>>;
}

/// Runs no command: each fails.
pub struct NoCommands;

impl Commands for NoCommands {
    fn run<'a>(&'a self, _: &'a Invocation<'a>, _: &'a dyn Fn(&str)) -> LocalBoxFuture<'a, Result<(), CommandFailure>> {
        async { Err(CommandFailure::NotStarted("this program runs no commands".to_owned())) }.boxed_local()
    }
}
