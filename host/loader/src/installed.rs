//! A plugin that the user added: an entry of the lock file, and the plugin itself once it is open.

use leverage_plugin_api::model::Manifest;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::call::{Call, breach};
use super::isolate::Isolated;
use super::lock::{Entry, Isolation};
use super::manifest;
use super::store::Store;
use super::watch::Watched;
use leverage_error::{Error, Kind, Result};

/// A plugin that the user added.
pub struct Installed {
    /// Its id.
    pub id: String,
    /// What the lock file says of it.
    pub entry: Entry,
    /// Why it can't be used, as far as that shows without looking at its library.
    pub broken: Option<String>,
    manifest: Manifest,
    open: OnceCell<Box<dyn Call>>,
}

impl Installed {
    /// The plugin of an entry. `taken` are those that are there before it.
    pub(super) fn new<'a>(id: String, entry: Entry, taken: impl IntoIterator<Item = &'a Manifest>) -> Self {
        let manifest = entry.manifest(&id);
        let broken = manifest::check(&manifest).map_err(|what| format!("its entry in the lock file {what}")).err();
        let broken = broken.or_else(|| taken.into_iter().find_map(|other| clash(other, &manifest)));
        Self { id, entry, broken, manifest, open: OnceCell::new() }
    }

    /// What it said about itself when it was added.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether its types and outputs are to be had.
    pub fn is_usable(&self) -> bool {
        self.entry.enabled && self.broken.is_none()
    }

    /// Checks the entry and, without opening it, the library.
    ///
    /// # Errors
    ///
    /// Why it can't be used.
    pub fn check(&self, store: &Store) -> Result<PathBuf> {
        if let Some(why) = &self.broken {
            return Err(Error::new(Kind::Plugin, format!("the plugin {} was not opened: {why}", self.id))
                .hint(format!("`leverage plugin remove {}` removes it", self.id)));
        }
        store.library(&self.id, &self.entry)
    }

    /// The plugin, opened at the first call.
    ///
    /// # Errors
    ///
    /// It is disabled, is not what was agreed to, or does not load.
    pub(super) fn open(&self, store: &Store, program: &Path) -> Result<&dyn Call> {
        if let Some(open) = self.open.get() {
            return Ok(&**open);
        }
        let id = &self.id;
        if !self.entry.enabled {
            return Err(Error::new(Kind::Plugin, format!("the plugin {id} is disabled"))
                .hint(format!("`leverage plugin enable {id}`")));
        }
        let library = self.check(store)?;
        let plugin = start(&library, id, self.entry.isolation, program)?;
        let said = plugin.manifest();
        let differs = manifest::difference(&self.manifest, said).or_else(|| {
            let same = said.types == self.manifest.types && said.outputs == self.manifest.outputs;
            (!same).then(|| "its types or outputs are others now".to_owned())
        });
        if let Some(how) = differs {
            let name = format!("the plugin {id}");
            return Err(breach(&name, "describes itself otherwise than when it was added").cause(how));
        }
        Ok(&**self.open.get_or_init(|| plugin))
    }
}

fn start(library: &Path, id: &str, isolation: Isolation, program: &Path) -> Result<Box<dyn Call>> {
    let name = format!("the plugin {id}");
    tracing::info!("opening {name} ({})", isolation.name());
    Ok(match isolation {
        Isolation::Process => Box::new(Isolated::start(program, library, &name)?),
        Isolation::InProcess => Box::new(Watched::open(library, &name)?),
    })
}

/// What a plugin says about itself when it runs, in a process of its own: what it announces in its file,
/// and the names of its types and outputs.
///
/// # Errors
///
/// It does not load, contradicts its file, or adds what another plugin has.
pub fn probe<'a>(
    library: &Path,
    announced: &Manifest,
    program: &Path,
    taken: impl IntoIterator<Item = &'a Manifest>,
) -> Result<Manifest> {
    let name = format!("the plugin {}", announced.id);
    let plugin = Isolated::start(program, library, &name)?;
    let said = plugin.manifest();
    if let Some(how) = manifest::difference(announced, said) {
        return Err(breach(&name, "is not what its file says").cause(how));
    }
    match taken.into_iter().find_map(|other| clash(other, said)) {
        Some(how) => {
            Err(Error::new(Kind::Plugin, format!("{name} can't be added: {how}"))
                .hint("remove or rename one of the two"))
        }
        None => Ok(said.clone()),
    }
}

/// What two plugins both have and only one may.
pub(super) fn clash(one: &Manifest, other: &Manifest) -> Option<String> {
    if one.id == other.id {
        return Some(format!("another plugin has the id {}", one.id));
    }
    let same =
        other.types.iter().find(|info| one.types.iter().any(|known| known.name.eq_ignore_ascii_case(&info.name)));
    if let Some(info) = same {
        return Some(format!("the plugin {} has the credential type {} too", one.id, info.name));
    }
    let same = other.outputs.iter().find(|info| one.outputs.iter().any(|known| known.name == info.name))?;
    Some(format!("the plugin {} has the output {} too", one.id, same.name))
}
