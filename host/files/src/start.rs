//! The start of a run: take the lock and recover interrupted runs, or only look for one.

use std::path::Path;
use std::time::Duration;

use crate::error::FileError;
use crate::folder;
use crate::journal::Journal;
use crate::lock::Lock;
use crate::recover::{RecoveredRun, Recovery};

/// See [`Files::lock_and_recover`](crate::Files::lock_and_recover).
pub(crate) fn lock_and_recover(
    state: &Path,
    shared: Option<&Path>,
    timeout: Duration,
) -> Result<(Lock, Option<RecoveredRun>), FileError> {
    let lock = Lock::acquire(&Lock::path_in(state), timeout)?;
    let Some(recovery) = Recovery::prepare(state)? else { return Ok((lock, None)) };
    let _shared = match shared {
        Some(shared) if recovery.journal.record.has_file_beside(shared)? => Some(Lock::acquire(shared, timeout)?),
        _ => None,
    };
    Ok((lock, Some(recovery.run()?)))
}

/// See [`Files::lock_shared_and_recover`](crate::Files::lock_shared_and_recover).
pub(crate) fn lock_shared_and_recover(
    shared: &Path,
    timeout: Duration,
) -> Result<(Lock, Vec<RecoveredRun>), FileError> {
    let lock = Lock::acquire(shared, timeout)?;
    let mut recovered = Vec::new();
    // If the folder cannot be listed, this run does not depend on it: it reads files there by name.
    let entries = shared.parent().and_then(|folder| folder::list_entries(folder).ok()).unwrap_or_default();
    for state in entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        // An unusable journal stops the next run of that project.
        let Ok(Some(journal)) = Journal::read(&state) else { continue };
        if journal.record.has_file_beside(shared)? {
            let _own = Lock::acquire(&Lock::path_in(&state), timeout)?;
            recovered.extend(Recovery::prepare(&state)?.map(Recovery::run).transpose()?);
        }
    }
    Ok((lock, recovered))
}

/// See [`Files::find_interrupted_run`](crate::Files::find_interrupted_run).
pub(crate) fn find_interrupted_run(state: &Path) -> Result<Option<String>, FileError> {
    // A running process has a journal, too.
    if Lock::is_held(&Lock::path_in(state)) {
        return Ok(None);
    }
    Ok(Journal::read(state)?.map(|journal| journal.record.title()))
}
