//! The journal of the run that is under way: takes its [`Record`], keeps it beside the lock for as long as a crash would
//! leave something to put right, and then makes it the record of a run that is done.
//!
//! It is on the disk before anything else of the run is made, temporary files and copies included, so that whatever
//! a crash leaves behind has its name in here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::error::{Action, FileError, Reason};
use super::record::{Record, Unusable};
use super::{backup, folder, read};

/// Its name, beside the lock.
const JOURNAL: &str = ".journal";
/// The name under which it is made. There is one run at a time, so one name is enough.
const UNFINISHED_JOURNAL: &str = ".journal.tmp";
/// Its name in the folder of a run that is done.
pub(super) const RECORD: &str = "run.json";

/// The journal of a run that is under way, or that did not end.
#[derive(Debug)]
pub(super) struct Journal {
    state: PathBuf,
    pub(super) record: Record,
}

impl Journal {
    /// Brings the journal of a new run to the disk.
    pub(super) fn create(state: &Path, record: Record) -> Result<Journal, FileError> {
        let journal = Journal { state: state.to_owned(), record };
        let path = journal.path();
        if fs::symlink_metadata(&path).is_ok() {
            // Nobody recovered it, and what it says must not be lost.
            return Err(FileError::new(Action::Journal, &path, io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        match journal.write() {
            Ok(()) => Ok(journal),
            Err(error) => {
                // Nothing was done yet, so there is nothing that the next run should put right.
                let _ = fs::remove_file(&path);
                Err(FileError::new(Action::Journal, &path, error))
            }
        }
    }

    /// The journal that a run left behind, if one did.
    pub(super) fn read(state: &Path) -> Result<Option<Journal>, FileError> {
        let path = state.join(JOURNAL);
        let Some(snapshot) = read(&path)? else { return Ok(None) };
        let unusable = |why: Unusable| FileError::new(Action::ReadJournal, &path, Reason::Journal(why));
        let record = Record::of(&snapshot).map_err(unusable)?;
        Ok(Some(Journal { state: state.to_owned(), record }))
    }

    /// Removes what a crash left of a journal that was not finished: nothing had been done by then.
    pub(super) fn sweep(state: &Path) -> Result<(), FileError> {
        let path = state.join(UNFINISHED_JOURNAL);
        backup::remove_if_there(&path).map_err(|error| FileError::new(Action::Journal, &path, error))
    }

    pub(super) fn path(&self) -> PathBuf {
        self.state.join(JOURNAL)
    }

    /// Says that a file is going to be written in place.
    pub(super) fn mark_in_place(&mut self, index: usize) -> io::Result<()> {
        self.record.files[index].in_place = true;
        self.write()
    }

    /// All files are as they shall be: makes this the record in `run`, in one step. A failure leaves the journal.
    pub(super) fn close(&self, run: &Path) -> io::Result<()> {
        self.move_to(run).and_then(|()| folder::sync(&self.state)).inspect_err(|_| {
            // The caller goes back to the start, and a crash on the way must find that in the journal, for which a full
            // disk has room if it goes back by its name. The run is not done, whichever of the two steps failed.
            let record = run.join(RECORD);
            let is_back = fs::rename(&record, self.path()).is_ok() || self.path().exists() || self.write().is_ok();
            if is_back {
                let _ = fs::remove_file(&record);
            }
            let _ = folder::sync(&self.state);
        })
    }

    fn move_to(&self, run: &Path) -> io::Result<()> {
        let record = run.join(RECORD);
        match fs::rename(self.path(), &record) {
            // The backups are kept elsewhere, by a symbolic link. Until the journal is gone the run is not done.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::XDEV) => {
                backup::write_copy(&record, &self.record.to_json()?)?;
                folder::sync(run)?;
                fs::remove_file(self.path())
            }
            result => result.and_then(|()| folder::sync(run)),
        }
    }

    /// Everything is as it was: removes the journal.
    pub(super) fn remove(&self) -> io::Result<()> {
        backup::remove_if_there(&self.path())?;
        folder::sync(&self.state)
    }

    /// Never written over: what stands under the name is always whole.
    fn write(&self) -> io::Result<()> {
        let unfinished = self.state.join(UNFINISHED_JOURNAL);
        backup::remove_if_there(&unfinished)?;
        let renamed = backup::write_copy(&unfinished, &self.record.to_json()?)
            .and_then(|()| fs::rename(&unfinished, self.path()));
        if renamed.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        renamed?;
        folder::sync(&self.state)
    }
}
