//! Locks the files of a run, and recovers interrupted runs, which only the holder of the lock may do.

use leverage_plugin_api::model::Diagnostic;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::notices::Notices;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Files, LockGuard, RecoveredRun};

/// How long to wait for another run that writes the same files.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// The lock of all runs that write to `~/.aws` itself, relative to the home folder.
const HOME_LOCK: &str = ".aws/.leverage.lock";

/// The lock of the project's files and, for a run that writes to `~/.aws` itself, that of all projects.
pub(crate) type Locks = (Box<dyn LockGuard>, Option<Box<dyn LockGuard>>);

/// Locks files, recovers interrupted runs, and collects notices about them.
pub(crate) struct Recovery<'a> {
    files: &'a dyn Files,
    home_lock: PathBuf,
    /// Notices about interrupted runs.
    pub notices: Notices,
}

impl<'a> Recovery<'a> {
    /// Creates the recovery of runs of the user whose home folder is `home`.
    pub fn new(files: &'a dyn Files, home: &Path) -> Self {
        Self { files, home_lock: home.join(HOME_LOCK), notices: Notices::default() }
    }

    /// The path of the lock of all runs that write to `~/.aws` itself.
    pub fn home_lock(&self) -> &Path {
        &self.home_lock
    }

    /// Locks the project whose state is in `state`, and recovers its interrupted run, if any.
    pub fn lock_project(&mut self, state: &Path) -> Result<Box<dyn LockGuard>> {
        let (lock, recovered) = self.files.lock_and_recover(state, Some(&self.home_lock), LOCK_PATIENCE)?;
        self.add_notices(recovered);
        Ok(lock)
    }

    /// Locks `~/.aws` itself, and recovers interrupted runs of all projects that wrote there. The caller holds the lock of
    /// its project.
    pub fn lock_home(&mut self) -> Result<Box<dyn LockGuard>> {
        let (lock, recovered) = self.files.lock_shared_and_recover(&self.home_lock, LOCK_PATIENCE)?;
        self.add_notices(recovered);
        Ok(lock)
    }

    /// Takes the locks of the files to write.
    ///
    /// # Errors
    ///
    /// A run was interrupted since [`Recovery::recover`]. The plan may then be made from half-written files.
    pub fn lock_for_commit(&mut self, state: &Path, writes_home: bool) -> Result<Locks> {
        let known = self.notices.len();
        let lock = self.lock_project(state)?;
        let home_lock = writes_home.then(|| self.lock_home()).transpose()?;
        if self.notices.len() > known {
            let message = "another run was interrupted during this one; its files were restored";
            return Err(Error::new(Kind::Files, message).hint("run the command again, which reads the restored files"));
        }
        Ok((lock, home_lock))
    }

    /// Recovers an interrupted run. Returns whether there was one, so that everything must be read again.
    pub fn recover(&mut self, state: &Path) -> Result<bool> {
        if self.files.find_interrupted_run(state)?.is_none() {
            return Ok(false);
        }
        self.lock_project(state).map(drop)?;
        Ok(true)
    }

    /// Warns about an interrupted run without recovering it.
    pub fn warn(&mut self, state: &Path) -> Result<()> {
        if let Some(run) = self.files.find_interrupted_run(state)? {
            self.notices.push(Diagnostic::warning(format!(
                "run `{run}` was interrupted; its files may be half written until the next run without `--dry-run` \
                 restores them"
            )));
        }
        Ok(())
    }

    fn add_notices(&mut self, recovered: impl IntoIterator<Item = RecoveredRun>) {
        for recovered in recovered {
            self.notices.push(Diagnostic::note(recovered.to_string()));
            recovered.warnings.into_iter().for_each(|warning| self.notices.push(Diagnostic::warning(warning)));
        }
    }
}
