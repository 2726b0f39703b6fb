//! `leverage credentials undo`: runs `undo` with real effects.

use super::real_effects::{as_json, with_real_effects};
use crate::cli::UndoArgs;
use crate::effects::disable_core_dumps;
use crate::ui;
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_run::{UndoOptions, list_runs, undo};

/// Runs the command.
///
/// # Errors
///
/// As [`undo()`] and [`list_runs`].
pub(crate) fn run(args: UndoArgs, registry: &Registry) -> Result<()> {
    disable_core_dumps();
    let options = UndoOptions { run: args.run, dry_run: args.dry_run, answers: args.answers.into_iter().collect() };
    with_real_effects(registry, args.json, |effects| {
        if args.list {
            let runs = list_runs(&options, effects)?;
            if args.json { ui::json(&as_json(&runs)?) } else { ui::runs(&runs) }
        } else {
            let report = undo(&options, effects)?;
            if args.json { ui::json(&as_json(&report)?) } else { ui::undone(&report) }
        }
        Ok(())
    })
}
