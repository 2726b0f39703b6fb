//! Rolls back a failed commit: restores every file that it changed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::mem;
use std::path::Path;

use crate::commit::pending_file::Progress;
use crate::commit::transaction::Transaction;
use crate::error::Stranded;
use crate::permissions::Mode;
use crate::reason::Reason;
use crate::snapshot::Snapshot;
use crate::stage::{self, Attributes, Staged};
use crate::{folder, private_file};

impl Transaction<'_> {
    /// Restores all files; returns those for which that failed.
    pub(crate) fn roll_back(mut self) -> Vec<Stranded> {
        let mut stranded = Vec::new();
        for index in (0..self.files.len()).rev() {
            if let Err(error) = self.restore(index) {
                let file = &self.files[index];
                stranded.push(Stranded { path: file.write.path.clone(), backup: file.backup.clone(), error });
            }
        }
        // The journal is needed until everything is on the disk: the next run recovers by it what is missing.
        let is_done = stranded.is_empty() && self.remove_staged().is_ok();
        // With every file restored, the backups are useless and would displace those of a past run. Failures are harmless.
        // The journal goes last; while it exists, the next run tries again.
        if let Some(run) = self.backup_folder.filter(|_| is_done) {
            let _ = fs::remove_dir_all(run);
        }
        for folder in self.created.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
        if let Some(journal) = self.journal.filter(|_| is_done) {
            let _ = journal.remove();
        }
        stranded
    }

    /// Restores contents, mode and owner of a file, or removes it if it did not exist.
    fn restore(&mut self, index: usize) -> Result<(), Reason> {
        // Dropping the progress removes the staged file, so its name is free.
        let progress = mem::replace(&mut self.files[index].progress, Progress::Untouched);
        if matches!(progress, Progress::Untouched | Progress::Staged(_)) {
            return Ok(());
        }
        let staged = self.staged_path(index).map_err(|error| error.reason)?;
        let file = &self.files[index];
        let target = file.target.as_path();
        match (progress, &file.write.before) {
            (Progress::InPlace, Some(before)) => {
                stage::overwrite(&stage::open_to_overwrite(target)?, &before.bytes, before.mode())?;
            }
            (Progress::Removed, Some(before)) => {
                Staged::new(staged, &before.bytes, attributes(before, None))?.rename_to_free(target)?;
            }
            (_, Some(before)) => {
                let staged = Staged::new(staged, &before.bytes, attributes(before, Some(target)))?;
                file.check_installed()?;
                staged.replace(target)?;
            }
            (_, None) => {
                file.check_installed()?;
                fs::remove_file(target)?;
            }
        }
        Ok(())
    }

    /// Removes staged files that remain, and syncs the restored names to the disk.
    fn remove_staged(&self) -> io::Result<()> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let mut folders = BTreeSet::new();
        for file in &journal.record.files {
            private_file::remove_if_exists(&file.staged_path())?;
            folders.extend(file.target().parent().filter(|folder| folder.exists()));
        }
        folders.into_iter().try_for_each(folder::sync)
    }
}

fn attributes<'a>(before: &Snapshot, access_list_of: Option<&'a Path>) -> Attributes<'a> {
    Attributes { mode: Mode::Exactly(before.mode), owner: Some((before.uid, before.gid)), access_list_of }
}
