//! `leverage plugin add`: inspect, ask for consent, copy, start, record. No code of the plugin runs before the consent, and
//! nothing is recorded before the plugin has started.

use leverage_plugin_api::model::Manifest;

use super::{description, document};
use crate::cli::AddPluginArgs;
use crate::effects::{Prompt, Terminal, machine};
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::{self as plugins, Entries, Entry, Inspection, Installed, Registry, Store};

/// Adds a plugin.
///
/// # Errors
///
/// The file is not a plugin for this host, the user does not agree, or the plugin does not start. The user's plugins are
/// unchanged then.
pub(super) fn run(args: &AddPluginArgs, registry: &Registry, store: &Store) -> Result<()> {
    let name = args.file.display().to_string();
    let bytes = plugins::read_library(&args.file)?;
    let inspection = plugins::inspect(&bytes, &format!("`{name}`"))?;
    if let Some(expected) = args.hash.filter(|hash| *hash != inspection.hash) {
        let found = inspection.hash;
        return Err(Error::new(Kind::Plugin, format!("hash of `{name}` is `{found}`, expected `{expected}`"))
            .hint("get the file again from its author, or pass the hash of the version that you want"));
    }
    let present = check_id(registry, &inspection, args.replace)?;
    if !args.json {
        ui::lines(&description::describe_inspection(&inspection, &name));
        if let Some(present) = present {
            ui::lines(&format!("  replaces    version {} ({})", present.entry.version, present.entry.hash));
            let known = &present.entry.lookups;
            let new: Vec<_> =
                inspection.manifest.lookups.iter().filter(|name| !known.contains(name)).cloned().collect();
            if !new.is_empty() {
                ui::lines(&format!("  new:        lookups {}", new.join(", ")));
            }
        }
    }
    let id = &inspection.manifest.id;
    ask_for_consent(args, id, &Terminal)?;
    let (manifest, enabled) = install(args, registry, store, &bytes, &inspection)?;
    if args.json {
        return document::print_installed(store, id);
    }
    let configure = "leverage credentials configure";
    let types = manifest.types.iter().map(|info| format!("{configure} --type {}", info.name));
    let outputs = manifest.outputs.iter().map(|info| format!("{configure} --type TYPE --output {}", info.name));
    ui::done("added", &format!("plugin `{id}`"));
    if !enabled {
        ui::note(&format!("plugin `{id}` stays disabled; run `leverage plugin enable {id}` to use it"));
        return Ok(());
    }
    ui::next_steps(&types.chain(outputs).collect::<Vec<_>>());
    Ok(())
}

/// Checks that the id is free, and returns the plugin to replace.
fn check_id<'a>(registry: &'a Registry, inspection: &Inspection, replace: bool) -> Result<Option<&'a Installed>> {
    let id = &inspection.manifest.id;
    if registry.builtin_manifests().any(|known| known.id == *id) {
        return Err(Error::new(Kind::Plugin, format!("plugin id `{id}` belongs to a built-in plugin"))
            .hint("ask the author of the plugin to change its id"));
    }
    let present = registry.installed()?.iter().find(|plugin| plugin.id == *id);
    if let Some(present) = present.filter(|_| !replace) {
        let Entry { version, hash, .. } = &present.entry;
        return Err(Error::new(Kind::Plugin, format!("plugin `{id}` already exists: version {version} ({hash})"))
            .hint("pass `--replace` to replace it with this file"));
    }
    Ok(present)
}

fn ask_for_consent(args: &AddPluginArgs, id: &str, prompt: &dyn Prompt) -> Result<()> {
    if args.yes {
        return Ok(());
    }
    // With `--json`, the manifest to agree to is not on the screen.
    if args.json || !prompt.is_available() {
        return Err(Error::new(Kind::AnswerNeeded, format!("adding plugin `{id}` needs your consent"))
            .hint(format!("run `leverage plugin inspect {}` to review it", args.file.display()))
            .hint("pass `--yes` to agree"));
    }
    let choices = ["No", "Yes: run it with my rights and these lookups"].map(str::to_owned);
    match prompt.select(&format!("Add plugin `{id}`?"), &choices)? {
        1 => Ok(()),
        _ => Err(Error::new(Kind::Interrupted, format!("plugin `{id}` was not added"))),
    }
}

/// Asks for consent to what the outputs declare about environment variables, which only the started plugin tells. What the
/// replaced plugin did not declare is marked.
fn ask_for_consent_to_outputs(
    args: &AddPluginArgs,
    manifest: &Manifest,
    replaced: Option<&Entry>,
    prompt: &dyn Prompt,
) -> Result<()> {
    let declarations: Vec<_> = manifest.outputs.iter().flat_map(description::declarations).collect();
    if declarations.is_empty() {
        return Ok(());
    }
    if !args.json {
        let known = replaced.map(|entry| entry.outputs.iter().flat_map(description::declarations).collect::<Vec<_>>());
        for declaration in &declarations {
            let new = known.as_ref().is_some_and(|known| !known.contains(declaration));
            let (label, declared) = declaration;
            ui::lines(&format!("  {label:<10}  {}{declared}", if new { "new: " } else { "" }));
        }
    }
    ask_for_consent(args, &manifest.id, prompt)
}

/// Copies the file, starts the copy, and records it with what it adds. Returns its manifest, and whether it is enabled.
fn install(
    args: &AddPluginArgs,
    registry: &Registry,
    store: &Store,
    bytes: &[u8],
    inspection: &Inspection,
) -> Result<(Manifest, bool)> {
    let id = &inspection.manifest.id;
    store.change(machine::now(), &ui::note, |entries| {
        store.put(bytes, inspection.hash)?;
        let replaced = entries.get(id).cloned();
        let mut entry = entry(inspection, args, replaced.as_ref());
        let library = store.library(id, &entry)?;
        let others = other_manifests(registry, entries, id);
        let manifest = plugins::probe(&library, &inspection.manifest, &machine::current_program()?, &others)?;
        ask_for_consent_to_outputs(args, &manifest, replaced.as_ref(), &Terminal)?;
        entry.types.clone_from(&manifest.types);
        entry.outputs.clone_from(&manifest.outputs);
        let enabled = entry.enabled;
        entries.insert(id.clone(), entry);
        Ok((manifest, enabled))
    })
}

/// The entry of a plugin that has not started yet, so its types and outputs are unknown. What the user decided about the
/// replaced plugin stays.
fn entry(inspection: &Inspection, args: &AddPluginArgs, replaced: Option<&Entry>) -> Entry {
    let manifest = &inspection.manifest;
    Entry {
        version: manifest.version.clone(),
        api: manifest.api.clone(),
        hash: inspection.hash,
        enabled: replaced.is_none_or(|entry| entry.enabled),
        isolation: args.isolation.or(replaced.map(|entry| entry.isolation)).unwrap_or_default(),
        added: machine::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        origin: machine::absolute_path(&args.file).to_string_lossy().into_owned(),
        description: manifest.description.clone(),
        lookups: manifest.lookups.clone(),
        types: Vec::new(),
        outputs: Vec::new(),
    }
}

/// The manifests of all other plugins. Disabled ones are included, because they may be enabled again.
fn other_manifests(registry: &Registry, entries: &Entries, id: &str) -> Vec<Manifest> {
    let installed = entries.iter().filter(|(known, _)| *known != id).map(|(known, entry)| entry.manifest(known));
    registry.builtin_manifests().cloned().chain(installed).collect()
}
