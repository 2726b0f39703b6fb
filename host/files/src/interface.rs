//! The interface of this crate: the `Files` trait, and the real files behind it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::backup::Backups;
use crate::commit::{Committed, commit};
use crate::error::{CommitError, FileError};
use crate::lock::Lock;
use crate::past_run::{PastRun, list_past_runs};
use crate::read::{read, read_real};
use crate::real_path::real_path;
use crate::record::RecordedFile;
use crate::recover::RecoveredRun;
use crate::snapshot::Snapshot;
use crate::start::{find_interrupted_run, lock_and_recover, lock_shared_and_recover};
use crate::write::Write;

/// A held lock, which keeps other runs out until it is dropped.
pub trait LockGuard {}

impl LockGuard for Lock {}

/// The files of a machine. [`Disk`] accesses the real ones. A test or an embedding program can wrap it.
///
/// `state` is the folder of a project's lock, journal and backups. A [`FileError`] names the file, what was tried, and why it
/// failed.
#[expect(clippy::missing_errors_doc, reason = "all methods fail alike: the trait says how")]
pub trait Files {
    /// Reads the file at `path`, symbolic links followed; `None` if it does not exist, also behind a dangling link.
    /// Folders, pipes, sockets and devices are errors, and are not opened.
    fn read(&self, path: &Path) -> Result<Option<Snapshot>, FileError>;

    /// Reads the file at the real path `resolved` of `path`. The path is not resolved again, and a link that replaced the
    /// file is refused.
    fn read_real(&self, resolved: &Path, path: &Path) -> Result<Option<Snapshot>, FileError>;

    /// The real path of `path`: absolute and without symbolic links, whether or not a file exists there.
    fn real_path(&self, path: &Path) -> Result<PathBuf, FileError>;

    /// Whether something exists at this path. True if that is not known: reading the file will report why.
    fn exists(&self, path: &Path) -> bool;

    /// Takes the lock in `state`, waits for it up to `timeout`, and rolls back an interrupted run. Discard everything that
    /// was read before.
    ///
    /// `shared` is a lock that runs of other projects take, too. It is held while files in its folder are restored.
    fn lock_and_recover(
        &self,
        state: &Path,
        shared: Option<&Path>,
        timeout: Duration,
    ) -> Result<(Box<dyn LockGuard>, Option<RecoveredRun>), FileError>;

    /// Takes the lock `shared` of all projects that write into its folder, and rolls back their interrupted runs that
    /// wrote there. Their `state` folders are beside `shared`. The caller already holds the lock of its project.
    fn lock_shared_and_recover(
        &self,
        shared: &Path,
        timeout: Duration,
    ) -> Result<(Box<dyn LockGuard>, Vec<RecoveredRun>), FileError>;

    /// The command and time of an interrupted run, if there is one. Changes nothing, and does not wait for the lock.
    fn find_interrupted_run(&self, state: &Path) -> Result<Option<String>, FileError>;

    /// Lists the runs whose backups are kept, newest first.
    fn list_past_runs(&self, state: &Path) -> Result<Vec<PastRun>, FileError>;

    /// Reads the contents of a file before a past run; `None` if the backup is missing, or differs from what was saved.
    fn read_backup(&self, run: &PastRun, file: &RecordedFile) -> Result<Option<Snapshot>, FileError>;

    /// Makes all of `writes`, or none. The caller holds the lock, and leaves out writes that are not
    /// [needed](Write::is_needed).
    fn commit(&self, writes: &[Write], backups: &Backups) -> Result<Committed, CommitError>;
}

/// The files of this machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Option<Snapshot>, FileError> {
        read(path)
    }

    fn read_real(&self, resolved: &Path, path: &Path) -> Result<Option<Snapshot>, FileError> {
        read_real(resolved, path)
    }

    fn real_path(&self, path: &Path) -> Result<PathBuf, FileError> {
        real_path(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.try_exists().unwrap_or(true)
    }

    fn lock_and_recover(
        &self,
        state: &Path,
        shared: Option<&Path>,
        timeout: Duration,
    ) -> Result<(Box<dyn LockGuard>, Option<RecoveredRun>), FileError> {
        let (lock, recovered) = lock_and_recover(state, shared, timeout)?;
        Ok((Box::new(lock), recovered))
    }

    fn lock_shared_and_recover(
        &self,
        shared: &Path,
        timeout: Duration,
    ) -> Result<(Box<dyn LockGuard>, Vec<RecoveredRun>), FileError> {
        let (lock, recovered) = lock_shared_and_recover(shared, timeout)?;
        Ok((Box::new(lock), recovered))
    }

    fn find_interrupted_run(&self, state: &Path) -> Result<Option<String>, FileError> {
        find_interrupted_run(state)
    }

    fn list_past_runs(&self, state: &Path) -> Result<Vec<PastRun>, FileError> {
        list_past_runs(state)
    }

    fn read_backup(&self, run: &PastRun, file: &RecordedFile) -> Result<Option<Snapshot>, FileError> {
        run.read_backup(file)
    }

    fn commit(&self, writes: &[Write], backups: &Backups) -> Result<Committed, CommitError> {
        commit(writes, backups)
    }
}
