//! A plugin that the user added: its entry in the lock file, and the open plugin after its first use.

use leverage_plugin_api::model::Manifest;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::in_process::InProcessPlugin;
use crate::isolate::IsolatedPlugin;
use crate::lock_file::{Entry, Isolation};
use crate::manifest;
use crate::open_plugin::OpenPlugin;
use crate::store::Store;
use crate::violation::violation;
use leverage_error::{Error, Kind, Result};

/// A plugin that the user added.
pub struct Installed {
    /// Its id.
    pub id: String,
    /// Its entry in the lock file.
    pub entry: Entry,
    /// Why it cannot be used, as far as the entry shows.
    broken: Option<String>,
    manifest: Manifest,
    open: OnceCell<Box<dyn OpenPlugin>>,
}

impl Installed {
    /// The plugin of an entry. `registered` are the manifests of other plugins, which take precedence.
    pub(crate) fn new<'a>(id: String, entry: Entry, registered: impl IntoIterator<Item = &'a Manifest>) -> Self {
        let manifest = entry.manifest(&id);
        let broken = manifest::check(&manifest).map_err(|what| format!("invalid entry in the lock file: {what}")).err();
        let broken = broken.or_else(|| registered.into_iter().find_map(|other| find_conflict(other, &manifest)));
        Self { id, entry, broken, manifest, open: OnceCell::new() }
    }

    /// Its manifest at the time it was added.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether its types and outputs can be used.
    pub(crate) fn is_usable(&self) -> bool {
        self.entry.enabled && self.broken.is_none()
    }

    /// Checks the entry and the library, without opening it; returns the path of the library.
    ///
    /// # Errors
    ///
    /// The plugin cannot be used.
    pub fn check(&self, store: &Store) -> Result<PathBuf> {
        if let Some(why) = &self.broken {
            return Err(Error::new(Kind::Plugin, format!("cannot open plugin `{}`", self.id))
                .cause(why.clone())
                .hint(format!("run `leverage plugin remove {}`", self.id)));
        }
        store.library(&self.id, &self.entry)
    }

    /// Opens the plugin at the first call, and returns it.
    ///
    /// # Errors
    ///
    /// It is disabled, differs from its entry, or does not load.
    pub(crate) fn open(&self, store: &Store, program: &Path) -> Result<&dyn OpenPlugin> {
        if let Some(open) = self.open.get() {
            return Ok(&**open);
        }
        let id = &self.id;
        if !self.entry.enabled {
            return Err(Error::new(Kind::Plugin, format!("plugin `{id}` is disabled"))
                .hint(format!("run `leverage plugin enable {id}`")));
        }
        let library = self.check(store)?;
        let plugin = start(&library, id, self.entry.isolation, program)?;
        let running = plugin.manifest();
        let difference = manifest::find_difference(&self.manifest, running).or_else(|| {
            let same = running.types == self.manifest.types && running.outputs == self.manifest.outputs;
            (!same).then(|| "the types or outputs differ".to_owned())
        });
        if let Some(difference) = difference {
            let name = format!("plugin `{id}`");
            return Err(violation(&name, "does not match its entry in the lock file").cause(difference));
        }
        Ok(&**self.open.get_or_init(|| plugin))
    }
}

fn start(library: &Path, id: &str, isolation: Isolation, program: &Path) -> Result<Box<dyn OpenPlugin>> {
    let name = format!("plugin `{id}`");
    tracing::info!("opening {name} ({})", isolation.name());
    Ok(match isolation {
        Isolation::Process => Box::new(IsolatedPlugin::start(program, library, &name)?),
        Isolation::InProcess => Box::new(InProcessPlugin::open(library, &name)?),
    })
}

/// Starts a plugin, isolated, to read its complete manifest with types and outputs. `announced` is the manifest in its
/// file, `program` is as in [`Registry::with_store`](crate::Registry::with_store), and `registered` are the manifests of
/// other plugins.
///
/// # Errors
///
/// It does not load, does not match its file, or conflicts with another plugin.
pub fn probe<'a>(
    library: &Path,
    announced: &Manifest,
    program: &Path,
    registered: impl IntoIterator<Item = &'a Manifest>,
) -> Result<Manifest> {
    let name = format!("plugin `{}`", announced.id);
    let plugin = IsolatedPlugin::start(program, library, &name)?;
    let running = plugin.manifest();
    if let Some(difference) = manifest::find_difference(announced, running) {
        return Err(violation(&name, "does not match the manifest in its file").cause(difference));
    }
    match registered.into_iter().find_map(|other| find_conflict(other, running)) {
        Some(conflict) => Err(Error::new(Kind::Plugin, format!("cannot add {name}"))
            .cause(conflict)
            .hint("remove or rename one of the two")),
        None => Ok(running.clone()),
    }
}

/// Describes what two plugins both add and only one can, if there is such a conflict.
pub(crate) fn find_conflict(one: &Manifest, other: &Manifest) -> Option<String> {
    if one.id == other.id {
        return Some(format!("another plugin has the id `{}`", one.id));
    }
    let same =
        other.types.iter().find(|info| one.types.iter().any(|known| known.name.eq_ignore_ascii_case(&info.name)));
    if let Some(info) = same {
        return Some(format!("plugin `{}` already adds the credential type `{}`", one.id, info.name));
    }
    let same = other.outputs.iter().find(|info| one.outputs.iter().any(|known| known.name == info.name))?;
    Some(format!("plugin `{}` already adds the output `{}`", one.id, same.name))
}
