//! The commands, one file each, and the real effects that some of them share.

pub mod config;
pub mod configure;
pub mod plugin;
pub mod plugin_new;
pub mod plugin_verify;
pub mod sandbox;
pub mod undo;

use jiff::Timestamp;
use serde::Serialize;
use std::io;
use std::path::PathBuf;

use crate::effects::{Disk, Processes, RequestLimits, Sdk, Terminal};
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use leverage_run::Effects;

/// Runs `work` with every effect real. With `json`, standard output is left to the report.
fn with_effects<T>(
    registry: &Registry,
    json: bool,
    progress: &dyn Fn(usize),
    work: impl FnOnce(&Effects<'_>) -> Result<T>,
) -> Result<T> {
    let aws = Sdk::new(environment("AWS_ENDPOINT_URL"), RequestLimits::default());
    let effects = Effects::new(registry, &aws, &Disk, home()?, working_folder()?, Timestamp::now());
    let print = |text: &str| ui::printed(text, json);
    work(
        &effects
            .prompt(&Terminal)
            .commands(&Processes)
            .progress(progress)
            .print(&print)
            .say(&ui::said)
            .environment(&environment)
            .stdin(&|| Box::new(io::stdin())),
    )
}

/// The value of an environment variable; `None` if it is unset or empty.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The user's home folder.
fn home() -> Result<PathBuf> {
    std::env::home_dir().ok_or_else(|| Error::new(Kind::Internal, "the home folder is not known").hint("set HOME"))
}

/// The folder that the command runs in.
fn working_folder() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::new(Kind::Files, "the working folder can't be found").cause(error))
}

fn as_json(report: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(report)
        .map_err(|error| Error::new(Kind::Internal, "the report can't be written as JSON").cause(error))
}
