//! A world whose runs write selected outputs, with what these print and run.

use leverage::ConfigureOptions;
use leverage::builtin::plugins as builtin;
use leverage::error::Result;
use leverage::report::Report;
use leverage_loader::{Registry, load};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::plugins::plugin;
use crate::world::World;

/// See the file's description.
pub struct Outputs {
    /// The AWS and the project.
    pub world: World,
    /// The options of the run.
    pub options: ConfigureOptions,
    registry: Registry,
    settings: BTreeMap<String, Value>,
    environment: BTreeMap<String, String>,
    output: RefCell<(String, String)>,
}

impl Outputs {
    /// A world in which MANAGEMENT is set up anew each time, with these outputs. `runs` is a loaded one.
    ///
    /// # Panics
    ///
    /// The output does not exist.
    pub fn new(outputs: &[&str]) -> Self {
        let world = World::new();
        let mut plugins = builtin().expect("the built-in plugins");
        if outputs.contains(&"runs") {
            plugins.push(load(&plugin("runs"), "runs").expect("a plugin"));
        }
        let options = ConfigureOptions {
            access_keys: leverage_plugin_api::model::AccessKeysMode::Overwrite,
            ..world.options(&world.sandbox.users().management)
        };
        Self {
            world,
            options,
            registry: Registry::new(plugins).and_then(|all| all.select_outputs(outputs)).expect("outputs"),
            settings: BTreeMap::new(),
            environment: BTreeMap::new(),
            output: RefCell::default(),
        }
    }

    /// Sets the options of an output in the project's configuration.
    ///
    /// # Panics
    ///
    /// They cannot be written.
    pub fn settings(&mut self, output: &str, settings: Value) {
        self.settings.insert(output.to_owned(), settings);
        let outputs: Vec<Value> = self.registry.selected_outputs().iter().map(|name| self.entry(name)).collect();
        let document = json!({ "environments": { "default": { "outputs": outputs } } });
        self.world.put("leverage.toml", &toml::to_string(&document).expect("TOML"));
    }

    fn entry(&self, output: &str) -> Value {
        let mut entry = self.settings.get(output).cloned().unwrap_or_else(|| json!({}));
        entry["name"] = output.into();
        entry
    }

    /// Sets a variable of the environment.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Runs `credentials configure` in the library.
    ///
    /// # Errors
    ///
    /// That of the run.
    pub fn configure(&self) -> Result<Report> {
        let mut embedding = self.world.embedding(&self.registry);
        embedding.environment = self.environment.clone();
        embedding.runs_commands = true;
        let result = embedding.configure(&self.options);
        *self.output.borrow_mut() = embedding.into_output();
        result
    }

    /// The error of a run that fails, for a snapshot.
    ///
    /// # Panics
    ///
    /// The run succeeds.
    pub fn error(&self) -> leverage::error::Error {
        self.configure().map(|_| ()).expect_err("a failure")
    }

    /// What outputs printed in the last run.
    pub fn printed(&self) -> String {
        self.output.borrow().0.clone()
    }

    /// What commands printed in the last run.
    pub fn said(&self) -> String {
        self.output.borrow().1.clone()
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.world.project.home.clone()
    }

    /// A file of the project.
    pub fn project_file(&self, path: &str) -> PathBuf {
        self.world.project.root.join(path)
    }

    /// The text of a file of the project.
    ///
    /// # Panics
    ///
    /// It cannot be read.
    pub fn project_text(&self, path: &str) -> String {
        fs::read_to_string(self.project_file(path)).expect("a file of the project")
    }

    /// The secret access key that is set up.
    pub fn secret(&self) -> String {
        self.world.sandbox.users().management.access_key.secret.clone()
    }
}
