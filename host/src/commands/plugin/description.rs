//! A plugin as text.

use leverage_plugin_api::model::{HiddenLines, Manifest, OutputInfo};
use leverage_plugin_api::sdk::lookup;

use super::user_plugins::state;
use leverage_loader::{Inspection, Installed, Store};

/// A built-in plugin.
pub(super) fn describe_builtin(manifest: &Manifest) -> String {
    describe(manifest, &[("state", "built in")])
}

/// A library that need not be added.
pub(super) fn describe_inspection(inspection: &Inspection, name: &str) -> String {
    let hash = inspection.hash.to_string();
    let built = format!("leverage-plugin-api {} (interface {})", inspection.manifest.api, inspection.interface);
    describe(&inspection.manifest, &[("built with", &built), ("hash", &hash), ("file", name)])
}

/// A plugin that the user added, with its state.
pub(super) fn describe_installed(plugin: &Installed, store: &Store) -> String {
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

/// The types and outputs that a plugin adds.
pub(super) fn added(manifest: &Manifest) -> Vec<String> {
    let types = manifest.types.iter().map(|info| format!("type {}", info.name));
    types.chain(manifest.outputs.iter().map(|info| format!("output {}", info.name))).collect()
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
    let added = added(manifest);
    if !added.is_empty() {
        line("adds", &added.join(", "));
    }
    for (label, value) in details {
        line(label, value);
    }
    lines.join("\n")
}
