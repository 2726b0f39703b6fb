//! A plugin as JSON.

use leverage_plugin_api::model::Manifest;
use serde_json::{Value, json};
use std::path::Path;

use super::user_plugins::{installed, state};
use crate::{builtin, ui};
use leverage_error::Result;
use leverage_loader::{Inspection, Installed, Store};

/// A built-in plugin.
pub(super) fn builtin_as_json(manifest: &Manifest) -> Value {
    let mut document = manifest_as_json(manifest);
    document["state"] = json!("built-in");
    document
}

/// A library that need not be added.
pub(super) fn inspection_as_json(inspection: &Inspection, name: &str) -> Value {
    let mut document = manifest_as_json(&inspection.manifest);
    // Known only after the plugin has started; see `leverage plugin add`.
    document["types"] = Value::Null;
    document["outputs"] = Value::Null;
    document["interface"] = json!(inspection.interface);
    document["hash"] = json!(inspection.hash);
    document["file"] = json!(name);
    document
}

/// A plugin that the user added, with its state.
pub(super) fn installed_as_json(plugin: &Installed, store: &Store) -> Value {
    let entry = &plugin.entry;
    let (state, reason) = state(plugin, store);
    let mut document = manifest_as_json(plugin.manifest());
    document["state"] = json!(state);
    document["reason"] = json!(reason.map(|reason| reason.to_string()));
    document["isolation"] = json!(entry.isolation);
    document["hash"] = json!(entry.hash);
    document["added"] = json!(entry.added);
    document["origin"] = json!(entry.origin);
    document
}

/// Prints a plugin that the user added, as the lock file has it now.
pub(super) fn print_installed(store: &Store, id: &str) -> Result<()> {
    // Nothing runs, so the registry needs no program for isolated plugins.
    let registry = builtin::registry()?.with_store(store.clone(), Path::new(""));
    ui::json(&json!({ "plugin": installed_as_json(installed(&registry, id)?, store) }));
    Ok(())
}

fn manifest_as_json(manifest: &Manifest) -> Value {
    json!({
        "id": manifest.id,
        "version": manifest.version,
        "api": manifest.api,
        "description": manifest.description,
        "lookups": manifest.lookups,
        "types": manifest.types,
        "outputs": manifest.outputs,
    })
}
