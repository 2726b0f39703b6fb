//! The way back of a commit that failed: takes it as far as it came, gives every file as it was, and those for which
//! that failed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::mem;
use std::path::Path;

use super::{Entry, Progress, Run};
use crate::error::{FileError, Reason, Stranded};
use crate::stage::{self, Attributes, Mode, Staged};
use crate::{Snapshot, backup, folder, read_real};

impl Run<'_> {
    /// Puts everything back as it was; gives the files for which that failed.
    pub(crate) fn roll_back(mut self) -> Vec<Stranded> {
        let mut stranded = Vec::new();
        for index in (0..self.entries.len()).rev() {
            if let Err(error) = self.put_back(index) {
                let entry = &self.entries[index];
                stranded.push(Stranded { path: entry.write.path.clone(), backup: entry.backup.clone(), error });
            }
        }
        // Only what is on the disk may do without the journal: the next run recovers by it what is not.
        let is_done = stranded.is_empty() && self.remove_staged().is_ok();
        // With every file as it was, the copies have no use, and the room of an earlier run's must not go to them. What
        // cannot be removed does no harm. The journal goes last; while it stays, the next run tries again.
        if let Some(run) = self.backup_folder.filter(|_| is_done) {
            let _ = fs::remove_dir_all(run);
        }
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
        if let Some(journal) = self.journal.filter(|_| is_done) {
            let _ = journal.remove();
        }
        stranded
    }

    /// Gives a file its previous contents, mode and owner, or removes it if there was none.
    fn put_back(&mut self, index: usize) -> Result<(), Reason> {
        // The copy that was staged is gone by now, so its name is free.
        let progress = mem::replace(&mut self.entries[index].progress, Progress::Untouched);
        if matches!(progress, Progress::Untouched | Progress::Staged(_)) {
            return Ok(());
        }
        let staged = self.staged_path(index).map_err(reason)?;
        let entry = &self.entries[index];
        let target = entry.target.as_path();
        match (progress, &entry.write.before) {
            (Progress::InPlace, Some(before)) => {
                stage::overwrite(&stage::open_in_place(target)?, &before.bytes, before.mode())?;
            }
            (Progress::Removed, Some(before)) => {
                Staged::new(staged, &before.bytes, attributes(before, None))?.appear(target)?;
            }
            (_, Some(before)) => {
                let staged = Staged::new(staged, &before.bytes, attributes(before, Some(target)))?;
                entry.check_installed()?;
                staged.replace(target)?;
            }
            (_, None) => {
                entry.check_installed()?;
                fs::remove_file(target)?;
            }
        }
        Ok(())
    }

    /// Removes what may be left of staged files, and brings to the disk the names that were put back.
    fn remove_staged(&self) -> io::Result<()> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let mut folders = BTreeSet::new();
        for file in &journal.record.files {
            backup::remove_if_there(&file.staged_path())?;
            folders.extend(file.target().parent().filter(|folder| folder.exists()));
        }
        folders.into_iter().try_for_each(folder::sync)
    }
}

impl Entry<'_> {
    /// Checks that the file still holds what this run gave it: what somebody made of it since is not to be lost.
    fn check_installed(&self) -> Result<(), Reason> {
        let now = read_real(&self.target, &self.write.path).map_err(reason)?;
        match (&self.write.contents, now) {
            (Some(contents), Some(now)) if now.bytes == *contents => Ok(()),
            _ => Err(Reason::Changed),
        }
    }
}

fn attributes<'a>(before: &Snapshot, like: Option<&'a Path>) -> Attributes<'a> {
    Attributes { mode: Mode::Exactly(before.mode), owner: Some((before.uid, before.gid)), like }
}

fn reason(error: FileError) -> Reason {
    error.reason
}
