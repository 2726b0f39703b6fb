//! `leverage plugin list` and `leverage plugin inspect`: what there is, and what a file would be.

use leverage_plugin_api::model::{HiddenLines, Manifest, OutputInfo};
use leverage_plugin_api::sdk::lookup;
use serde_json::{Value, json};
use std::path::Path;

use crate::ui;
use leverage_error::{Error, Result};
use leverage_loader::{self, Inspection, Installed, Registry, Store};

/// Lists all plugins. One that is broken is listed with its reason, and opens nothing.
///
/// # Errors
///
/// The lock file can't be read.
pub(super) fn list(registry: &Registry, store: &Store, json: bool) -> Result<()> {
    let installed = registry.installed()?;
    if json {
        let builtin = registry.builtin_manifests().map(builtin_as_json);
        let all: Vec<Value> = builtin.chain(installed.iter().map(|plugin| installed_as_json(plugin, store))).collect();
        ui::json(&json!({ "plugins": all }));
        return Ok(());
    }
    let mut rows = vec![["ID", "VERSION", "STATE", "FROM", "ADDS"].map(str::to_owned)];
    for manifest in registry.builtin_manifests() {
        rows.push(row(manifest, "built in", ""));
    }
    let mut reasons = Vec::new();
    for plugin in installed {
        rows.push(row(plugin.manifest(), state(plugin, store).0, &plugin.entry.origin));
        reasons.extend(state(plugin, store).1);
    }
    table(&rows);
    for reason in reasons {
        ui::text("");
        ui::error(&reason);
    }
    Ok(())
}

/// Shows one plugin: of a file what can be read without running it, of an added one also how it stands.
///
/// # Errors
///
/// There is no such plugin, or the file is none.
pub(super) fn inspect(registry: &Registry, store: &Store, target: &Path, json: bool) -> Result<()> {
    let id = target.to_str().unwrap_or_default();
    let (document, text) = if let Some(manifest) = registry.builtin_manifests().find(|manifest| manifest.id == id) {
        (builtin_as_json(manifest), described(manifest, &[("from", "built in")]))
    } else if let Some(plugin) = registry.installed()?.iter().find(|plugin| plugin.id == id) {
        (installed_as_json(plugin, store), describe_installed(plugin, store))
    } else {
        let name = target.display().to_string();
        let inspection = leverage_loader::inspect(&leverage_loader::read(target)?, &name)?;
        (inspected_as_json(&inspection, &name), describe_inspection(&inspection, &name))
    };
    if json {
        ui::json(&json!({ "plugin": document }));
    } else {
        ui::text(&text);
    }
    Ok(())
}

/// How an added plugin stands, and why it can't be used.
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

/// What a plugin adds, in words.
fn adds(manifest: &Manifest) -> Vec<String> {
    let types = manifest.types.iter().map(|info| format!("type {}", info.name));
    types.chain(manifest.outputs.iter().map(|info| format!("output {}", info.name))).collect()
}

fn table(rows: &[[String; 5]]) {
    let mut widths = [0; 5];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        ui::text(cells.join("  ").trim_end());
    }
}

/// What a file says, for people.
pub(super) fn describe_inspection(inspection: &Inspection, name: &str) -> String {
    let hash = inspection.hash.to_string();
    let built = format!("{} (plugin interface {})", inspection.manifest.api, inspection.interface);
    described(&inspection.manifest, &[("built with", &built), ("hash", &hash), ("file", name)])
}

fn describe_installed(plugin: &Installed, store: &Store) -> String {
    let entry = &plugin.entry;
    let hash = entry.hash.to_string();
    let (state, reason) = state(plugin, store);
    let state = reason.map_or_else(|| state.to_owned(), |reason| format!("{state}: {reason}"));
    let from = format!("{} ({})", entry.origin, entry.added);
    let facts = [
        ("state", state.as_str()),
        ("isolation", entry.isolation.name()),
        ("built with", &entry.api),
        ("hash", &hash),
        ("added from", &from),
    ];
    described(plugin.manifest(), &facts)
}

fn described(manifest: &Manifest, facts: &[(&str, &str)]) -> String {
    let lookups = if manifest.lookups.is_empty() { "nothing".to_owned() } else { manifest.lookups.join(", ") };
    let mut lines = vec![format!("{} {}  {}", manifest.id, manifest.version, manifest.description)];
    let mut line = |what: &str, value: &str| lines.push(format!("  {what:<10}  {value}"));
    line("asks for", &lookups);
    if manifest.lookups.iter().any(|name| name == lookup::RUN) {
        line("may run", "commands, with your rights, once the files of a run are written");
    }
    for (what, declared) in manifest.outputs.iter().flat_map(declarations) {
        line(what, &declared);
    }
    let adds = adds(manifest);
    if !adds.is_empty() {
        line("adds", &adds.join(", "));
    }
    for (what, value) in facts {
        line(what, value);
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

/// What a file says, for scripts.
pub(super) fn inspected_as_json(inspection: &Inspection, name: &str) -> Value {
    let mut document = manifest_as_json(&inspection.manifest);
    // Only running it tells; see `leverage plugin add`.
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

/// An added plugin, for scripts.
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
