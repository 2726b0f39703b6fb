//! A sandbox whose runs write outputs of the test's choice, and what those print, say and run.

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::core::report::Report;
use leverage::error::Result;
use leverage::plugins::{Registry, builtin, load};
use leverage::sandbox::{Config, Sandbox, project};
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::Processes;
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::Nobody;
use leverage_tests::tools::artifacts;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// See the file's description.
pub struct World {
    /// The AWS.
    pub sandbox: Sandbox,
    /// The sample project.
    pub project: project::Project,
    /// What is asked for.
    pub options: Options,
    registry: Registry,
    settings: BTreeMap<String, Value>,
    environment: BTreeMap<String, String>,
    printed: RefCell<String>,
    said: RefCell<String>,
    _folder: tempfile::TempDir,
}

#[allow(dead_code, reason = "each test file needs a part of it")]
impl World {
    /// A sandbox in which MANAGEMENT is set up anew each time, with these outputs. `runs` is a loaded one.
    pub fn new(outputs: &[&str]) -> Self {
        let sandbox = Sandbox::start(Config::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let project = project::write(folder.path(), &sandbox).unwrap();
        let mut plugins = builtin().unwrap();
        if outputs.contains(&"runs") {
            plugins.push(load(&artifacts().join("examples/libtest_runs.so"), "runs").unwrap());
        }
        let options = Options {
            credential_type: "management".to_owned(),
            credentials_file: Some(project.keys_of(&sandbox.users().management)),
            access_keys: leverage_plugin_api::model::AccessKeysMode::Overwrite,
            ..Options::default()
        };
        Self {
            sandbox,
            project,
            options,
            registry: Registry::new(plugins).unwrap().select_outputs(outputs).unwrap(),
            settings: BTreeMap::new(),
            environment: BTreeMap::new(),
            printed: RefCell::default(),
            said: RefCell::default(),
            _folder: folder,
        }
    }

    /// Gives an output options of its own, in the project's configuration.
    pub fn settings(&mut self, output: &str, settings: Value) {
        self.settings.insert(output.to_owned(), settings);
        let outputs: Vec<Value> = self.registry.selected_outputs().iter().map(|name| self.entry(name)).collect();
        let document = serde_json::json!({ "environments": { "default": { "outputs": outputs } } });
        fs::write(self.project_file("leverage.toml"), toml::to_string(&document).unwrap()).unwrap();
    }

    fn entry(&self, output: &str) -> Value {
        let mut entry = self.settings.get(output).cloned().unwrap_or_else(|| serde_json::json!({}));
        entry["name"] = output.into();
        entry
    }

    /// Sets a variable of the environment.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Runs `credentials configure`.
    ///
    /// # Errors
    ///
    /// That of the run.
    pub fn configure(&self) -> Result<Report> {
        self.printed.borrow_mut().clear();
        self.said.borrow_mut().clear();
        let line = |to: &RefCell<String>, text: &str| {
            to.borrow_mut().push_str(text);
            to.borrow_mut().push('\n');
        };
        let effects = Effects {
            registry: &self.registry,
            aws: &Sdk::new(Some(self.sandbox.endpoint_url()), Patience::default()),
            prompt: &Nobody,
            progress: &|_| {},
            print: &|text| line(&self.printed, text),
            say: &|text| line(&self.said, text),
            commands: &Processes,
            environment: &|name| self.environment.get(name).cloned(),
            home: self.home(),
            folder: self.project.root.clone(),
            now: Timestamp::now(),
        };
        run_until_interrupted(configure(&self.options, &effects))
    }

    /// What outputs printed in the last run.
    pub fn printed(&self) -> String {
        self.printed.borrow().clone()
    }

    /// What commands said in the last run.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.project.home.clone()
    }

    /// A file of the project.
    pub fn project_file(&self, path: &str) -> PathBuf {
        self.project.root.join(path)
    }

    /// The secret access key that is set up.
    pub fn secret(&self) -> String {
        self.sandbox.users().management.access_key.secret.clone()
    }
}
