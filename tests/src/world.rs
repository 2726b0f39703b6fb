//! A sandbox and its sample project, for the program and for the library.

use leverage::ConfigureOptions;
use leverage::effects::RequestLimits;
use leverage::error::Result;
use leverage::plugins::Registry;
use leverage::report::Report;
use leverage::sandbox::project::{self, Project};
use leverage::sandbox::{Config, Sandbox, User};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::counterparts;
use crate::embedding::Embedding;
use crate::place::Place;
use crate::program::{Outcome, Run};
use crate::tree::Tree;

/// See the file's description. The project is a git repository.
pub struct World {
    /// The AWS.
    pub sandbox: Sandbox,
    /// The sample project.
    pub project: Project,
    /// Its folder.
    pub place: Place,
}

impl World {
    /// One with the usual accounts.
    #[allow(clippy::new_without_default, reason = "a temporary folder is no default value")]
    pub fn new() -> Self {
        Self::start(Config::default())
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// It cannot be started.
    pub fn start(config: Config) -> Self {
        let sandbox = Sandbox::start(config).expect("a sandbox");
        let place = Place::empty();
        let project = project::write(&place.path(""), &sandbox).expect("a sample project");
        fs::create_dir(project.root.join(".git")).expect("a temporary folder can be written");
        Self { sandbox, project, place }
    }

    /// Writes a file of the project.
    ///
    /// # Panics
    ///
    /// It cannot be written.
    pub fn put(&self, path: &str, text: &str) {
        self.place.put(path, text);
    }

    /// The text of a file in the project.
    ///
    /// # Panics
    ///
    /// It cannot be read.
    pub fn project_text(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.project.root.join(path)).expect("a file of the project")
    }

    /// The shared config file, if there is one.
    pub fn config(&self) -> Option<String> {
        fs::read_to_string(self.place.aws().join("config")).ok()
    }

    /// The text of the shared credentials file, if there is one.
    pub fn credentials(&self) -> Option<String> {
        fs::read_to_string(self.place.aws().join("credentials")).ok()
    }

    /// The names of the profiles that botocore finds.
    pub fn profiles(&self) -> Vec<String> {
        counterparts::profiles(&self.place.aws())
    }

    /// Everything in its folders.
    pub fn tree(&self) -> Tree {
        self.place.tree()
    }

    /// Every file of the home folder and the project, with its contents. Locks are not contents.
    ///
    /// # Panics
    ///
    /// A folder cannot be read.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let is_data = |path: &Path| path.starts_with("home") || path.starts_with("project");
        let tree = self.tree();
        let files = tree.entries().filter(|(path, _)| is_data(path) && path.file_name() != Some(".lock".as_ref()));
        files.filter_map(|(path, entry)| Some((path.to_owned(), entry.contents.clone()?))).collect()
    }

    /// `$XDG_DATA_HOME`, with the user's plugins.
    pub fn data(&self) -> PathBuf {
        self.place.path("data")
    }

    /// The program under test, in the project, with the sandbox as its AWS.
    pub fn command(&self) -> Run {
        Run::leverage(&self.place, &self.sandbox.endpoint_url()).quiet_env("XDG_DATA_HOME", self.data())
    }

    /// Runs the program under test.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.command().args(arguments).outcome()
    }

    /// Runs `credentials configure --type KIND`, with the access keys of this type's user, else of
    /// MANAGEMENT's.
    pub fn configure(&self, kind: &str, options: &[&str]) -> Outcome {
        let users = self.sandbox.users();
        let user = users.iter().find(|user| user.name.eq_ignore_ascii_case(kind)).unwrap_or(&users.management);
        let keys = self.project.keys_of(user);
        let run = self.command().args(["credentials", "configure", "--type", kind, "--credentials-file"]).args([keys]);
        run.args(options).outcome()
    }

    /// The options that set up the credentials of a user, whose name is that of the credential type.
    pub fn options(&self, user: &User) -> ConfigureOptions {
        ConfigureOptions {
            credential_type: user.name.to_owned(),
            credentials_file: Some(self.project.keys_of(user)),
            ..ConfigureOptions::default()
        }
    }

    /// The library, with these plugins.
    pub fn embedding<'a>(&self, registry: &'a Registry) -> Embedding<'a> {
        Embedding::new(registry, self.sandbox.endpoint_url(), self.project.home.clone(), self.project.root.clone())
    }

    /// Runs `credentials configure` in the library, with time limits below a second.
    ///
    /// # Errors
    ///
    /// That of the run.
    pub fn configure_in_library(&self, options: &ConfigureOptions) -> Result<Report> {
        let registry = leverage::builtin::registry()?;
        let mut embedding = self.embedding(&registry);
        embedding.patience = RequestLimits {
            connect: Duration::from_secs(1),
            attempt: Duration::from_millis(300),
            operation: Duration::from_secs(10),
            list: Duration::from_secs(60),
            attempts: 3,
            first_backoff: Duration::from_millis(1),
        };
        embedding.configure(options)
    }
}
