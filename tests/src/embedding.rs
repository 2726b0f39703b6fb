//! `credentials configure` through the library, as a core CLI embeds it.

use jiff::Timestamp;
use leverage::effects::run_until_interrupted;
use leverage::effects::{Commands, Disk, NoCommands, Processes};
use leverage::effects::{RequestLimits, Sdk};
use leverage::error::Result;
use leverage::plugins::Registry;
use leverage::report::Report;
use leverage::{ConfigureOptions, Effects, configure};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The only place of the tests that builds [`Effects`].
pub struct Embedding<'a> {
    /// The time limits for AWS.
    pub patience: RequestLimits,
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
    /// An embedding with these plugins, this AWS, and these home and working folders.
    pub fn new(registry: &'a Registry, endpoint_url: String, home: PathBuf, folder: PathBuf) -> Self {
        Self {
            patience: RequestLimits::default(),
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
    pub fn configure(&self, options: &ConfigureOptions) -> Result<Report> {
        let line = |to: &RefCell<String>, text: &str| {
            to.borrow_mut().push_str(text);
            to.borrow_mut().push('\n');
        };
        let commands: &dyn Commands = if self.runs_commands { &Processes } else { &NoCommands };
        let aws = Sdk::new(Some(self.endpoint_url.clone()), self.patience.clone());
        let print = |text: &str| line(&self.printed, text);
        let say = |text: &str| line(&self.said, text);
        let environment = |name: &str| self.environment.get(name).cloned();
        let effects = Effects::new(self.registry, &aws, &Disk, &self.home, &self.folder, Timestamp::now())
            .print(&print)
            .say(&say)
            .commands(commands)
            .environment(&environment);
        run_until_interrupted(configure(options, &effects))
    }

    /// What outputs and commands printed.
    pub fn into_output(self) -> (String, String) {
        (self.printed.into_inner(), self.said.into_inner())
    }
}
