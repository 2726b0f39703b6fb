//! `credentials configure` through the library, as a core CLI embeds it.

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::core::report::Report;
use leverage::error::Result;
use leverage::plugins::Registry;
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::{Commands, Processes, Refused};
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::Nobody;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The only place of the tests that builds [`Effects`].
pub struct Embedding<'a> {
    /// How long AWS is waited for.
    pub patience: Patience,
    /// The environment's variables.
    pub environment: BTreeMap<String, String>,
    /// Whether the commands of outputs run, or are refused.
    pub runs_commands: bool,
    registry: &'a Registry,
    endpoint_url: String,
    home: PathBuf,
    folder: PathBuf,
    printed: RefCell<String>,
    said: RefCell<String>,
}

impl<'a> Embedding<'a> {
    /// One with these plugins, this AWS, and these home and working folders.
    pub fn new(registry: &'a Registry, endpoint_url: String, home: PathBuf, folder: PathBuf) -> Self {
        Self {
            patience: Patience::default(),
            environment: BTreeMap::new(),
            runs_commands: false,
            registry,
            endpoint_url,
            home,
            folder,
            printed: RefCell::default(),
            said: RefCell::default(),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// That of the run.
    pub fn configure(&self, options: &Options) -> Result<Report> {
        let line = |to: &RefCell<String>, text: &str| {
            to.borrow_mut().push_str(text);
            to.borrow_mut().push('\n');
        };
        let commands: &dyn Commands = if self.runs_commands { &Processes } else { &Refused };
        let effects = Effects {
            registry: self.registry,
            aws: &Sdk::new(Some(self.endpoint_url.clone()), self.patience.clone()),
            prompt: &Nobody,
            progress: &|_| {},
            print: &|text| line(&self.printed, text),
            say: &|text| line(&self.said, text),
            commands,
            environment: &|name| self.environment.get(name).cloned(),
            home: self.home.clone(),
            folder: self.folder.clone(),
            now: Timestamp::now(),
        };
        run_until_interrupted(configure(options, &effects))
    }

    /// What outputs printed, and what commands said.
    pub fn into_output(self) -> (String, String) {
        (self.printed.into_inner(), self.said.into_inner())
    }
}
