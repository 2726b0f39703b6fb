//! What `configure` and `undo` share: effects that are all real, and the report as JSON.

use serde::Serialize;
use serde_json::Value;

use crate::effects::{Disk, Network, Processes, RequestLimits, Sdk, Terminal, machine};
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use leverage_run::Effects;

/// Runs `work` with real effects. With `json`, standard output is reserved for the report.
pub(super) fn with_real_effects<T>(
    registry: &Registry,
    json: bool,
    progress: &dyn Fn(usize),
    work: impl FnOnce(&Effects<'_>) -> Result<T>,
) -> Result<T> {
    let network = Network::from_environment(&machine::environment_os, &machine::read_file);
    let aws = Sdk::with_network(network, RequestLimits::default());
    let effects = Effects::new(registry, &aws, &Disk, machine::home()?, machine::working_folder()?, machine::now());
    let print = |text: &str| ui::output_text(text, json);
    work(
        &effects
            .prompt(&Terminal)
            .commands(&Processes)
            .progress(progress)
            .print(&print)
            .say(&ui::command_output)
            .environment(&machine::environment)
            .stdin(&machine::stdin),
    )
}

/// The JSON form of a report.
pub(super) fn as_json(report: &impl Serialize) -> Result<Value> {
    serde_json::to_value(report)
        .map_err(|error| Error::new(Kind::Internal, "failed to write the report as JSON").cause(error))
}
