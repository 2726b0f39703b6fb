//! A commit in progress, which takes one step at a time.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::backup::Backups;
use crate::commit::pending_file::{InstallOutcome, PendingFile, Progress};
use crate::commit::step::Step;
use crate::error::FileError;
use crate::journal::Journal;
use crate::reason::{Action, Reason};
use crate::record::{Record, RecordedFile};
use crate::snapshot::Snapshot;
use crate::stage::{Attributes, Staged};
use crate::write::Write;
use crate::{backup, folder};

/// One written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file, by the name that the user knows.
    pub path: PathBuf,
    /// The backup of its previous contents, if it existed.
    pub backup: Option<PathBuf>,
}

/// A successful commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Every write, in the given order.
    pub written: Vec<Written>,
    /// One message for each problem that did not stop the commit.
    pub warnings: Vec<String>,
}

/// A commit in progress.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    backups: &'a Backups,
    pub(crate) journal: Option<Journal>,
    pub(crate) backup_folder: Option<PathBuf>,
    /// Folders that this run created, outermost first.
    pub(crate) created: Vec<PathBuf>,
    pub(crate) files: Vec<PendingFile<'a>>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(writes: &'a [Write], backups: &'a Backups) -> Transaction<'a> {
        let files = writes.iter().map(PendingFile::new).collect();
        Transaction { backups, journal: None, backup_folder: None, created: Vec::new(), files }
    }

    /// Takes one step. After a failure, the caller rolls back.
    pub(crate) fn take(&mut self, step: Step) -> Result<(), FileError> {
        match step {
            Step::Check => self.check(),
            Step::Open => self.open(),
            Step::BackUp(index) => self.back_up(index),
            Step::Stage(index) => self.stage(index),
            Step::Install(index) => self.install(index),
            Step::Sync => self.sync(),
            Step::Close => self.close(),
        }
    }

    fn check(&mut self) -> Result<(), FileError> {
        for index in 0..self.files.len() {
            let (checked, rest) = self.files.split_at_mut(index);
            let file = &mut rest[0];
            let write = file.write;
            if !backup::is_backup_name(&write.backup_as) {
                return Err(file.write_error(Reason::BackupName(write.backup_as.clone())));
            }
            file.target = file.find_unchanged_target()?;
            if write.before.as_ref().is_some_and(|before| before.mode() & 0o200 == 0) {
                return Err(file.write_error(Reason::ReadOnly));
            }
            if let Some(twin) = checked.iter().find(|checked| checked.is_same_file(file)) {
                return Err(file.write_error(Reason::SameFile(twin.write.path.clone())));
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), FileError> {
        let mut record = self.new_record()?;
        for file in &self.files {
            let recorded = RecordedFile::new(file.write, &file.target);
            record.files.push(recorded.map_err(|error| file.write_error(error))?);
        }
        let run = record.run.clone();
        self.journal = Some(Journal::create(&self.backups.state, record)?);
        self.backup_folder = Some(self.backups.create_run(&run, &mut self.created)?);
        Ok(())
    }

    /// The record of this run, with the folders that it is going to create, and without files.
    fn new_record(&self) -> Result<Record, FileError> {
        let mut missing = BTreeSet::new();
        let needed = self.files.iter().filter_map(|file| file.target.parent());
        for folder in needed.chain([self.backups.folder().as_path()]) {
            missing.extend(folder::list_missing(folder)?);
        }
        // Sorted, so that outer folders come first.
        let missing = missing.into_iter().collect();
        Ok(Record::new(&self.backups.command, self.backups.time(), self.backups.free_name()?, missing))
    }

    fn back_up(&mut self, index: usize) -> Result<(), FileError> {
        let file = &mut self.files[index];
        let (Some(before), Some(run)) = (&file.write.before, &self.backup_folder) else { return Ok(()) };
        file.backup = Some(self.backups.save(run, &file.write.backup_as, before)?);
        Ok(())
    }

    fn stage(&mut self, index: usize) -> Result<(), FileError> {
        let path = self.staged_path(index)?;
        let file = &mut self.files[index];
        let write = file.write;
        let Some(contents) = &write.contents else { return Ok(()) };
        if let Some(parent) = file.target.parent() {
            folder::create_all(parent, write.privacy, &mut self.created)?;
        }
        let owner = write.before.as_ref().map(|before| (before.uid, before.gid));
        let access_list_of = write.before.as_ref().map(Snapshot::path);
        let staged = Staged::new(path, contents, Attributes { mode: write.new_mode(), owner, access_list_of })
            .map_err(|reason| file.write_error(reason))?;
        file.group_lost = staged.group_lost;
        file.progress = Progress::Staged(staged);
        Ok(())
    }

    /// The temporary path of a file's new contents, from the journal.
    pub(crate) fn staged_path(&self, index: usize) -> Result<PathBuf, FileError> {
        match &self.journal {
            Some(journal) => Ok(journal.record.files[index].staged_path()),
            None => Err(self.files[index].write_error(io::Error::other("the journal is not written yet"))),
        }
    }

    fn install(&mut self, index: usize) -> Result<(), FileError> {
        let file = &mut self.files[index];
        // Overwriting other files in place may have taken long.
        file.check_unchanged()?;
        let installed = file.install().and_then(|outcome| match (outcome, &mut self.journal) {
            (InstallOutcome::NeedsOverwrite, Some(journal)) => {
                journal.mark_in_place(index)?;
                Ok(file.install_in_place()?)
            }
            _ => Ok(()),
        });
        installed.map_err(|reason| file.write_error(reason))
    }

    fn sync(&self) -> Result<(), FileError> {
        // The staged contents of a file that was overwritten are removed when the rename fails. If that failed, too, they
        // may hold secrets.
        for (index, file) in self.files.iter().enumerate() {
            if matches!(file.progress, Progress::InPlace)
                && let Err(error) = fs::remove_file(self.staged_path(index)?)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(file.write_error(error));
            }
        }
        let folders: BTreeSet<&Path> = self.files.iter().filter_map(|file| file.target.parent()).collect();
        for folder in folders {
            folder::sync(folder).map_err(|error| FileError::new(Action::Write, folder, error))?;
        }
        Ok(())
    }

    fn close(&self) -> Result<(), FileError> {
        let (Some(journal), Some(run)) = (&self.journal, &self.backup_folder) else { return Ok(()) };
        journal.close(run).map_err(|error| FileError::new(Action::Journal, &journal.path(), error))
    }

    /// Removes old backups and reports the commit, after all steps.
    pub(crate) fn finish(self) -> Committed {
        let mut warnings: Vec<String> = self.files.iter().flat_map(PendingFile::warnings).collect();
        if let Some(run) = &self.backup_folder {
            let pruned = self.backups.prune(run);
            warnings.extend(pruned.err().map(|error| leverage_error::Error::from(error).to_string()));
        }
        let written = |file: PendingFile<'_>| Written { path: file.write.path.clone(), backup: file.backup };
        Committed { written: self.files.into_iter().map(written).collect(), warnings }
    }
}
