//! `leverage credentials undo`: the command line's options in, every effect real.

use crate::cli::UndoArgs;
use crate::configure::undo::{Options, list, undo};
use crate::error::Result;
use crate::plugins::Registry;
use crate::shell::harden;
use crate::ui;

/// Runs the command.
///
/// # Errors
///
/// As [`undo`] and [`list`].
pub fn run(args: UndoArgs, registry: &Registry) -> Result<()> {
    harden::against_dumps();
    let options = Options { run: args.run, dry_run: args.dry_run, answers: args.answers.into_iter().collect() };
    super::with_effects(registry, args.json, &|_| {}, |effects| {
        if args.list {
            let runs = list(&options, effects)?;
            if args.json { ui::json(&super::as_json(&runs)?) } else { ui::runs(&runs) }
        } else {
            let report = undo(&options, effects)?;
            if args.json { ui::json(&super::as_json(&report)?) } else { ui::undone(&report) }
        }
        Ok(())
    })
}
