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
use std::path::PathBuf;

use crate::configure::Effects;
use crate::error::{Error, Kind, Result};
use crate::plugins::Registry;
use crate::shell::aws::sdk::{Patience, Sdk};
use crate::shell::command::Processes;
use crate::shell::prompt::Terminal;
use crate::ui;

/// Runs `work` with every effect real. With `json`, standard output is left to the report.
fn with_effects<T>(
    registry: &Registry,
    json: bool,
    progress: &dyn Fn(usize),
    work: impl FnOnce(&Effects<'_>) -> Result<T>,
) -> Result<T> {
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    work(&Effects {
        registry,
        aws: &Sdk::new(environment("AWS_ENDPOINT_URL"), Patience::default()),
        prompt: &Terminal,
        progress,
        print: &|text| ui::printed(text, json),
        say: &ui::said,
        commands: &Processes,
        environment: &environment,
        home: home()?,
        folder: working_folder()?,
        now: Timestamp::now(),
    })
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
