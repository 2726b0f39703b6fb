//! The plugins of a run, by what they add.
//!
//! Built-in ones are there at once. Those that the user added are known by their entries, and opened when
//! something of theirs is used for the first time: whoever sets up SECURITY opens no stranger's library.

use leverage_plugin_api::model::{Manifest, OutputInfo, TypeInfo};
use std::path::PathBuf;

use super::call::{Call, breach};
use super::installed::{Installed, clash};
use super::store::Store;
use super::v1::Plugin;
use leverage_core::config::RequiredPlugins;
use leverage_core::protocol::Contribution;
use leverage_core::suggest::with_suggestions;
use leverage_error::{Error, Kind, Result};

/// Plugins, no two of which add the same.
pub struct Registry {
    builtin: Vec<Plugin>,
    installed: Vec<Installed>,
    /// Why the plugins that the user added are not known.
    trouble: Option<Error>,
    store: Option<Store>,
    /// What serves plugins that run in a process of their own.
    program: PathBuf,
    /// The outputs that a run writes where its environment names none.
    selected: Vec<String>,
}

impl Registry {
    /// These plugins, as if they were built in; all their outputs run.
    ///
    /// # Errors
    ///
    /// Two plugins of one id, or that add a type or an output of one name.
    pub fn new(plugins: Vec<Plugin>) -> Result<Self> {
        for (at, plugin) in plugins.iter().enumerate() {
            if let Some(how) = plugins[..at].iter().find_map(|earlier| clash(earlier.manifest(), plugin.manifest())) {
                return Err(Error::new(
                    Kind::Plugin,
                    format!("the plugin {:?} is refused: {how}", plugin.manifest().id),
                )
                .hint("remove one of them"));
            }
        }
        let outputs = plugins.iter().flat_map(|plugin| &plugin.manifest().outputs);
        let selected = outputs.map(|info| info.name.clone()).collect();
        let program = PathBuf::new();
        Ok(Self { builtin: plugins, installed: Vec::new(), trouble: None, store: None, program, selected })
    }

    /// Adds the plugins of a store. `program` serves those that run in a process of their own: it calls
    /// [`isolate::child::main`](super::isolate::child::main).
    ///
    /// None of them is opened, and none of them can fail this: what is wrong with one is told to whoever
    /// uses it.
    #[must_use]
    pub fn with_store(mut self, store: Store, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        match store.entries() {
            Ok(entries) => {
                for (id, entry) in entries {
                    let installed = Installed::new(id, entry, self.manifests());
                    self.installed.push(installed);
                }
            }
            Err(error) => {
                tracing::debug!("the plugins that you added are not known: {error}");
                self.trouble = Some(error);
            }
        }
        self.store = Some(store);
        self
    }

    /// Makes these the outputs that run where an environment names none: a plugin's output writes nothing
    /// just because the plugin was added.
    ///
    /// # Errors
    ///
    /// One is not installed.
    pub fn select_outputs(mut self, names: &[&str]) -> Result<Self> {
        names.iter().try_for_each(|name| self.check_output(name))?;
        self.selected = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(self)
    }

    /// Checks that there is an output of this name, without opening its plugin.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn check_output(&self, name: &str) -> Result<()> {
        self.find(|manifest| manifest.outputs.iter().any(|info| info.name == name))
            .map(|_| ())
            .map_err(|error| error.unwrap_or_else(|| self.no_output(name)))
    }

    /// The names of all credential types, also of plugins that are disabled.
    pub fn known_types(&self) -> impl Iterator<Item = &str> {
        let installed = self.installed.iter().map(Installed::manifest);
        let types = self.builtin_manifests().chain(installed).flat_map(|manifest| &manifest.types);
        types.map(|info| info.name.as_str())
    }

    /// What the usable plugins say about themselves.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        let builtin = self.builtin.iter().map(Plugin::manifest);
        builtin.chain(self.installed.iter().filter(|plugin| plugin.is_usable()).map(Installed::manifest))
    }

    /// What the built-in plugins say about themselves.
    pub fn builtin_manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.builtin.iter().map(Plugin::manifest)
    }

    /// The plugins that the user added, usable or not.
    ///
    /// # Errors
    ///
    /// The lock file can't be read.
    pub fn installed(&self) -> Result<&[Installed]> {
        match &self.trouble {
            None => Ok(&self.installed),
            Some(error) => Err(error.clone()),
        }
    }

    /// The credential types, in the order of the plugins.
    pub fn types(&self) -> impl Iterator<Item = &TypeInfo> {
        self.manifests().flat_map(|manifest| &manifest.types)
    }

    /// The output targets, in the order of the plugins.
    pub fn outputs(&self) -> impl Iterator<Item = &OutputInfo> {
        self.manifests().flat_map(|manifest| &manifest.outputs)
    }

    /// The names of the outputs that run where an environment names none, in their order.
    pub fn selected_outputs(&self) -> &[String] {
        &self.selected
    }

    /// The credential type called `name`, in any case, with its exact name.
    ///
    /// # Errors
    ///
    /// There is none, or its plugin can't be opened.
    pub fn credential_type(&self, name: &str) -> Result<(PluginContribution<'_>, &str)> {
        let has = |manifest: &Manifest| manifest.types.iter().any(|info| info.name.eq_ignore_ascii_case(name));
        let found = self.find(has).map_err(|error| {
            error.unwrap_or_else(|| {
                let names: Vec<&str> = self.types().map(|info| info.name.as_str()).collect();
                let error = Error::new(Kind::Usage, format!("unknown credential type `{name}`"));
                with_suggestions(error, name, &names, "installed types")
            })
        })?;
        let exact = found.manifest().types.iter().find(|info| info.name.eq_ignore_ascii_case(name));
        let exact = exact.map_or("", |info| info.name.as_str());
        Ok((self.contribution(found, "type", exact)?, exact))
    }

    /// The output target called `name`.
    ///
    /// # Errors
    ///
    /// There is none, or its plugin can't be opened.
    pub fn output(&self, name: &str) -> Result<PluginContribution<'_>> {
        let found = self
            .find(|manifest| manifest.outputs.iter().any(|info| info.name == name))
            .map_err(|error| error.unwrap_or_else(|| self.no_output(name)))?;
        self.contribution(found, "output", name)
    }

    /// Checks that everything which a project requires is there.
    ///
    /// # Errors
    ///
    /// What is missing, with the command that adds it.
    pub fn check_required(&self, required: &RequiredPlugins) -> Result<()> {
        for (id, hash) in required {
            let error =
                |what: String| Error::new(Kind::Plugin, format!("this project requires the plugin {id:?}, {what}"));
            let add =
                |options: &str| format!("`leverage plugin add FILE{options} --hash {hash}`, with the plugin's file");
            if self.builtin_manifests().any(|manifest| manifest.id == *id) {
                return Err(error("which is built in: it has no hash".to_owned()).hint("remove it from leverage.toml"));
            }
            let Some(found) = self.installed()?.iter().find(|plugin| plugin.id == *id) else {
                return Err(error(format!("{hash}, which is not installed")).hint(add("")));
            };
            if found.entry.hash != *hash {
                let own = found.entry.hash;
                return Err(error(format!("{hash}, but {own} is installed")).hint(add(" --replace")));
            }
            if !found.entry.enabled {
                return Err(error("which is disabled".to_owned()).hint(format!("`leverage plugin enable {id}`")));
            }
        }
        Ok(())
    }

    /// The plugin that `has` what is wanted; without one, the reason if there is a better one than that.
    fn find(&self, has: impl Fn(&Manifest) -> bool) -> Result<Found<'_>, Option<Error>> {
        if let Some(plugin) = self.builtin.iter().find(|plugin| has(plugin.manifest())) {
            return Ok(Found::Builtin(plugin));
        }
        let mut installed: Vec<&Installed> = self.installed.iter().filter(|plugin| has(plugin.manifest())).collect();
        // One that is disabled or broken is found too, and says so when it is opened.
        installed.sort_by_key(|plugin| !plugin.is_usable());
        installed.first().map(|plugin| Found::Installed(plugin)).ok_or_else(|| self.trouble.clone())
    }

    fn no_output(&self, name: &str) -> Error {
        let names: Vec<&str> = self.outputs().map(|info| info.name.as_str()).collect();
        let error = Error::new(Kind::Usage, format!("unknown output `{name}`"));
        with_suggestions(error, name, &names, "installed outputs")
            .hint("run `leverage plugin add FILE` to add an output of a plugin")
    }

    fn contribution<'a>(&'a self, found: Found<'a>, kind: &'static str, name: &str) -> Result<PluginContribution<'a>> {
        let plugin: &dyn Call = match (&found, &self.store) {
            (Found::Builtin(plugin), _) => *plugin,
            (Found::Installed(plugin), Some(store)) => plugin.open(store, &self.program)?,
            (Found::Installed(plugin), None) => return Err(breach(&plugin.id, "has no store")),
        };
        // The manifest that the user agreed to, not the one that the opened plugin returns.
        let output = found.manifest().outputs.iter().find(|info| kind == "output" && info.name == name);
        Ok(PluginContribution { plugin, kind, name: name.to_owned(), output })
    }
}

/// A plugin that has what is wanted.
enum Found<'a> {
    Builtin(&'a Plugin),
    Installed(&'a Installed),
}

impl<'a> Found<'a> {
    fn manifest(&self) -> &'a Manifest {
        match self {
            Self::Builtin(plugin) => plugin.manifest(),
            Self::Installed(plugin) => plugin.manifest(),
        }
    }
}

/// A contribution of an open plugin.
pub struct PluginContribution<'a> {
    plugin: &'a dyn Call,
    kind: &'static str,
    name: String,
    output: Option<&'a OutputInfo>,
}

impl Contribution for PluginContribution<'_> {
    fn describe(&self) -> String {
        let kind = if self.kind == "type" { "the credential type" } else { "the output" };
        format!("{kind} {} of the plugin {}", self.name, self.plugin.manifest().id)
    }

    fn lookups(&self) -> &[String] {
        &self.plugin.manifest().lookups
    }

    fn output_info(&self) -> Option<&OutputInfo> {
        self.output
    }

    fn step(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.plugin.step(&format!("{}/{}", self.kind, self.name), request)
    }
}
