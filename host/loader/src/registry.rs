//! The plugins of a run, by what they add.
//!
//! Added plugins are known by their entries, and opened at the first use of one of their contributions. So a run with
//! built-in plugins only never opens a library.

use leverage_plugin_api::model::{Manifest, OutputInfo, TypeInfo};
use std::path::PathBuf;

use crate::installed::{Installed, find_conflict};
use crate::open_plugin::OpenPlugin;
use crate::store::Store;
use crate::v1::Plugin;
use crate::violation::violation;
use leverage_core::config::RequiredPlugins;
use leverage_core::protocol::Contribution;
use leverage_core::suggest::with_suggestions;
use leverage_error::visible::safe;
use leverage_error::{Error, Kind, Result};

/// Plugins without conflicts: no two add the same type or output.
pub struct Registry {
    builtin: Vec<Plugin>,
    installed: Vec<Installed>,
    /// Why the list of added plugins cannot be read.
    store_error: Option<Error>,
    store: Option<Store>,
    /// The program that serves isolated plugins.
    program: PathBuf,
    /// The outputs that run by default.
    selected: Vec<String>,
}

impl Registry {
    /// A registry of built-in plugins, all of whose outputs run by default.
    ///
    /// # Errors
    ///
    /// Two plugins have the same id, or add a type or output of the same name.
    pub fn new(plugins: Vec<Plugin>) -> Result<Self> {
        for (at, plugin) in plugins.iter().enumerate() {
            let conflict = plugins[..at].iter().find_map(|other| find_conflict(other.manifest(), plugin.manifest()));
            if let Some(conflict) = conflict {
                return Err(Error::new(Kind::Plugin, format!("cannot register plugin `{}`", plugin.manifest().id))
                    .cause(conflict)
                    .hint("remove one of them"));
            }
        }
        let outputs = plugins.iter().flat_map(|plugin| &plugin.manifest().outputs);
        let selected = outputs.map(|info| info.name.clone()).collect();
        let program = PathBuf::new();
        Ok(Self { builtin: plugins, installed: Vec::new(), store_error: None, store: None, program, selected })
    }

    /// Adds the plugins of a store, without opening them. `program` serves isolated plugins: it calls
    /// [`serve`](crate::serve).
    ///
    /// This never fails: an error of a plugin or of the store is returned when the plugin is used.
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
                tracing::debug!("failed to read the list of added plugins: {error}");
                self.store_error = Some(error);
            }
        }
        self.store = Some(store);
        self
    }

    /// Makes these the outputs that run by default. The outputs of an added plugin are not among them until the user
    /// selects them.
    ///
    /// # Errors
    ///
    /// An output is unknown.
    pub fn select_outputs(mut self, names: &[&str]) -> Result<Self> {
        names.iter().try_for_each(|name| self.check_output(name))?;
        self.selected = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(self)
    }

    /// Checks that an output of this name exists, without opening its plugin.
    ///
    /// # Errors
    ///
    /// The output is unknown.
    pub fn check_output(&self, name: &str) -> Result<()> {
        self.find(|manifest| manifest.outputs.iter().any(|info| info.name == name))
            .map(|_| ())
            .map_err(|error| error.unwrap_or_else(|| self.unknown_output(name)))
    }

    /// The names of all credential types, disabled plugins included.
    pub fn known_types(&self) -> impl Iterator<Item = &str> {
        let installed = self.installed.iter().map(Installed::manifest);
        let types = self.builtin_manifests().chain(installed).flat_map(|manifest| &manifest.types);
        types.map(|info| info.name.as_str())
    }

    /// The manifests of all usable plugins.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        let builtin = self.builtin.iter().map(Plugin::manifest);
        builtin.chain(self.installed.iter().filter(|plugin| plugin.is_usable()).map(Installed::manifest))
    }

    /// The manifests of the built-in plugins.
    pub fn builtin_manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.builtin.iter().map(Plugin::manifest)
    }

    /// All added plugins, usable or not.
    ///
    /// # Errors
    ///
    /// The lock file cannot be read.
    pub fn installed(&self) -> Result<&[Installed]> {
        match &self.store_error {
            None => Ok(&self.installed),
            Some(error) => Err(error.clone()),
        }
    }

    /// The credential types, in the order of the plugins.
    pub fn types(&self) -> impl Iterator<Item = &TypeInfo> {
        self.manifests().flat_map(|manifest| &manifest.types)
    }

    /// The outputs, in the order of the plugins.
    pub fn outputs(&self) -> impl Iterator<Item = &OutputInfo> {
        self.manifests().flat_map(|manifest| &manifest.outputs)
    }

    /// The names of the outputs that run by default, in their order.
    pub fn selected_outputs(&self) -> &[String] {
        &self.selected
    }

    /// Finds the credential type `name`, without regard to case; returns it with its exact name.
    ///
    /// # Errors
    ///
    /// The type is unknown, or its plugin cannot be opened.
    pub fn credential_type(&self, name: &str) -> Result<(PluginContribution<'_>, &str)> {
        let has = |manifest: &Manifest| manifest.types.iter().any(|info| info.name.eq_ignore_ascii_case(name));
        let found = self.find(has).map_err(|error| {
            error.unwrap_or_else(|| {
                let names: Vec<&str> = self.types().map(|info| info.name.as_str()).collect();
                let error = Error::new(Kind::Usage, format!("unknown credential type `{}`", safe(name)));
                with_suggestions(error, name, &names, "installed types")
            })
        })?;
        let exact = found.manifest().types.iter().find(|info| info.name.eq_ignore_ascii_case(name));
        let exact = exact.map_or("", |info| info.name.as_str());
        Ok((self.contribution(found, "type", exact)?, exact))
    }

    /// Finds the output `name`.
    ///
    /// # Errors
    ///
    /// The output is unknown, or its plugin cannot be opened.
    pub fn output(&self, name: &str) -> Result<PluginContribution<'_>> {
        let found = self
            .find(|manifest| manifest.outputs.iter().any(|info| info.name == name))
            .map_err(|error| error.unwrap_or_else(|| self.unknown_output(name)))?;
        self.contribution(found, "output", name)
    }

    /// Checks that all plugins which a project requires are installed and enabled.
    ///
    /// # Errors
    ///
    /// A plugin is missing; the hint is the command that adds it.
    pub fn check_required(&self, required: &RequiredPlugins) -> Result<()> {
        for (id, hash) in required {
            let shown = safe(id);
            let error = |what: &str| {
                Error::new(Kind::Plugin, format!("this project requires the plugin `{shown}`, which {what}"))
            };
            let add = |options: &str| format!("get its file and run `leverage plugin add FILE{options} --hash {hash}`");
            if self.builtin_manifests().any(|manifest| manifest.id == *id) {
                return Err(error("is built in and has no hash").hint("remove it from `leverage.toml`"));
            }
            let Some(found) = self.installed()?.iter().find(|plugin| plugin.id == *id) else {
                return Err(error("is not installed").hint(add("")));
            };
            if found.entry.hash != *hash {
                let cause = format!("expected the hash {hash}, found {}", found.entry.hash);
                return Err(error("is installed with another hash").cause(cause).hint(add(" --replace")));
            }
            if !found.entry.enabled {
                return Err(error("is disabled").hint(format!("run `leverage plugin enable {id}`")));
            }
        }
        Ok(())
    }

    /// Finds the plugin whose manifest `matches`; else returns the error of the store, if there is one.
    fn find(&self, matches: impl Fn(&Manifest) -> bool) -> Result<PluginRef<'_>, Option<Error>> {
        if let Some(plugin) = self.builtin.iter().find(|plugin| matches(plugin.manifest())) {
            return Ok(PluginRef::Builtin(plugin));
        }
        let mut installed: Vec<&Installed> =
            self.installed.iter().filter(|plugin| matches(plugin.manifest())).collect();
        // A disabled or broken plugin is found last, and returns its error when it is opened.
        installed.sort_by_key(|plugin| !plugin.is_usable());
        installed.first().map(|plugin| PluginRef::Installed(plugin)).ok_or_else(|| self.store_error.clone())
    }

    fn unknown_output(&self, name: &str) -> Error {
        let names: Vec<&str> = self.outputs().map(|info| info.name.as_str()).collect();
        let error = Error::new(Kind::Usage, format!("unknown output `{}`", safe(name)));
        with_suggestions(error, name, &names, "installed outputs")
            .hint("run `leverage plugin add FILE` to add an output of a plugin")
    }

    fn contribution<'a>(
        &'a self,
        found: PluginRef<'a>,
        kind: &'static str,
        name: &str,
    ) -> Result<PluginContribution<'a>> {
        let plugin: &dyn OpenPlugin = match (&found, &self.store) {
            (PluginRef::Builtin(plugin), _) => *plugin,
            (PluginRef::Installed(plugin), Some(store)) => plugin.open(store, &self.program)?,
            (PluginRef::Installed(plugin), None) => return Err(violation(&plugin.id, "has no store")),
        };
        // The manifest that the user agreed to, not the one that the opened plugin returns.
        let output = found.manifest().outputs.iter().find(|info| kind == "output" && info.name == name);
        let is_builtin = matches!(found, PluginRef::Builtin(_));
        Ok(PluginContribution { plugin, kind, name: name.to_owned(), output, is_builtin })
    }
}

/// A plugin of the registry, open or not.
enum PluginRef<'a> {
    Builtin(&'a Plugin),
    Installed(&'a Installed),
}

impl<'a> PluginRef<'a> {
    fn manifest(&self) -> &'a Manifest {
        match self {
            Self::Builtin(plugin) => plugin.manifest(),
            Self::Installed(plugin) => plugin.manifest(),
        }
    }
}

/// A credential type or output of an open plugin.
pub struct PluginContribution<'a> {
    plugin: &'a dyn OpenPlugin,
    kind: &'static str,
    name: String,
    output: Option<&'a OutputInfo>,
    is_builtin: bool,
}

impl PluginContribution<'_> {
    /// The name, if the plugin is built in.
    pub fn builtin_name(&self) -> Option<&str> {
        self.is_builtin.then_some(self.name.as_str())
    }
}

impl Contribution for PluginContribution<'_> {
    fn describe(&self) -> String {
        let kind = if self.kind == "type" { "credential type" } else { "output" };
        format!("{kind} `{}` of plugin `{}`", self.name, self.plugin.manifest().id)
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
