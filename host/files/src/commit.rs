//! The commit: makes all writes of a run, or fails with every file as it was.
//!
//! [`steps`] lists the steps before anything happens. Steps that can fail for lack of space or permission come before the
//! first file changes, except for a file that can only be overwritten in place. If a later step fails, the files that
//! were changed are restored. If the process ends before that, the next run restores them by the journal.

mod pending_file;
mod roll_back;
mod step;
mod transaction;

use crate::backup::Backups;
use crate::error::CommitError;
use crate::write::Write;
pub(crate) use step::{Step, steps};
pub(crate) use transaction::Transaction;
pub use transaction::{Committed, Written};

/// See [`Files::commit`](crate::Files::commit).
pub(crate) fn commit(writes: &[Write], backups: &Backups) -> Result<Committed, CommitError> {
    debug_assert!(writes.iter().all(Write::is_needed), "the caller leaves out writes that change nothing");
    commit_with_observer(writes, backups, |_| {})
}

/// As [`commit()`], and calls `observe` before each step.
pub(crate) fn commit_with_observer(
    writes: &[Write],
    backups: &Backups,
    mut observe: impl FnMut(Step),
) -> Result<Committed, CommitError> {
    if writes.is_empty() {
        return Ok(Committed { written: Vec::new(), warnings: Vec::new() });
    }
    let mut transaction = Transaction::new(writes, backups);
    for step in steps(writes) {
        observe(step);
        if let Err(cause) = transaction.take(step) {
            return Err(CommitError { cause, stranded: transaction.roll_back() });
        }
    }
    Ok(transaction.finish())
}
