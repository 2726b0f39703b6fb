//! The journal: the [`Record`] of the current run, beside the lock. It exists for as long as a crash would need recovery, and
//! then becomes the record of a completed run.
//!
//! It is on the disk before the run creates anything else, temporary files and backups included. So it names everything
//! that a crash leaves behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::backup::RECORD;
use crate::error::FileError;
use crate::read::read;
use crate::reason::{Action, Reason, RecordError};
use crate::record::Record;
use crate::{folder, private_file};

/// The name of the journal, beside the lock.
const JOURNAL: &str = ".journal";
/// The name under which it is written. One name is enough, because only one run has the lock.
const INCOMPLETE_JOURNAL: &str = ".journal.tmp";

/// The journal of the current run, or of an interrupted one.
#[derive(Debug)]
pub(crate) struct Journal {
    state: PathBuf,
    pub(crate) record: Record,
}

impl Journal {
    /// Writes the journal of a new run and syncs it to the disk.
    pub(crate) fn create(state: &Path, record: Record) -> Result<Journal, FileError> {
        let journal = Journal { state: state.to_owned(), record };
        let path = journal.path();
        if fs::symlink_metadata(&path).is_ok() {
            // An interrupted run was not recovered; its journal must not be lost.
            return Err(FileError::new(Action::Journal, &path, io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        match journal.write() {
            Ok(()) => Ok(journal),
            Err(error) => {
                // The run has done nothing yet, so the next run has nothing to recover.
                let _ = fs::remove_file(&path);
                Err(FileError::new(Action::Journal, &path, error))
            }
        }
    }

    /// Reads the journal of an interrupted run, if there is one.
    pub(crate) fn read(state: &Path) -> Result<Option<Journal>, FileError> {
        let path = state.join(JOURNAL);
        let Some(snapshot) = read(&path)? else { return Ok(None) };
        let unusable = |why: RecordError| FileError::new(Action::ReadJournal, &path, Reason::Journal(why));
        let record = Record::parse(&snapshot).map_err(unusable)?;
        Ok(Some(Journal { state: state.to_owned(), record }))
    }

    /// Removes a journal that a crash left incomplete: its run had done nothing else yet.
    pub(crate) fn remove_incomplete(state: &Path) -> Result<(), FileError> {
        let path = state.join(INCOMPLETE_JOURNAL);
        private_file::remove_if_exists(&path).map_err(|error| FileError::new(Action::Journal, &path, error))
    }

    /// The path of the journal.
    pub(crate) fn path(&self) -> PathBuf {
        self.state.join(JOURNAL)
    }

    /// Records that a file is about to be overwritten in place.
    pub(crate) fn mark_in_place(&mut self, index: usize) -> io::Result<()> {
        self.record.files[index].in_place = true;
        self.write()
    }

    /// Completes the run: moves the journal into the folder `run` as its record, atomically. If this fails, the journal stays.
    pub(crate) fn close(&self, run: &Path) -> io::Result<()> {
        self.move_to(run).and_then(|()| folder::sync(&self.state)).inspect_err(|_| {
            // The caller rolls back, and a crash meanwhile needs the journal. Renaming it back works on a full disk, too.
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
            // A symbolic link leads to backups on another device. The run is complete once the journal is removed.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::XDEV) => {
                private_file::create(&record, &self.record.to_json()?)?;
                folder::sync(run)?;
                fs::remove_file(self.path())
            }
            result => result.and_then(|()| folder::sync(run)),
        }
    }

    /// Removes the journal: all files are restored.
    pub(crate) fn remove(&self) -> io::Result<()> {
        private_file::remove_if_exists(&self.path())?;
        folder::sync(&self.state)
    }

    /// Writes the journal under another name and renames it, so that it is never incomplete.
    fn write(&self) -> io::Result<()> {
        let incomplete = self.state.join(INCOMPLETE_JOURNAL);
        private_file::remove_if_exists(&incomplete)?;
        let renamed = private_file::create(&incomplete, &self.record.to_json()?)
            .and_then(|()| fs::rename(&incomplete, self.path()));
        if renamed.is_err() {
            let _ = fs::remove_file(&incomplete);
        }
        renamed?;
        folder::sync(&self.state)
    }
}
