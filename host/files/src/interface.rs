//! The files of a machine as the rest of the host sees them: the trait, and the real ones.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{
    Backups, CommitError, Committed, EarlierRun, FileError, Lock, RecordedFile, Recovered, Snapshot, Write, begin,
    begin_shared, commit, earlier_runs, read, read_real, real_path, unfinished,
};

/// Keeps other runs out until it is dropped.
pub trait Held {}

impl Held for Lock {}

/// The files of a machine. [`Disk`] has the real ones; a test or an embedding program can have others.
///
/// Each method is the function of this crate with the same name, which documents what it takes, gives and fails with.
pub trait Files {
    /// See [`read()`].
    fn read(&self, path: &Path) -> Result<Option<Snapshot>, FileError>;

    /// See [`read_real`].
    fn read_real(&self, resolved: &Path, path: &Path) -> Result<Option<Snapshot>, FileError>;

    /// See [`real_path`].
    fn real_path(&self, path: &Path) -> Result<PathBuf, FileError>;

    /// Whether anything has this path, which may be a link that leads to nothing readable.
    fn exists(&self, path: &Path) -> bool;

    /// See [`begin`].
    fn begin(
        &self,
        state: &Path,
        shared: Option<&Path>,
        patience: Duration,
    ) -> Result<(Box<dyn Held>, Option<Recovered>), FileError>;

    /// See [`begin_shared`].
    fn begin_shared(&self, shared: &Path, patience: Duration) -> Result<(Box<dyn Held>, Vec<Recovered>), FileError>;

    /// See [`unfinished`].
    fn unfinished(&self, state: &Path) -> Result<Option<String>, FileError>;

    /// See [`earlier_runs`].
    fn earlier_runs(&self, state: &Path) -> Result<Vec<EarlierRun>, FileError>;

    /// See [`EarlierRun::contents_before`].
    fn contents_before(&self, run: &EarlierRun, file: &RecordedFile) -> Result<Option<Snapshot>, FileError>;

    /// See [`commit()`].
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
        // Where this is not known, reading the file will say why.
        path.try_exists().unwrap_or(true)
    }

    fn begin(
        &self,
        state: &Path,
        shared: Option<&Path>,
        patience: Duration,
    ) -> Result<(Box<dyn Held>, Option<Recovered>), FileError> {
        let (lock, recovered) = begin(state, shared, patience)?;
        Ok((Box::new(lock), recovered))
    }

    fn begin_shared(&self, shared: &Path, patience: Duration) -> Result<(Box<dyn Held>, Vec<Recovered>), FileError> {
        let (lock, recovered) = begin_shared(shared, patience)?;
        Ok((Box::new(lock), recovered))
    }

    fn unfinished(&self, state: &Path) -> Result<Option<String>, FileError> {
        unfinished(state)
    }

    fn earlier_runs(&self, state: &Path) -> Result<Vec<EarlierRun>, FileError> {
        earlier_runs(state)
    }

    fn contents_before(&self, run: &EarlierRun, file: &RecordedFile) -> Result<Option<Snapshot>, FileError> {
        run.contents_before(file)
    }

    fn commit(&self, writes: &[Write], backups: &Backups) -> Result<Committed, CommitError> {
        commit(writes, backups)
    }
}
