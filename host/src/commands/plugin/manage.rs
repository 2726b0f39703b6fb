//! `leverage plugin enable`, `disable` and `remove`.

use serde_json::json;

use super::document;
use super::user_plugins::{installed, unknown_plugin};
use crate::effects::machine;
use crate::ui;
use leverage_error::Result;
use leverage_loader::{Entry, Isolation, Registry, Store};

/// Enables a plugin that is not broken, and changes its isolation if one is given.
pub(super) fn enable(
    registry: &Registry,
    store: &Store,
    id: &str,
    isolation: Option<Isolation>,
    json: bool,
) -> Result<()> {
    let usable = installed(registry, id)?.check(store).map(|_| ());
    change(store, id, json, |entry| {
        usable?;
        entry.enabled = true;
        entry.isolation = isolation.unwrap_or(entry.isolation);
        Ok(("enabled", format!("plugin `{id}` (isolation: {})", entry.isolation.name())))
    })
}

/// Disables a plugin, which may be broken.
pub(super) fn disable(registry: &Registry, store: &Store, id: &str, json: bool) -> Result<()> {
    installed(registry, id)?;
    change(store, id, json, |entry| {
        entry.enabled = false;
        Ok(("disabled", format!("plugin `{id}`")))
    })
}

/// Removes a plugin, which may be broken.
pub(super) fn remove(registry: &Registry, store: &Store, id: &str, json: bool) -> Result<()> {
    let document = document::installed_as_json(installed(registry, id)?, store);
    store.change(machine::now(), &ui::note, |entries| entries.remove(id).ok_or_else(|| unknown_plugin(id)))?;
    if json {
        ui::json(&json!({ "removed": document }));
    } else {
        ui::done("removed", &format!("plugin `{id}`"));
    }
    Ok(())
}

/// Changes the entry of a plugin, and shows what `change` did (a verb and its object), or with `json` the plugin.
fn change(
    store: &Store,
    id: &str,
    json: bool,
    change: impl FnOnce(&mut Entry) -> Result<(&'static str, String)>,
) -> Result<()> {
    let (verb, object) = store
        .change(machine::now(), &ui::note, |entries| change(entries.get_mut(id).ok_or_else(|| unknown_plugin(id))?))?;
    if json {
        document::print_installed(store, id)?;
    } else {
        ui::done(verb, &object);
    }
    Ok(())
}
