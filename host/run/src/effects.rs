//! The effects of a command on everything outside the process. An embedding program or a test can replace each of them.

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

/// The effects of a command. [`Effects::new`] takes those without a harmless default; the other methods set the rest.
///
/// By default, no questions are asked, nothing is printed, no commands run, no environment variables are set, and standard
/// input is empty.
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
    /// Creates the effects of a command that runs in `folder` at the time `now`, for the user whose home folder is `home`.
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

    /// Sets the prompt that asks the user.
    #[must_use]
    pub fn prompt(self, prompt: &'a dyn Prompt) -> Self {
        Self { prompt, ..self }
    }

    /// Sets what runs the commands of outputs after the commit.
    #[must_use]
    pub fn commands(self, commands: &'a dyn Commands) -> Self {
        Self { commands, ..self }
    }

    /// Sets the function that receives the number of accounts while the organization is read.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Fn(usize)) -> Self {
        Self { progress, ..self }
    }

    /// Sets the function that receives the texts that outputs print. A text can contain secrets only in the
    /// [hidden lines](leverage_plugin_api::model::HiddenLines) of an output, and only if its environment variable is set.
    #[must_use]
    pub fn print(self, print: &'a dyn Fn(&str)) -> Self {
        Self { print, ..self }
    }

    /// Sets the function that receives each line that the commands of outputs print, secrets masked.
    #[must_use]
    pub fn say(self, say: &'a dyn Fn(&str)) -> Self {
        Self { say, ..self }
    }

    /// Sets the function that returns an environment variable; `None` if it is unset or empty.
    #[must_use]
    pub fn environment(self, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { environment, ..self }
    }

    /// Sets the function that opens standard input, which is read only if an option names it.
    #[must_use]
    pub fn stdin(self, stdin: &'a dyn Fn() -> Box<dyn Read>) -> Self {
        Self { stdin, ..self }
    }
}
