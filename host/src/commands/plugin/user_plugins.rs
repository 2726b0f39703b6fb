//! The plugins that the user added: where they are, and their states.

use crate::effects::machine;
use leverage_error::{Error, Kind, Result};
use leverage_loader::{Installed, Registry, Store};

/// The store of the user's plugins.
pub(super) fn user_store() -> Result<Store> {
    Store::of_user(&machine::environment_os)
        .ok_or_else(|| Error::new(Kind::Internal, "plugin folder not found").hint("set `HOME` or `XDG_DATA_HOME`"))
}

/// The plugin that the user added with this id.
pub(super) fn installed<'a>(registry: &'a Registry, id: &str) -> Result<&'a Installed> {
    if registry.builtin_manifests().any(|known| known.id == id) {
        return Err(Error::new(Kind::Usage, format!("plugin `{id}` is built in"))
            .hint("built-in plugins cannot be enabled, disabled or removed"));
    }
    registry.installed()?.iter().find(|plugin| plugin.id == id).ok_or_else(|| unknown_plugin(id))
}

/// The error for an id that no plugin has.
pub(super) fn unknown_plugin(id: &str) -> Error {
    Error::new(Kind::Usage, format!("unknown plugin `{id}`")).hint("run `leverage plugin list` to see all plugins")
}

/// The state of a plugin that the user added, and the reason if it is broken.
pub(super) fn state(plugin: &Installed, store: &Store) -> (&'static str, Option<Error>) {
    match (plugin.check(store), plugin.entry.enabled) {
        (Err(error), _) => ("broken", Some(error)),
        (Ok(_), true) => ("enabled", None),
        (Ok(_), false) => ("disabled", None),
    }
}
