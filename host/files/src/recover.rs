//! Recovery of an interrupted run: restores every file as it was before, by the journal.
//!
//! A journal always means *roll back*: an interrupted run has not reported success, and all backups are on the disk before
//! the first file changes. The contents of the files show which of them to restore, so recovery itself can be interrupted
//! and repeated.
//!
//! A file with neither the old nor the new contents was modified by a user, and stays. Only if the run overwrites it in
//! place can it be partly written: then it is restored, what it held is kept, and every later recovery reports that.

mod file_state;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, DirEntry, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::FileError;
use crate::folder::is_missing_error;
use crate::journal::Journal;
use crate::permissions::Mode;
use crate::read::read;
use crate::reason::{Action, Reason};
use crate::record::{Digest, Fingerprint, RecordedFile};
use crate::stage::{self, Attributes, Staged};
use crate::{backup, folder, private_file};
use file_state::FileState;

/// Separates the name of a backup from a digest, in the name of a kept partly written file.
const FOUND: &str = ".found-";

/// An interrupted run that was rolled back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredRun {
    /// Its command and time.
    pub(crate) title: String,
    /// One message for each file that needs the user's attention.
    pub warnings: Vec<String>,
}

impl fmt::Display for RecoveredRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rolled back an interrupted run ({})", self.title)?;
        f.write_str(if self.warnings.is_empty() {
            "; all of its files are restored"
        } else {
            "; all of its files are restored, except as the warnings say"
        })
    }
}

/// A recovery in progress. The caller holds the lock.
pub(crate) struct Recovery {
    pub(crate) journal: Journal,
    /// The folder of the run's backups.
    copies: PathBuf,
    warnings: Vec<String>,
}

impl Recovery {
    /// The recovery of the run that left its journal in `state`, if there is one.
    pub(crate) fn prepare(state: &Path) -> Result<Option<Recovery>, FileError> {
        Journal::remove_incomplete(state)?;
        let prepare = |journal: Journal| {
            let copies = backup::folder_of(state).join(&journal.record.run);
            Recovery { journal, copies, warnings: Vec::new() }
        };
        Ok(Journal::read(state)?.map(prepare))
    }

    /// Restores every file of the run.
    pub(crate) fn run(mut self) -> Result<RecoveredRun, FileError> {
        for index in 0..self.journal.record.files.len() {
            self.restore(index)?;
        }
        self.clean_up()?;
        Ok(RecoveredRun { title: self.journal.record.title(), warnings: self.warnings })
    }

    /// Restores one file of the run if the run changed it.
    pub(crate) fn restore(&mut self, index: usize) -> Result<(), FileError> {
        let file = self.journal.record.files[index].clone();
        let failed = |error: io::Error| FileError::new(Action::Restore, file.path(), error);
        if self.is_out_of_reach(&file) {
            self.warnings.push(self.out_of_reach_warning(&file));
            return Ok(());
        }
        private_file::remove_if_exists(&file.staged_path()).or_else(ignore_missing).map_err(failed)?;
        match FileState::of(&file)? {
            // The process that overwrote it may have ended before the contents were on the disk.
            FileState::Old if file.in_place => {
                File::open(file.target()).and_then(|it| it.sync_all()).map_err(failed)?;
            }
            FileState::Old => {}
            FileState::Foreign => self.warnings.push(self.left_unchanged_warning(&file)),
            // Backups are removed only after every file was restored, so this is a later edit.
            FileState::Torn(_) if is_missing(&self.copies) => self.warnings.push(self.left_unchanged_warning(&file)),
            FileState::Torn(contents) => {
                self.keep(&file, &contents)?;
                self.write_back(index, &file)?;
            }
            FileState::Ours => self.write_back(index, &file)?,
        }
        if file.in_place {
            self.warnings.extend(self.kept_warnings(&file)?);
        }
        Ok(())
    }

    /// Writes the previous contents to a file, or removes it if it did not exist.
    fn write_back(&mut self, index: usize, file: &RecordedFile) -> Result<(), FileError> {
        let failed = |reason| FileError::new(Action::Restore, file.path(), reason);
        let Some(before) = &file.before else {
            return fs::remove_file(file.target()).map_err(|error| failed(error.into()));
        };
        let contents = self.read_backup(file, before)?;
        if !file.in_place {
            let attributes = Attributes {
                mode: Mode::Exactly(before.mode),
                owner: Some((before.uid, before.gid)),
                access_list_of: Some(file.target()),
            };
            let staged = Staged::new(file.staged_path(), &contents, attributes).map_err(failed)?;
            // Staging can take long, so look again.
            if !matches!(FileState::of(file)?, FileState::Ours) {
                self.warnings.push(self.left_unchanged_warning(file));
                return Ok(());
            }
            match staged.replace(file.target()) {
                Err(error) if stage::needs_overwrite(&error) => {}
                result => return result.map_err(|error| failed(error.into())),
            }
            self.journal.mark_in_place(index).map_err(|error| failed(error.into()))?;
        }
        stage::open_to_overwrite(file.target())
            .and_then(|target| stage::overwrite(&target, &contents, before.mode))
            .map_err(|error| failed(error.into()))
    }

    /// Reads the run's backup of a file and checks its digest.
    fn read_backup(&self, file: &RecordedFile, before: &Fingerprint) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let copy = self.copies.join(file.backup());
        let intact = read(&copy)?.filter(|copy| Digest::of(&copy.bytes) == before.sha256);
        let damaged = || Reason::BackupDamaged { backup: copy.clone(), journal: self.journal.path() };
        Ok(intact.ok_or_else(|| FileError::new(Action::Restore, file.path(), damaged()))?.bytes)
    }

    /// Keeps the contents of a partly written file beside its backup: they may be a user's edit.
    fn keep(&self, file: &RecordedFile, contents: &[u8]) -> Result<(), FileError> {
        let mut name = self.copies.join(file.backup()).into_os_string();
        name.push(format!("{FOUND}{}", Digest::of(contents).short()));
        let kept = PathBuf::from(name);
        // An interrupted recovery may have written it already, or a part of it.
        private_file::remove_if_exists(&kept)
            .and_then(|()| private_file::create(&kept, contents))
            .and_then(|()| kept.parent().map_or(Ok(()), folder::sync))
            .map_err(|error| FileError::new(Action::BackUp, &kept, error))
    }

    /// Warns of what was kept of a partly written file, by this recovery or by an interrupted one.
    fn kept_warnings(&self, file: &RecordedFile) -> Result<Vec<String>, FileError> {
        let copy = self.copies.join(file.backup());
        let (Some(folder), Some(name)) = (copy.parent(), copy.file_name()) else { return Ok(Vec::new()) };
        let entries = match folder::list_entries(folder) {
            Err(error) if is_missing_error(&error) => return Ok(Vec::new()),
            result => result.map_err(|error| FileError::new(Action::List, folder, error))?,
        };
        let start = [name.as_bytes(), FOUND.as_bytes()].concat();
        let is_kept = |entry: &DirEntry| entry.file_name().as_bytes().starts_with(&start);
        let mut kept: Vec<PathBuf> = entries.iter().filter(|entry| is_kept(entry)).map(DirEntry::path).collect();
        kept.sort();
        let path = file.path().display();
        let warning = |kept: PathBuf| {
            format!(
                "`{path}` was partly written and is restored; the partly written contents are in `{}`",
                kept.display()
            )
        };
        Ok(kept.into_iter().map(warning).collect())
    }

    /// Whether the folder of a file does not exist, and the run did not create it: it can be on a disk that is not
    /// mounted now.
    fn is_out_of_reach(&self, file: &RecordedFile) -> bool {
        let Some(folder) = file.target().parent() else { return false };
        let is_missing = fs::metadata(folder).map_or_else(|error| is_missing_error(&error), |found| !found.is_dir());
        is_missing && !self.journal.record.folders.iter().any(|created| created.0 == folder)
    }

    fn out_of_reach_warning(&self, file: &RecordedFile) -> String {
        let path = file.path().display();
        let copy = self.copies.join(file.backup());
        let what = match &file.before {
            Some(_) => format!("its previous contents are in `{}`", copy.display()),
            None => "it did not exist before that run".to_owned(),
        };
        format!("`{path}` is not restored, because its folder does not exist; {what}")
    }

    fn left_unchanged_warning(&self, file: &RecordedFile) -> String {
        let path = file.path().display();
        let copy = self.copies.join(file.backup());
        match &file.before {
            Some(_) if copy.exists() => format!(
                "`{path}` was modified since; left unchanged; its previous contents are in `{}`",
                copy.display()
            ),
            _ => format!("`{path}` was modified since; left unchanged"),
        }
    }

    /// Syncs the names to the disk, then removes what only the run needed. The journal goes last.
    fn clean_up(&self) -> Result<(), FileError> {
        let record = &self.journal.record;
        let folders: BTreeSet<&Path> = record.files.iter().filter_map(|file| file.target().parent()).collect();
        for path in folders {
            folder::sync(path).or_else(ignore_missing).map_err(|error| FileError::new(Action::Restore, path, error))?;
        }
        if self.warnings.is_empty() {
            // The backups are no longer needed; a failure is harmless.
            let _ = fs::remove_dir_all(&self.copies);
        }
        for folder in record.folders.iter().rev() {
            let _ = fs::remove_dir(&folder.0);
        }
        self.journal.remove().map_err(|error| FileError::new(Action::Journal, &self.journal.path(), error))
    }
}

/// Ignores that a folder which the run created is missing: then there is nothing to do.
fn ignore_missing(error: io::Error) -> io::Result<()> {
    if is_missing_error(&error) { Ok(()) } else { Err(error) }
}

fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| is_missing_error(&error))
}
