//! What `configure` and `undo` share: effects that are all real, and the report as JSON.

use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use zeroize::Zeroizing;

use crate::effects::{Disk, Network, Processes, RequestLimits, Sdk, Terminal, machine};
use crate::ui;
use leverage_error::{Error, Kind, Result};
use leverage_loader::Registry;
use leverage_run::Effects;
use leverage_run::effects::{Check, Prompt};

/// Runs `work` with real effects. With `json`, standard output is reserved for the report.
pub(super) fn with_real_effects<T>(
    registry: &Registry,
    json: bool,
    work: impl FnOnce(&Effects<'_>) -> Result<T>,
) -> Result<T> {
    let network = Network::from_environment(&machine::environment_os, &machine::read_file);
    let aws = Sdk::with_network(network, RequestLimits::default());
    let effects = Effects::new(registry, &aws, &Disk, machine::home()?, machine::working_folder()?, machine::now());
    let print = |text: &str| ui::output_text(text, json);
    let progress = ui::AccountsProgress::default();
    let count = |accounts| progress.set(accounts);
    let prompt = ClearedTerminal(&progress);
    let result = work(
        &effects
            .prompt(&prompt)
            .commands(&Processes)
            .progress(&count)
            .print(&print)
            .say(&ui::command_output)
            .environment(&machine::environment)
            .stdin(&machine::stdin),
    );
    progress.clear();
    result
}

/// Removes the progress before each prompt: it is redrawn from another thread, over the line of the prompt.
struct ClearedTerminal<'a>(&'a ui::AccountsProgress);

impl ClearedTerminal<'_> {
    fn terminal(&self) -> Terminal {
        self.0.clear();
        Terminal
    }
}

impl Prompt for ClearedTerminal<'_> {
    fn is_available(&self) -> bool {
        Terminal.is_available()
    }

    fn text(&self, message: &str, default: Option<&str>, check: Check) -> Result<String> {
        self.terminal().text(message, default, check)
    }

    fn select(&self, message: &str, labels: &[String]) -> Result<usize> {
        self.terminal().select(message, labels)
    }

    fn path(&self, message: &str) -> Result<PathBuf> {
        self.terminal().path(message)
    }

    fn secret(&self, message: &str, check: Check) -> Result<Zeroizing<String>> {
        self.terminal().secret(message, check)
    }
}

/// The JSON form of a report.
pub(super) fn as_json(report: &impl Serialize) -> Result<Value> {
    serde_json::to_value(report)
        .map_err(|error| Error::new(Kind::Internal, "failed to write the report as JSON").cause(error))
}
