//! The commit: takes every write of a run, gives all of them done, or an error with every file as it was.
//!
//! The order of things is a plain list, made by [`steps`] before anything happens and then taken one by one. What may
//! fail for want of space or permission comes before the first file gets its new contents (but for a file that can
//! only be written in place); if a later step fails all the same, the files changed so far are put back. If the process
//! does not live to do that, the next run does, by the journal.

mod roll_back;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use super::error::{Action, CommitError, FileError, Reason};
use super::journal::Journal;
use super::record::{Record, RecordedFile};
use super::stage::{self, Attributes, Mode, Staged};
use super::{Backups, Snapshot, Write, backup, folder, read, read_real, resolve};

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Where its previous contents are, if it existed.
    pub backup: Option<PathBuf>,
}

/// A commit that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Every write, in the order given.
    pub written: Vec<Written>,
    /// What the person should know all the same: one sentence each, with the file's name in it.
    pub warnings: Vec<String>,
}

/// Makes all of `writes`, or none. Whoever calls this holds the [`Lock`](super::Lock), and has left out writes that
/// are not [needed](Write::is_needed).
pub fn commit(writes: &[Write], backups: &Backups) -> Result<Committed, CommitError> {
    debug_assert!(writes.iter().all(Write::is_needed), "a write that changes nothing is left out");
    commit_watched(writes, backups, |_| {})
}

/// [`commit()`], with `watch` told of each step before it is taken.
pub(super) fn commit_watched(
    writes: &[Write],
    backups: &Backups,
    mut watch: impl FnMut(Step),
) -> Result<Committed, CommitError> {
    if writes.is_empty() {
        return Ok(Committed { written: Vec::new(), warnings: Vec::new() });
    }
    let mut run = Run::new(writes, backups);
    for step in steps(writes) {
        watch(step);
        if let Err(cause) = run.take(step) {
            return Err(CommitError { cause, stranded: run.roll_back() });
        }
    }
    Ok(run.finish())
}

/// One step of a commit; the numbers are places in the list of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// See that every file may be written, and is as it was when it was read.
    Check,
    /// Bring to the disk what the run is going to make and change.
    Open,
    /// Put the previous contents aside, on the disk.
    BackUp(usize),
    /// Put the new contents beside the file, on the disk.
    Stage(usize),
    /// Give the new contents the file's name, or remove the file.
    Install(usize),
    /// Bring the names to the disk.
    Settle,
    /// Make the journal the record of a run that is done: from here on nothing is put back.
    Close,
}

/// What a commit of `writes` does, in order. The second check stands right before the files change, because what comes
/// between takes as long as the disk needs.
pub(super) fn steps(writes: &[Write]) -> Vec<Step> {
    let all = 0..writes.len();
    let mut steps = vec![Step::Check, Step::Open];
    steps.extend(all.clone().filter(|&index| writes[index].before.is_some()).map(Step::BackUp));
    steps.extend(all.clone().filter(|&index| writes[index].contents.is_some()).map(Step::Stage));
    steps.push(Step::Check);
    steps.extend(all.map(Step::Install));
    steps.extend([Step::Settle, Step::Close]);
    steps
}

/// How far one file has come.
#[derive(Debug)]
enum Progress {
    Untouched,
    Staged(Staged),
    Renamed,
    InPlace,
    Removed,
}

/// How new contents got to a file.
enum Installed {
    Done,
    /// Not yet: it can't be renamed onto, only written over.
    OnlyInPlace,
}

#[derive(Debug)]
struct Entry<'a> {
    write: &'a Write,
    /// The real file. Known, as all that follows, once the first check is done.
    target: PathBuf,
    backup: Option<PathBuf>,
    progress: Progress,
    group_lost: bool,
}

/// A commit under way.
#[derive(Debug)]
pub(super) struct Run<'a> {
    backups: &'a Backups,
    journal: Option<Journal>,
    backup_folder: Option<PathBuf>,
    /// Folders that this run made, outer ones first.
    made: Vec<PathBuf>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(writes: &'a [Write], backups: &'a Backups) -> Run<'a> {
        let entry = |write| Entry {
            write,
            target: PathBuf::new(),
            backup: None,
            progress: Progress::Untouched,
            group_lost: false,
        };
        Run {
            backups,
            journal: None,
            backup_folder: None,
            made: Vec::new(),
            entries: writes.iter().map(entry).collect(),
        }
    }

    pub(super) fn take(&mut self, step: Step) -> Result<(), FileError> {
        match step {
            Step::Check => self.check(),
            Step::Open => self.open(),
            Step::BackUp(index) => self.back_up(index),
            Step::Stage(index) => self.stage(index),
            Step::Install(index) => self.install(index),
            Step::Settle => self.settle(),
            Step::Close => self.close(),
        }
    }

    fn check(&mut self) -> Result<(), FileError> {
        for index in 0..self.entries.len() {
            let (earlier, rest) = self.entries.split_at_mut(index);
            let entry = &mut rest[0];
            let write = entry.write;
            let failed = |reason| FileError::new(Action::Write, &write.path, reason);
            if !backup::is_inside(&write.backup_as) {
                return Err(failed(Reason::BackupName(write.backup_as.clone())));
            }
            entry.target = unchanged_target(write)?;
            if write.before.as_ref().is_some_and(|before| before.mode() & 0o200 == 0) {
                return Err(failed(Reason::ReadOnly));
            }
            if let Some(twin) = earlier.iter().find(|earlier| earlier.is_same_file(entry)) {
                return Err(failed(Reason::SameFile(twin.write.path.clone())));
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), FileError> {
        let mut record = self.plan()?;
        for entry in &self.entries {
            let file = RecordedFile::new(entry.write, &entry.target);
            record.files.push(file.map_err(|error| FileError::new(Action::Write, &entry.write.path, error))?);
        }
        let run = record.run.clone();
        self.journal = Some(Journal::create(&self.backups.state, record)?);
        self.backup_folder = Some(self.backups.create_run(&run, &mut self.made)?);
        Ok(())
    }

    /// The record of this run, with the folders that it is going to make.
    fn plan(&self) -> Result<Record, FileError> {
        let mut missing = BTreeSet::new();
        let needed = self.entries.iter().filter_map(|entry| entry.target.parent());
        for folder in needed.chain([self.backups.folder().as_path()]) {
            missing.extend(folder::missing(folder)?);
        }
        // The outer ones come first in this order, too.
        let missing = missing.into_iter().collect();
        Ok(Record::new(&self.backups.command, self.backups.time(), self.backups.free_name()?, missing))
    }

    fn back_up(&mut self, index: usize) -> Result<(), FileError> {
        let entry = &mut self.entries[index];
        let (Some(before), Some(run)) = (&entry.write.before, &self.backup_folder) else { return Ok(()) };
        entry.backup = Some(self.backups.save(run, &entry.write.backup_as, before)?);
        Ok(())
    }

    fn stage(&mut self, index: usize) -> Result<(), FileError> {
        let path = self.staged_path(index)?;
        let entry = &mut self.entries[index];
        let write = entry.write;
        let Some(contents) = &write.contents else { return Ok(()) };
        if let Some(parent) = entry.target.parent() {
            folder::make(parent, write.privacy, &mut self.made)?;
        }
        let owner = write.before.as_ref().map(|before| (before.uid, before.gid));
        let like = write.before.as_ref().map(Snapshot::path);
        let staged = Staged::new(path, contents, Attributes { mode: write.new_mode(), owner, like })
            .map_err(|reason| FileError::new(Action::Write, &write.path, reason))?;
        entry.group_lost = staged.group_lost;
        entry.progress = Progress::Staged(staged);
        Ok(())
    }

    /// The temporary name that the journal has for a file.
    fn staged_path(&self, index: usize) -> Result<PathBuf, FileError> {
        let unknown = || io::Error::other("the journal does not have it yet");
        let journal = self.journal.as_ref().ok_or_else(unknown);
        let path = &self.entries[index].write.path;
        journal
            .map(|journal| journal.record.files[index].staged_path())
            .map_err(|error| FileError::new(Action::Write, path, error))
    }

    fn install(&mut self, index: usize) -> Result<(), FileError> {
        let entry = &mut self.entries[index];
        // The files before this one may have taken long, if they could only be written in place. A new one is seen to
        // be new when it gets its name.
        if let Some(before) = &entry.write.before
            && !read_real(&entry.target, &entry.write.path)?.is_some_and(|now| before.is_unchanged_in(&now))
        {
            return Err(FileError::new(Action::Write, &entry.write.path, Reason::Changed));
        }
        let in_place = entry.install().and_then(|installed| match (installed, &mut self.journal) {
            (Installed::OnlyInPlace, Some(journal)) => {
                journal.mark_in_place(index)?;
                Ok(entry.install_in_place()?)
            }
            _ => Ok(()),
        });
        in_place.map_err(|reason| FileError::new(Action::Write, &entry.write.path, reason))
    }

    fn close(&self) -> Result<(), FileError> {
        let (Some(journal), Some(run)) = (&self.journal, &self.backup_folder) else { return Ok(()) };
        journal.close(run).map_err(|error| FileError::new(Action::Journal, &journal.path(), error))
    }

    fn settle(&self) -> Result<(), FileError> {
        // The staged copy of what was written in place went when the rename was refused. One that could not be removed then
        // may hold secrets.
        for (index, entry) in self.entries.iter().enumerate() {
            if matches!(entry.progress, Progress::InPlace)
                && let Err(error) = fs::remove_file(self.staged_path(index)?)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(FileError::new(Action::Write, &entry.write.path, error));
            }
        }
        let folders: BTreeSet<&Path> = self.entries.iter().filter_map(|entry| entry.target.parent()).collect();
        for folder in folders {
            folder::sync(folder).map_err(|error| FileError::new(Action::Write, folder, error))?;
        }
        Ok(())
    }

    /// What is left to do and to say when every file has its new contents.
    pub(super) fn finish(self) -> Committed {
        let mut warnings: Vec<String> = self.entries.iter().flat_map(Entry::warnings).collect();
        if let Some(run) = &self.backup_folder {
            warnings.extend(self.backups.prune(run).err().map(|error| error.to_string()));
        }
        let written = |entry: Entry<'_>| Written { path: entry.write.path.clone(), backup: entry.backup };
        Committed { written: self.entries.into_iter().map(written).collect(), warnings }
    }
}

/// The real file of `write`, provided that it is as it was when it was read.
fn unchanged_target(write: &Write) -> Result<PathBuf, FileError> {
    let failed = |reason| FileError::new(Action::Write, &write.path, reason);
    match (&write.before, read(&write.path)?) {
        (None, None) if resolve(&write.path).map_err(failed)? == write.target => Ok(write.target.clone()),
        (Some(before), Some(now)) if before.is_unchanged_in(&now) => Ok(now.path),
        _ => Err(failed(Reason::Changed)),
    }
}

impl Entry<'_> {
    fn is_same_file(&self, other: &Entry<'_>) -> bool {
        let hard_linked = match (&self.write.before, &other.write.before) {
            (Some(one), Some(two)) => one.is_same_file(two),
            _ => false,
        };
        hard_linked || self.target == other.target
    }

    fn install(&mut self) -> Result<Installed, Reason> {
        let staged = match mem::replace(&mut self.progress, Progress::Untouched) {
            Progress::Staged(staged) => staged,
            _ if self.write.contents.is_none() => {
                fs::remove_file(&self.target)?;
                self.progress = Progress::Removed;
                return Ok(Installed::Done);
            }
            _ => return Err(io::Error::other("there are no new contents beside it").into()),
        };
        if self.write.before.is_none() {
            staged.appear(&self.target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Reason::Changed,
                _ => error.into(),
            })?;
        } else {
            match staged.replace(&self.target) {
                // The staged copy is gone by now, so that the file itself can have its space.
                Err(error) if stage::only_in_place(&error) => return Ok(Installed::OnlyInPlace),
                result => result?,
            }
        }
        self.progress = Progress::Renamed;
        Ok(Installed::Done)
    }

    fn install_in_place(&mut self) -> io::Result<()> {
        let (Some(contents), Mode::Exactly(mode)) = (&self.write.contents, self.write.new_mode()) else {
            return Err(io::Error::other("only a file that exists is written in place"));
        };
        let file: File = stage::open_in_place(&self.target)?;
        self.progress = Progress::InPlace;
        stage::overwrite(&file, contents, mode)
    }

    fn warnings(&self) -> Vec<String> {
        let path = self.write.path.display();
        let mut warnings = Vec::new();
        if let (Progress::Renamed, Some(before)) = (&self.progress, &self.write.before) {
            if before.links > 1 {
                let links = before.links;
                warnings.push(format!("{path} had {links} hard links: the other names keep the previous contents"));
            }
            if self.group_lost {
                warnings.push(format!("{path} belongs to another group now: group {} was refused", before.gid));
            }
        }
        warnings
    }
}
