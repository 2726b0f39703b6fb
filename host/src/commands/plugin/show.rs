//! `leverage plugin list` and `leverage plugin inspect`: show plugins without running any of their code.

use serde_json::{Value, json};
use std::path::Path;

use super::description::{added, describe_builtin, describe_inspection, describe_installed};
use super::document::{builtin_as_json, inspection_as_json, installed_as_json};
use super::user_plugins::state;
use crate::ui;
use leverage_error::Result;
use leverage_loader::{self as plugins, Registry, Store};
use leverage_plugin_api::model::Manifest;

/// Lists all plugins, broken ones with the reason.
///
/// # Errors
///
/// The lock file cannot be read.
pub(super) fn list(registry: &Registry, store: &Store, json: bool) -> Result<()> {
    let installed = registry.installed()?;
    if json {
        let builtin = registry.builtin_manifests().map(builtin_as_json);
        let all: Vec<Value> = builtin.chain(installed.iter().map(|plugin| installed_as_json(plugin, store))).collect();
        ui::json(&json!({ "plugins": all }));
        return Ok(());
    }
    let mut rows = vec![["ID", "VERSION", "STATE", "ADDED FROM", "ADDS"].map(str::to_owned)];
    rows.extend(registry.builtin_manifests().map(|manifest| row(manifest, "built in", "-")));
    let mut reasons = Vec::new();
    for plugin in installed {
        let (state, reason) = state(plugin, store);
        rows.push(row(plugin.manifest(), state, &plugin.entry.origin));
        reasons.extend(reason);
    }
    ui::table(&rows);
    reasons.iter().for_each(ui::error);
    Ok(())
}

fn row(manifest: &Manifest, state: &str, origin: &str) -> [String; 5] {
    [manifest.id.clone(), manifest.version.clone(), state.to_owned(), origin.to_owned(), added(manifest).join(", ")]
}

/// Shows the manifest of a plugin, or of a library that need not be added. For an added plugin, shows its state too.
///
/// # Errors
///
/// The plugin or the file is not found, or the file is not a plugin.
pub(super) fn inspect(registry: &Registry, store: &Store, target: &Path, json: bool) -> Result<()> {
    let id = target.to_str().unwrap_or_default();
    let (document, text) = if let Some(manifest) = registry.builtin_manifests().find(|manifest| manifest.id == id) {
        (builtin_as_json(manifest), describe_builtin(manifest))
    } else if let Some(plugin) = registry.installed()?.iter().find(|plugin| plugin.id == id) {
        (installed_as_json(plugin, store), describe_installed(plugin, store))
    } else {
        let name = target.display().to_string();
        let inspection = plugins::inspect(&plugins::read_library(target)?, &format!("`{name}`"))?;
        (inspection_as_json(&inspection, &name), describe_inspection(&inspection, &name))
    };
    if json {
        ui::json(&json!({ "plugin": document }));
    } else {
        ui::lines(&text);
    }
    Ok(())
}
