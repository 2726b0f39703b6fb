//! Commits the writes of a run, and reports its files.

use leverage_core::report::FileReport;
use leverage_error::Result;
use leverage_files::{Backups, Files, Write, Written};
use leverage_plugin_api::model::Diagnostic;

/// Commits all writes, or none. Warnings are added to `diagnostics`.
pub(super) fn commit_all(
    files: &dyn Files,
    writes: &[Write],
    backups: &Backups,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<FileReport>> {
    let committed = files.commit(writes, backups)?;
    diagnostics.extend(committed.warnings.into_iter().map(Diagnostic::warning));
    Ok(writes.iter().zip(committed.written).map(|(write, written)| file_report(write, Some(written))).collect())
}

/// The report of a file; `written` is `None` in a dry run.
pub(super) fn file_report(write: &Write, written: Option<Written>) -> FileReport {
    FileReport {
        path: write.path.display().to_string(),
        created: write.before.is_none(),
        removed: write.contents.is_none(),
        backup: written.and_then(|written| written.backup).map(|backup| backup.display().to_string()),
        diff: Vec::new(),
    }
}
