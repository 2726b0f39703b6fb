//! What an earlier run left half done: takes the folder of the AWS files, puts everything right, or only looks; gives
//! what the person is to be told of it, whether or not the present run succeeds.

use leverage_plugin_api::model::Diagnostic;
use std::path::Path;
use std::time::Duration;

use leverage_error::{Error, Kind, Result};
use leverage_files::{Files, LockGuard, RecoveredRun};

/// How long to wait for another run that writes the same files.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What runs of all projects lock that write into `~/.aws` itself, below the home folder.
pub(super) const HOME_LOCK: &str = ".aws/.leverage.lock";

/// The project's own lock and, for a run that writes into `~/.aws` itself, the one shared with other projects.
pub(super) type Locks = (Box<dyn LockGuard>, Option<Box<dyn LockGuard>>);

/// Recovers runs that did not end, and keeps what the user has to know of them.
pub(super) struct RecoveryNotices<'a> {
    files: &'a dyn Files,
    notices: Vec<Diagnostic>,
}

impl<'a> RecoveryNotices<'a> {
    /// No notices yet, about runs that wrote `files`.
    pub fn new(files: &'a dyn Files) -> Self {
        Self { files, notices: Vec::new() }
    }

    /// Takes the lock, under which every file of an earlier run is as it should be.
    pub fn begin(&mut self, state: &Path, home: &Path) -> Result<Box<dyn LockGuard>> {
        let (lock, recovered) = self.files.lock_and_recover(state, Some(&home.join(HOME_LOCK)), LOCK_PATIENCE)?;
        self.note(recovered);
        Ok(lock)
    }

    /// Takes the locks of the files that are going to be written, that of `~/.aws` itself among them if it `shares_home`.
    ///
    /// # Errors
    ///
    /// Another run was killed since [`RecoveryNotices::recover`]: what the plan was made from may have been its half-done work.
    pub fn lock(&mut self, state: &Path, shares_home: bool, home: &Path) -> Result<Locks> {
        let told = self.notices.len();
        let lock = self.begin(state, home)?;
        let home_lock = shares_home.then(|| self.begin_home(home)).transpose()?;
        if self.notices.len() > told {
            let message = "another run was killed while this one was at work, and its files were put back";
            return Err(
                Error::new(Kind::Files, message).hint("run the command again: what it had read no longer holds")
            );
        }
        Ok((lock, home_lock))
    }

    /// Keeps the runs of other projects from writing into `~/.aws` itself, and puts right what they left half done there.
    /// Whoever calls this holds the project's own lock.
    pub fn begin_home(&mut self, home: &Path) -> Result<Box<dyn LockGuard>> {
        let (lock, recovered) = self.files.lock_shared_and_recover(&home.join(HOME_LOCK), LOCK_PATIENCE)?;
        self.note(recovered);
        Ok(lock)
    }

    fn note(&mut self, recovered: impl IntoIterator<Item = RecoveredRun>) {
        for recovered in recovered {
            self.notices.push(Diagnostic::note(recovered.to_string()));
            self.notices.extend(recovered.warnings.into_iter().map(Diagnostic::warning));
        }
    }

    /// Puts right what a run left half done; says whether one did, so that whatever was read no longer holds.
    pub fn recover(&mut self, state: &Path, home: &Path) -> Result<bool> {
        if self.files.find_interrupted_run(state)?.is_none() {
            return Ok(false);
        }
        self.begin(state, home).map(drop)?;
        Ok(true)
    }

    /// Says what a run left half done, and leaves it.
    pub fn look(&mut self, state: &Path) -> Result<()> {
        self.notices.extend(self.files.find_interrupted_run(state)?.map(|run| {
            Diagnostic::warning(format!(
                "a run ({run}) did not end, and its files may be half done: the next run without `--dry-run` first puts \
                 them back as they were before it"
            ))
        }));
        Ok(())
    }

    /// Whether there is anything to tell.
    pub fn is_silent(&self) -> bool {
        self.notices.is_empty()
    }

    /// What is to be told, before what `diagnostics` say.
    pub fn move_into(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.splice(..0, self.notices.drain(..));
    }

    /// What is to be told where the present run fails: it goes with the error.
    pub fn add_to_error(&mut self, mut error: Error) -> Error {
        error.hints.extend(self.notices.drain(..).map(|notice| notice.message));
        error
    }
}
