//! The program: parses the command line, runs the command, and turns its result into an exit code.

use clap::FromArgMatches;
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;

use crate::cli::{self, Cli, Command, CredentialsCommand};
use crate::effects::machine;
use crate::{builtin, commands, trace, ui};
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_loader::{Registry, Store, serve};

/// Runs the command line of this process. [`exit_code`] lists the results.
///
/// If the command line is that of an isolated plugin's process, serves the plugin instead.
pub fn main() -> ExitCode {
    let served = serve(machine::arguments(), || trace::show(LevelFilter::DEBUG));
    ExitCode::from(served.unwrap_or_else(run))
}

fn run() -> u8 {
    let registry = match registry() {
        Ok(registry) => registry,
        Err(error) => return report(&error, false),
    };
    let matches = cli::command(registry.types()).try_get_matches_from(machine::arguments());
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            ui::usage_or_help(&error);
            return if error.use_stderr() { Kind::Usage.exit_code() } else { exit_code::SUCCESS };
        }
    };
    match cli.verbose {
        0 => {}
        1 => trace::show(LevelFilter::INFO),
        _ => trace::show(LevelFilter::DEBUG),
    }
    let json = is_json(&cli.command);
    run_command(cli.command, &registry).unwrap_or_else(|error| report(&error, json))
}

/// The built-in plugins, and those that the user added.
fn registry() -> Result<Registry> {
    let registry = builtin::registry()?;
    // If the path of this program is unknown, starting an isolated plugin fails, and that error gives the reason.
    let program = machine::current_program().unwrap_or_default();
    Ok(match Store::of_user(&machine::environment_os) {
        Some(store) => registry.with_store(store, program),
        None => registry,
    })
}

/// Whether the command prints a JSON document.
fn is_json(command: &Command) -> bool {
    match command {
        Command::Credentials { command: CredentialsCommand::Configure(args) } => args.json,
        Command::Credentials { command: CredentialsCommand::Undo(args) } => args.json,
        Command::Config { command } => command.json(),
        Command::Plugin { command } => command.json(),
        Command::Sandbox(_) | Command::PluginVerify(_) => false,
    }
}

/// Runs a command and returns the exit code.
fn run_command(command: Command, registry: &Registry) -> Result<u8> {
    let success = |()| exit_code::SUCCESS;
    match command {
        Command::Credentials { command: CredentialsCommand::Configure(args) } => {
            commands::configure::run(args, registry).map(success)
        }
        Command::Credentials { command: CredentialsCommand::Undo(args) } => {
            commands::undo::run(args, registry).map(success)
        }
        Command::Config { command } => commands::config::run(command, registry).map(success),
        Command::Sandbox(args) => commands::sandbox::run(args),
        Command::Plugin { command } => commands::plugin::run(command, registry),
        Command::PluginVerify(args) => commands::plugin_verify::run_child(&args),
    }
}

/// Shows an error and returns its exit code.
fn report(error: &Error, json: bool) -> u8 {
    if json {
        ui::json(&ui::error_as_json(error));
    } else {
        ui::error(error);
    }
    error.kind.exit_code()
}
