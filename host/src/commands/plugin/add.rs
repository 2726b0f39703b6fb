//! `leverage plugin add`: inspect, agree, copy, try, record. Nothing of the file runs before the second
//! of these, and nothing is recorded before the fourth.

use jiff::Timestamp;
use leverage_plugin_api::model::Manifest;

use super::show;
use crate::cli::AddPluginArgs;
use crate::effects::{Prompt, Terminal};
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::{self as plugins, Entries, Entry, Inspection, Installed, Registry, Store};

/// Adds a plugin.
///
/// # Errors
///
/// The file is no plugin for this host, the user does not agree, or the plugin does not work; then the
/// plugins are as they were.
pub(super) fn run(args: &AddPluginArgs, registry: &Registry, store: &Store) -> Result<()> {
    let name = args.file.display().to_string();
    let bytes = plugins::read(&args.file)?;
    let inspection = plugins::inspect(&bytes, &name)?;
    let id = inspection.manifest.id.clone();
    if let Some(expected) = args.hash.filter(|hash| *hash != inspection.hash) {
        return Err(Error::new(Kind::Plugin, format!("{name} is not the file that is wanted"))
            .cause(format!("its hash is {} and should be {expected}", inspection.hash)));
    }
    let present = check_id(registry, &inspection, args.replace)?;
    if !args.json {
        ui::text(&show::describe_inspection(&inspection, &name));
        if let Some(present) = present {
            ui::text(&format!("  replaces    version {} ({})", present.entry.version, present.entry.hash));
        }
    }
    agree(args, &id, &Terminal)?;

    let manifest = store.change(Timestamp::now(), &ui::note, |entries| {
        store.put(&bytes, inspection.hash)?;
        let mut entry = entry(&inspection, args);
        let library = store.library(&id, &entry)?;
        let others: Vec<_> = others(registry, entries, &id);
        let program = std::env::current_exe()
            .map_err(|error| Error::new(Kind::Internal, "this program's own file can't be found").cause(error))?;
        let manifest = plugins::probe(&library, &inspection.manifest, &program, &others)?;
        agree_to_outputs(args, &manifest, &Terminal)?;
        entry.types.clone_from(&manifest.types);
        entry.outputs.clone_from(&manifest.outputs);
        entries.insert(id.clone(), entry);
        Ok(manifest)
    })?;
    if args.json {
        return super::report(store, &id, true, "");
    }
    ui::text("");
    ui::line(&format!("The plugin {id} is added."));
    for info in &manifest.types {
        ui::text(&format!("  leverage credentials configure --type {}", info.name));
    }
    for info in &manifest.outputs {
        ui::text(&format!("  output {}: written where it is chosen", info.name));
    }
    Ok(())
}

/// Checks that the id is free; gives the plugin that is to be replaced.
fn check_id<'a>(registry: &'a Registry, inspection: &Inspection, replace: bool) -> Result<Option<&'a Installed>> {
    let id = &inspection.manifest.id;
    if registry.builtin_manifests().any(|known| known.id == *id) {
        return Err(Error::new(
            Kind::Plugin,
            format!("a plugin may not have the id {id}, which is that of a built-in one"),
        )
        .hint("its author has to give it another id"));
    }
    let present = registry.installed()?.iter().find(|plugin| plugin.id == *id);
    if let Some(present) = present.filter(|_| !replace) {
        let Entry { version, hash, .. } = &present.entry;
        return Err(Error::new(
            Kind::Plugin,
            format!("there is a plugin with the id {id} already: version {version} ({hash})"),
        )
        .hint(format!("give `--replace` to put this file in its place, or `leverage plugin remove {id}` first")));
    }
    Ok(present)
}

fn agree(args: &AddPluginArgs, id: &str, prompt: &dyn Prompt) -> Result<()> {
    if args.yes {
        return Ok(());
    }
    // With `--json` there is nothing on the screen that one could agree to.
    if args.json || !prompt.is_available() {
        return Err(Error::new(
            Kind::AnswerNeeded,
            format!("somebody has to agree to the plugin {id}, and nobody can be asked"),
        )
        .hint("inspect it with `leverage plugin inspect`, then give `--yes`"));
    }
    let choices =
        ["No".to_owned(), "Yes, it may run with my rights, and ask leverage for what is listed above".to_owned()];
    match prompt.select(&format!("Add the plugin {id}?"), &choices)? {
        1 => Ok(()),
        _ => Err(Error::new(Kind::Interrupted, format!("the plugin {id} was not added"))),
    }
}

/// Asks for consent to what the outputs declare about environment variables, which only the started plugin tells.
fn agree_to_outputs(args: &AddPluginArgs, manifest: &Manifest, prompt: &dyn Prompt) -> Result<()> {
    let declarations: Vec<_> = manifest.outputs.iter().flat_map(show::declarations).collect();
    if declarations.is_empty() {
        return Ok(());
    }
    if !args.json {
        declarations.iter().for_each(|(what, declared)| ui::text(&format!("  {what:<10}  {declared}")));
    }
    agree(args, &manifest.id, prompt)
}

/// The entry of a plugin whose types and outputs are not known yet.
fn entry(inspection: &Inspection, args: &AddPluginArgs) -> Entry {
    let manifest = &inspection.manifest;
    let origin = std::path::absolute(&args.file).unwrap_or_else(|_| args.file.clone());
    Entry {
        version: manifest.version.clone(),
        api: manifest.api.clone(),
        hash: inspection.hash,
        enabled: true,
        isolation: args.isolation,
        added: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        origin: origin.to_string_lossy().into_owned(),
        description: manifest.description.clone(),
        lookups: manifest.lookups.clone(),
        types: Vec::new(),
        outputs: Vec::new(),
    }
}

/// What all plugins but this one add, the disabled ones included: they may be enabled again.
fn others(registry: &Registry, entries: &Entries, id: &str) -> Vec<Manifest> {
    let installed = entries.iter().filter(|(known, _)| *known != id).map(|(known, entry)| entry.manifest(known));
    registry.builtin_manifests().cloned().chain(installed).collect()
}
