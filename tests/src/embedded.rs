//! The library against the sandbox, both in this process: for what moto can't do, or only slowly.

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::core::report::Report;
use leverage::error::Result;
use leverage::plugins::Registry;
use leverage::sandbox::project::{self, Project};
use leverage::sandbox::{Config, Sandbox, User};
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::Refused;
use leverage::shell::interrupt::run_until_interrupted;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::counterparts;
use crate::place::Place;
use crate::program::Run;
use crate::tree::Tree;
use leverage::shell::prompt::Nobody;

/// A sandbox with its sample project.
pub struct Embedded {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The sample project.
    pub project: Project,
    place: Place,
}

impl Embedded {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// It can't be started.
    pub fn start(config: Config) -> Self {
        let place = Place::new();
        let sandbox = Sandbox::start(config).expect("a sandbox");
        let folder = place.path("sandbox");
        fs::create_dir(&folder).expect("a temporary folder can be written");
        let project = project::write(&folder, &sandbox).expect("a sample project");
        Self { sandbox, project, place }
    }

    /// The options that set up the credentials of a user, whose name is that of the credential type.
    pub fn options(&self, user: &User) -> Options {
        Options {
            credential_type: user.name.to_owned(),
            credentials_file: Some(self.project.keys_of(user)),
            ..Options::default()
        }
    }

    /// Runs `credentials configure` with little patience: it gives up within a second.
    ///
    /// # Errors
    ///
    /// That of the run.
    pub fn configure(&self, options: &Options) -> Result<Report> {
        let patience = Patience {
            connect: Duration::from_secs(1),
            attempt: Duration::from_millis(300),
            operation: Duration::from_secs(10),
            list: Duration::from_secs(60),
            attempts: 3,
            first_backoff: Duration::from_millis(1),
        };
        let effects = Effects {
            registry: &Registry::builtin()?,
            aws: &Sdk::new(Some(self.sandbox.endpoint_url()), patience),
            prompt: &Nobody,
            progress: &|_| {},
            print: &|_| {},
            say: &|_| {},
            commands: &Refused,
            environment: &|_| None,
            home: self.project.home.clone(),
            folder: self.project.root.clone(),
            now: Timestamp::now(),
        };
        run_until_interrupted(configure(options, &effects))
    }

    /// The program under test, in the sample project and with the sandbox as its AWS.
    pub fn leverage(&self, arguments: &[&str]) -> Run {
        Run::leverage(&self.place, &self.sandbox.endpoint_url())
            .env("HOME", &self.project.home)
            .folder(&self.project.root)
            .args(arguments)
    }

    /// Everything in its folders.
    pub fn tree(&self) -> Tree {
        self.place.tree()
    }

    /// The names of the profiles that botocore finds.
    pub fn profiles(&self) -> Vec<String> {
        counterparts::profiles(&self.project.home.join(".aws").join(project::SHORT_NAME))
    }

    /// The text of a file in the project.
    pub fn project_text(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.project.root.join(path)).expect("a file of the project")
    }
}
