//! `leverage plugin`: one command per file.

mod add;
mod description;
mod document;
mod manage;
mod show;
mod user_plugins;

use super::{plugin_new, plugin_verify};
use crate::cli::PluginCommand;
use leverage_error::{Result, exit_code};
use leverage_loader::Registry;
use user_plugins::user_store;

/// Runs the command and returns the exit code.
///
/// # Errors
///
/// The error of the command. The plugins are unchanged then.
pub(crate) fn run(command: PluginCommand, registry: &Registry) -> Result<u8> {
    match command {
        PluginCommand::New(args) => plugin_new::run(&args, registry),
        PluginCommand::Verify(args) => return plugin_verify::run(&args),
        PluginCommand::Add(args) => add::run(&args, registry, &user_store()?),
        PluginCommand::List { json } => show::list(registry, &user_store()?, json),
        PluginCommand::Inspect { target, json } => show::inspect(registry, &user_store()?, &target, json),
        PluginCommand::Enable { id, isolation, json } => manage::enable(registry, &user_store()?, &id, isolation, json),
        PluginCommand::Disable { id, json } => manage::disable(registry, &user_store()?, &id, json),
        PluginCommand::Remove { id, json } => manage::remove(registry, &user_store()?, &id, json),
    }
    .map(|()| exit_code::SUCCESS)
}
