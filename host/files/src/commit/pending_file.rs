//! One file of a commit in progress: how far it has come, and its next change.

use std::fs::{self, File};
use std::io;
use std::mem;
use std::path::PathBuf;

use crate::error::FileError;
use crate::permissions::Mode;
use crate::read::{read, read_real};
use crate::real_path::resolve;
use crate::reason::{Action, Reason};
use crate::stage::{self, Staged};
use crate::write::Write;

/// How far a file has come.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Not changed, and nothing staged.
    Untouched,
    /// The new contents are complete under a temporary name.
    Staged(Staged),
    /// The new contents have the file's name.
    Renamed,
    /// The file is being overwritten, or was.
    InPlace,
    /// The file is removed.
    Removed,
}

/// The result of installing new contents by a rename.
pub(crate) enum InstallOutcome {
    /// The file has its new contents.
    Done,
    /// The file cannot be replaced by a rename, and must be overwritten.
    NeedsOverwrite,
}

/// A file of a commit in progress.
#[derive(Debug)]
pub(crate) struct PendingFile<'a> {
    pub(crate) write: &'a Write,
    /// The real file. Known, like the other fields, after the first check.
    pub(crate) target: PathBuf,
    pub(crate) backup: Option<PathBuf>,
    pub(crate) progress: Progress,
    pub(crate) group_lost: bool,
}

impl<'a> PendingFile<'a> {
    pub(crate) fn new(write: &'a Write) -> Self {
        let target = PathBuf::new();
        PendingFile { write, target, backup: None, progress: Progress::Untouched, group_lost: false }
    }

    /// Wraps the reason why this file cannot be written.
    pub(crate) fn write_error(&self, reason: impl Into<Reason>) -> FileError {
        FileError::new(Action::Write, &self.write.path, reason)
    }

    /// Finds the real file, and checks that it is unchanged since it was read.
    pub(crate) fn find_unchanged_target(&self) -> Result<PathBuf, FileError> {
        let write = self.write;
        match (&write.before, read(&write.path)?) {
            (None, None) if resolve(&write.path).map_err(|reason| self.write_error(reason))? == write.target => {
                Ok(write.target.clone())
            }
            (Some(before), Some(now)) if before.is_unchanged_in(&now) => Ok(now.path),
            _ => Err(self.write_error(Reason::Changed)),
        }
    }

    /// Checks again that an existing file is unchanged, right before it is replaced. A new file needs no check: it never
    /// replaces another.
    pub(crate) fn check_unchanged(&self) -> Result<(), FileError> {
        let Some(before) = &self.write.before else { return Ok(()) };
        match read_real(&self.target, &self.write.path)? {
            Some(now) if before.is_unchanged_in(&now) => Ok(()),
            _ => Err(self.write_error(Reason::Changed)),
        }
    }

    /// Checks that the file still has the contents of this run, so that rolling back does not lose a later edit.
    pub(crate) fn check_installed(&self) -> Result<(), Reason> {
        let now = read_real(&self.target, &self.write.path).map_err(|error| error.reason)?;
        match (&self.write.contents, now) {
            (Some(contents), Some(now)) if now.bytes == *contents => Ok(()),
            _ => Err(Reason::Changed),
        }
    }

    pub(crate) fn is_same_file(&self, other: &PendingFile<'_>) -> bool {
        let hard_linked = match (&self.write.before, &other.write.before) {
            (Some(one), Some(two)) => one.is_same_file(two),
            _ => false,
        };
        hard_linked || self.target == other.target
    }

    /// Renames the staged contents to the file's name, or removes the file.
    pub(crate) fn install(&mut self) -> Result<InstallOutcome, Reason> {
        let staged = match mem::replace(&mut self.progress, Progress::Untouched) {
            Progress::Staged(staged) => staged,
            _ if self.write.contents.is_none() => {
                fs::remove_file(&self.target)?;
                self.progress = Progress::Removed;
                return Ok(InstallOutcome::Done);
            }
            _ => return Err(io::Error::other("the new contents are not staged").into()),
        };
        if self.write.before.is_none() {
            staged.rename_to_free(&self.target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Reason::Changed,
                _ => error.into(),
            })?;
        } else {
            match staged.replace(&self.target) {
                // The staged file is removed by now, so that its space is free.
                Err(error) if stage::needs_overwrite(&error) => return Ok(InstallOutcome::NeedsOverwrite),
                result => result?,
            }
        }
        self.progress = Progress::Renamed;
        Ok(InstallOutcome::Done)
    }

    /// Overwrites the file with its new contents.
    pub(crate) fn install_in_place(&mut self) -> io::Result<()> {
        let (Some(contents), Mode::Exactly(mode)) = (&self.write.contents, self.write.new_mode()) else {
            return Err(io::Error::other("only an existing file can be overwritten"));
        };
        let file: File = stage::open_to_overwrite(&self.target)?;
        self.progress = Progress::InPlace;
        stage::overwrite(&file, contents, mode)
    }

    /// Warns of attributes that could not be kept.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let path = self.write.path.display();
        let mut warnings = Vec::new();
        if let (Progress::Renamed, Some(before)) = (&self.progress, &self.write.before) {
            if before.links > 1 {
                let links = before.links;
                warnings.push(format!("`{path}` had {links} hard links; the other names keep the previous contents"));
            }
            if self.group_lost {
                warnings.push(format!("failed to keep the group of `{path}` (gid {})", before.gid));
            }
        }
        warnings
    }
}
