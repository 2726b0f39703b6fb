//! `leverage plugin`: what plugins there are, and which of them may run; and the commands of their authors.

mod add;
mod show;

use jiff::Timestamp;
use serde_json::json;
use std::path::Path;

use super::{plugin_new, plugin_verify};
use crate::cli::PluginCommand;
use crate::{builtin, ui};
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_loader::{Entry, Installed, Registry, Store};

/// Runs a command; gives the exit code.
///
/// # Errors
///
/// That of the command; what was there before is still there.
pub fn run(command: PluginCommand, registry: &Registry) -> Result<u8> {
    match command {
        PluginCommand::New(args) => plugin_new::run(&args, registry),
        PluginCommand::Verify(args) => return plugin_verify::run(&args),
        PluginCommand::Add(args) => add::run(&args, registry, &store()?),
        PluginCommand::List { json } => show::list(registry, &store()?, json),
        PluginCommand::Inspect { target, json } => show::inspect(registry, &store()?, &target, json),
        PluginCommand::Enable { id, isolation, json } => change(registry, &id, json, |entry, usable| {
            usable?;
            entry.enabled = true;
            entry.isolation = isolation.unwrap_or(entry.isolation);
            let place = entry.isolation.name();
            Ok(format!("The plugin {id} is enabled; it runs with isolation `{place}`."))
        }),
        PluginCommand::Disable { id, json } => change(registry, &id, json, |entry, _| {
            entry.enabled = false;
            Ok(format!("The plugin {id} is disabled: nothing opens it."))
        }),
        PluginCommand::Remove { id, json } => remove(registry, &id, json),
    }
    .map(|()| exit_code::SUCCESS)
}

fn store() -> Result<Store> {
    Store::of_user(&|name| std::env::var_os(name)).ok_or_else(|| {
        Error::new(Kind::Internal, "the folder of your plugins is not known").hint("set HOME, or XDG_DATA_HOME")
    })
}

/// Changes the entry of a plugin. `change` is told why the plugin can't be used, if it can't.
fn change(
    registry: &Registry,
    id: &str,
    json: bool,
    change: impl FnOnce(&mut Entry, Result<()>) -> Result<String>,
) -> Result<()> {
    let store = store()?;
    let usable = installed(registry, id)?.check(&store).map(|_| ());
    let said = store.change(Timestamp::now(), &ui::note, |entries| {
        let entry = entries.get_mut(id).ok_or_else(|| no_such(id))?;
        change(entry, usable)
    })?;
    report(&store, id, json, &said)
}

fn remove(registry: &Registry, id: &str, json: bool) -> Result<()> {
    let store = store()?;
    let document = show::installed_as_json(installed(registry, id)?, &store);
    store.change(Timestamp::now(), &ui::note, |entries| entries.remove(id).ok_or_else(|| no_such(id)))?;
    if json {
        ui::json(&json!({ "removed": document }));
    } else {
        ui::text(&format!("The plugin {id} is removed."));
    }
    Ok(())
}

/// The plugin that the user added under this id.
fn installed<'a>(registry: &'a Registry, id: &str) -> Result<&'a Installed> {
    if registry.builtin_manifests().any(|known| known.id == id) {
        return Err(Error::new(Kind::Usage, format!("the plugin {id} is built in"))
            .hint("built-in plugins are always there, and run only where a command uses them"));
    }
    registry.installed()?.iter().find(|plugin| plugin.id == id).ok_or_else(|| no_such(id))
}

fn no_such(id: &str) -> Error {
    Error::new(Kind::Usage, format!("there is no plugin {id:?}")).hint("`leverage plugin list` shows those there are")
}

/// Says what was done, or how the plugin stands now.
fn report(store: &Store, id: &str, json: bool, said: &str) -> Result<()> {
    if !json {
        ui::text(said);
        return Ok(());
    }
    let registry = builtin::registry()?.with_store(store.clone(), Path::new(""));
    ui::json(&json!({ "plugin": show::installed_as_json(installed(&registry, id)?, store) }));
    Ok(())
}
