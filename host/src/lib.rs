//! `leverage` sets up the credentials with which people work on a multi-account AWS organization.
//!
//! The command is a thin shell around this library, which a core CLI can embed: [`configure::configure`]
//! takes options and effects and gives a report. `ARCHITECTURE.md` beside this crate's manifest says
//! how the rooms relate.

#![deny(unsafe_code)]

#[allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, reason = "its comments are help texts")]
pub mod cli;
pub mod commands;
pub mod configure;
pub mod core;
pub mod error;
pub mod plugins;
pub mod sandbox;
pub mod shell;
mod trace;
pub mod ui;

use clap::FromArgMatches;
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;

use cli::{Cli, Command, CredentialsCommand};
use error::{Error, Kind, Result};

/// Runs the command line of this process. See [`error::exit_code`] for what it returns.
pub fn main() -> ExitCode {
    if let Some(exit_code) = plugins::isolate::child::main(std::env::args_os()) {
        return code(exit_code);
    }
    let registry = match registry() {
        Ok(registry) => registry,
        Err(error) => return failed(&error, false),
    };
    let matches = cli::command(registry.types()).try_get_matches();
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            ui::help(&error);
            return if error.use_stderr() { code(Kind::Usage.exit_code()) } else { ExitCode::SUCCESS };
        }
    };
    show_traces(cli.verbose);
    let (result, json) = run(cli.command, &registry);
    match result {
        Ok(exit_code) => code(exit_code),
        Err(error) => failed(&error, json),
    }
}

/// The built-in plugins, and those that the user added.
fn registry() -> Result<plugins::Registry> {
    let registry = plugins::Registry::builtin()?;
    // Without its own path no plugin can be started, and the error says so where one would be.
    let program = std::env::current_exe().unwrap_or_default();
    Ok(match plugins::Store::of_user(&|name| std::env::var_os(name)) {
        Some(store) => registry.with_store(store, program),
        None => registry,
    })
}

/// Runs a command; says whether it speaks JSON.
fn run(command: Command, registry: &plugins::Registry) -> (Result<u8>, bool) {
    let done = |()| error::exit_code::SUCCESS;
    match command {
        Command::Credentials { command: CredentialsCommand::Configure(args) } => {
            let json = args.json;
            (commands::configure::run(args, registry).map(done), json)
        }
        Command::Credentials { command: CredentialsCommand::Undo(args) } => {
            let json = args.json;
            (commands::undo::run(args, registry).map(done), json)
        }
        Command::Config { command } => {
            let json = command.json();
            (commands::config::run(command, registry).map(done), json)
        }
        Command::Sandbox(args) => (commands::sandbox::run(args), false),
        Command::Plugin { command } => {
            let json = command.json();
            (commands::plugin::run(command, registry), json)
        }
        Command::PluginVerify(args) => (commands::plugin_verify::child(&args), false),
    }
}

fn failed(error: &Error, json: bool) -> ExitCode {
    if json {
        ui::json(&ui::error_as_json(error));
    } else {
        ui::error(error);
    }
    code(error.kind.exit_code())
}

fn code(exit_code: u8) -> ExitCode {
    ExitCode::from(exit_code)
}

/// Shows events, as many as are asked for.
fn show_traces(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    trace::show(level);
}
