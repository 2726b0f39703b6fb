//! `leverage credentials undo`: the command line's options in, every effect real.

use crate::cli::UndoArgs;
use crate::effects::harden;
use crate::ui;
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_run::{UndoOptions, list_runs, undo};

/// Runs the command.
///
/// # Errors
///
/// As [`undo()`] and [`list_runs`].
pub fn run(args: UndoArgs, registry: &Registry) -> Result<()> {
    harden::against_dumps();
    let options = UndoOptions { run: args.run, dry_run: args.dry_run, answers: args.answers.into_iter().collect() };
    super::with_effects(registry, args.json, &|_| {}, |effects| {
        if args.list {
            let runs = list_runs(&options, effects)?;
            if args.json { ui::json(&super::as_json(&runs)?) } else { ui::runs(&runs) }
        } else {
            let report = undo(&options, effects)?;
            if args.json { ui::json(&super::as_json(&report)?) } else { ui::undone(&report) }
        }
        Ok(())
    })
}
