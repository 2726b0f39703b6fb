//! Everything outside the process that a command touches, each part behind something that an embedding program or a test
//! can replace.

mod commands;
mod prompt;

use jiff::Timestamp;
use leverage_aws::Aws;
use leverage_files::Files;
use leverage_loader::Registry;
use std::io::{self, Read};
use std::path::PathBuf;

pub use commands::{CommandFailure, Commands, Invocation, NoCommands};
pub use prompt::{Check, NoPrompt, Prompt};

/// The effects of a command. [`Effects::new`] takes what has no harmless default; the other methods add the rest.
///
/// Without more, nobody is asked, nothing is printed, no command runs, no environment variable is set, and standard input
/// is empty.
pub struct Effects<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) aws: &'a dyn Aws,
    pub(crate) files: &'a dyn Files,
    pub(crate) home: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) now: Timestamp,
    pub(crate) prompt: &'a dyn Prompt,
    pub(crate) commands: &'a dyn Commands,
    pub(crate) progress: &'a dyn Fn(usize),
    pub(crate) print: &'a dyn Fn(&str),
    pub(crate) say: &'a dyn Fn(&str),
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) stdin: &'a dyn Fn() -> Box<dyn Read>,
}

impl<'a> Effects<'a> {
    /// Effects with these plugins, this AWS and these files, for a command that runs in `folder` at the time `now`, for
    /// the user whose home folder, which holds `.aws`, is `home`.
    pub fn new(
        registry: &'a Registry,
        aws: &'a dyn Aws,
        files: &'a dyn Files,
        home: impl Into<PathBuf>,
        folder: impl Into<PathBuf>,
        now: Timestamp,
    ) -> Self {
        Self {
            registry,
            aws,
            files,
            home: home.into(),
            folder: folder.into(),
            now,
            prompt: &NoPrompt,
            commands: &NoCommands,
            progress: &|_| {},
            print: &|_| {},
            say: &|_| {},
            environment: &|_| None,
            stdin: &|| Box::new(io::empty()),
        }
    }

    /// Asks the user.
    #[must_use]
    pub fn prompt(self, prompt: &'a dyn Prompt) -> Self {
        Self { prompt, ..self }
    }

    /// Runs the commands that outputs want to run once the files are written.
    #[must_use]
    pub fn commands(self, commands: &'a dyn Commands) -> Self {
        Self { commands, ..self }
    }

    /// Receives the number of accounts read so far, while the organization is read.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Fn(usize)) -> Self {
        Self { progress, ..self }
    }

    /// Receives what outputs print on standard output. A text can hold secrets only where the environment variable
    /// `GITHUB_ACTIONS` is `true`, and only in lines that the runner of that job shows to nobody.
    #[must_use]
    pub fn print(self, print: &'a dyn Fn(&str)) -> Self {
        Self { print, ..self }
    }

    /// Receives what the commands of outputs print, line by line, secrets masked.
    #[must_use]
    pub fn say(self, say: &'a dyn Fn(&str)) -> Self {
        Self { say, ..self }
    }

    /// Gives the value of an environment variable; `None` if it is unset or empty.
    #[must_use]
    pub fn environment(self, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { environment, ..self }
    }

    /// Standard input: read only where an option names it.
    #[must_use]
    pub fn stdin(self, stdin: &'a dyn Fn() -> Box<dyn Read>) -> Self {
        Self { stdin, ..self }
    }
}
