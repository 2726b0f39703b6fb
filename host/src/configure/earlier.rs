//! What an earlier run left half done: takes the folder of the AWS files, puts everything right, or only looks; gives
//! what the person is to be told of it, whether or not the present run succeeds.

use leverage_plugin_api::model::Diagnostic;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::shell::files::{self, Lock};

/// How long to wait for another run that writes the same files.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What is to be told of earlier runs.
#[derive(Default)]
pub(super) struct Earlier {
    notices: Vec<Diagnostic>,
}

impl Earlier {
    /// Takes the lock, under which every file of an earlier run is as it should be.
    pub fn begin(&mut self, state: &Path) -> Result<Lock> {
        let (lock, recovered) = files::begin(state, LOCK_PATIENCE)?;
        if let Some(recovered) = recovered {
            self.notices.push(Diagnostic::note(recovered.to_string()));
            self.notices.extend(recovered.warnings.into_iter().map(Diagnostic::warning));
        }
        Ok(lock)
    }

    /// Puts right what a run left half done; says whether one did, so that whatever was read no longer holds.
    pub fn recover(&mut self, state: &Path) -> Result<bool> {
        if files::unfinished(state)?.is_none() {
            return Ok(false);
        }
        self.begin(state).map(drop)?;
        Ok(true)
    }

    /// Says what a run left half done, and leaves it.
    pub fn look(&mut self, state: &Path) -> Result<()> {
        self.notices.extend(files::unfinished(state)?.map(|run| {
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
    pub fn tell(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.splice(..0, self.notices.drain(..));
    }

    /// What is to be told where the present run fails: it goes with the error.
    pub fn tell_with(&mut self, mut error: Error) -> Error {
        let notices = self.notices.drain(..).map(|notice| notice.message);
        let hints: Vec<String> = error.hint.take().into_iter().chain(notices).collect();
        error.hint = (!hints.is_empty()).then(|| hints.join("; besides, "));
        error
    }
}
