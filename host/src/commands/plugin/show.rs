//! `leverage plugin list` and `leverage plugin inspect`: show plugins without running any of their code.

use leverage_plugin_api::model::{HiddenLines, Manifest, OutputInfo};
use leverage_plugin_api::sdk::lookup;
use serde_json::{Value, json};
use std::path::Path;

use super::lookup::installed;
use crate::{builtin, ui};
use leverage_error::{Error, Result};
use leverage_loader::{self as plugins, Inspection, Installed, Registry, Store};

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
    for manifest in registry.builtin_manifests() {
        rows.push(row(manifest, "built in", "-"));
    }
    let mut reasons = Vec::new();
    for plugin in installed {
        rows.push(row(plugin.manifest(), state(plugin, store).0, &plugin.entry.origin));
        reasons.extend(state(plugin, store).1);
    }
    ui::table(&rows);
    for reason in reasons {
        ui::lines("\n");
        ui::error(&reason);
    }
    Ok(())
}

/// Shows the manifest of a plugin, or of a library that need not be added. For an added plugin, shows its state too.
///
/// # Errors
///
/// The plugin or the file is not found, or the file is not a plugin.
pub(super) fn inspect(registry: &Registry, store: &Store, target: &Path, json: bool) -> Result<()> {
    let id = target.to_str().unwrap_or_default();
    let (document, text) = if let Some(manifest) = registry.builtin_manifests().find(|manifest| manifest.id == id) {
        (builtin_as_json(manifest), describe(manifest, &[("state", "built in")]))
    } else if let Some(plugin) = registry.installed()?.iter().find(|plugin| plugin.id == id) {
        (installed_as_json(plugin, store), describe_installed(plugin, store))
    } else {
        let name = target.display().to_string();
        let inspection = plugins::inspect(&plugins::read_library(target)?, &format!("`{name}`"))?;
        (inspected_as_json(&inspection, &name), describe_inspection(&inspection, &name))
    };
    if json {
        ui::json(&json!({ "plugin": document }));
    } else {
        ui::lines(&text);
    }
    Ok(())
}

/// The state of an added plugin, and the reason if it is broken.
fn state(plugin: &Installed, store: &Store) -> (&'static str, Option<Error>) {
    match (plugin.check(store), plugin.entry.enabled) {
        (Err(error), _) => ("broken", Some(error)),
        (Ok(_), true) => ("enabled", None),
        (Ok(_), false) => ("disabled", None),
    }
}

fn row(manifest: &Manifest, state: &str, origin: &str) -> [String; 5] {
    [manifest.id.clone(), manifest.version.clone(), state.to_owned(), origin.to_owned(), adds(manifest).join(", ")]
}

/// The types and outputs of a plugin, as text.
fn adds(manifest: &Manifest) -> Vec<String> {
    let types = manifest.types.iter().map(|info| format!("type {}", info.name));
    types.chain(manifest.outputs.iter().map(|info| format!("output {}", info.name))).collect()
}

/// The manifest of a library, as text.
pub(super) fn describe_inspection(inspection: &Inspection, name: &str) -> String {
    let hash = inspection.hash.to_string();
    let built = format!("leverage-plugin-api {} (interface {})", inspection.manifest.api, inspection.interface);
    describe(&inspection.manifest, &[("built with", &built), ("hash", &hash), ("file", name)])
}

fn describe_installed(plugin: &Installed, store: &Store) -> String {
    let entry = &plugin.entry;
    let hash = entry.hash.to_string();
    let (state, reason) = state(plugin, store);
    let state = reason.map_or_else(|| state.to_owned(), |reason| format!("{state}: {reason}"));
    let built = format!("leverage-plugin-api {}", entry.api);
    let from = format!("{} ({})", entry.origin, entry.added);
    let details = [
        ("state", state.as_str()),
        ("isolation", entry.isolation.name()),
        ("built with", &built),
        ("hash", &hash),
        ("added from", &from),
    ];
    describe(plugin.manifest(), &details)
}

fn describe(manifest: &Manifest, details: &[(&str, &str)]) -> String {
    let lookups = if manifest.lookups.is_empty() { "none".to_owned() } else { manifest.lookups.join(", ") };
    let mut lines = vec![format!("{} {}  {}", manifest.id, manifest.version, manifest.description)];
    let mut line = |label: &str, value: &str| lines.push(format!("  {label:<10}  {value}"));
    line("lookups", &lookups);
    if manifest.lookups.iter().any(|name| name == lookup::RUN) {
        line("may run", "commands, with your rights, after the files of a run are written");
    }
    for (label, declared) in manifest.outputs.iter().flat_map(declarations) {
        line(label, &declared);
    }
    let adds = adds(manifest);
    if !adds.is_empty() {
        line("adds", &adds.join(", "));
    }
    for (label, value) in details {
        line(label, value);
    }
    lines.join("\n")
}

/// What an output declares about environment variables, for the user's consent.
pub(super) fn declarations(output: &OutputInfo) -> Vec<(&'static str, String)> {
    let name = &output.name;
    let mut declarations = Vec::new();
    if !output.file_variables.is_empty() {
        let variables = output.file_variables.join(", ");
        declarations.push(("may write", format!("files that {variables} name (output {name})")));
    }
    if let Some(hidden) = &output.hidden_lines {
        let HiddenLines { variable, value, prefix, .. } = hidden;
        let text = format!("secrets, in lines with `{prefix}` if {variable} is `{value}` (output {name})");
        declarations.push(("may print", text));
    }
    declarations
}

/// The manifest of a library, as JSON.
fn inspected_as_json(inspection: &Inspection, name: &str) -> Value {
    let mut document = manifest_as_json(&inspection.manifest);
    // Known only after the plugin has started; see `leverage plugin add`.
    document["types"] = Value::Null;
    document["outputs"] = Value::Null;
    document["interface"] = json!(inspection.interface);
    document["hash"] = json!(inspection.hash);
    document["file"] = json!(name);
    document
}

fn builtin_as_json(manifest: &Manifest) -> Value {
    let mut document = manifest_as_json(manifest);
    document["state"] = json!("built-in");
    document
}

/// An added plugin, as JSON.
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

/// Prints an added plugin as JSON, as the lock file has it now.
pub(super) fn print_installed_as_json(store: &Store, id: &str) -> Result<()> {
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
