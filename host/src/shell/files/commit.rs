//! The commit: takes every write of a run, gives all of them done, or an error with every file as it was.
//!
//! The order of things is a plain list, made by [`steps`] before anything happens and then taken one by one. What may
//! fail for want of space or permission comes before the first file gets its new contents (but for a file that can
//! only be written in place); if a later step fails all the same, the files changed so far are put back.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{Action, CommitError, FileError, Reason, Stranded};
use super::stage::{self, Attributes, Mode, Staged};
use super::{Backups, Privacy, Snapshot, folder, read, resolve};

/// New contents for one file.
pub struct Write {
    /// The file, as the person named it.
    pub path: PathBuf,
    /// What [`read`] gave for that path, and what `contents` was made from.
    pub before: Option<Snapshot>,
    /// The whole new text.
    pub contents: Zeroizing<Vec<u8>>,
    /// Who may read it.
    pub privacy: Privacy,
    /// Its name inside the folder of this run's backups: relative, without `..`.
    pub backup_as: PathBuf,
}

impl Write {
    /// Whether it changes anything: contents, or a private file's mode that is too wide. A run leaves the others out,
    /// so that a file which is right already keeps its inode and its times.
    pub fn is_needed(&self) -> bool {
        let right = |before: &Snapshot| before.bytes == self.contents && self.mode() == Mode::Exactly(before.mode());
        !self.before.as_ref().is_some_and(right)
    }

    fn mode(&self) -> Mode {
        match (&self.before, self.privacy) {
            (Some(before), Privacy::Private) => Mode::Exactly(before.mode() & 0o600),
            (Some(before), Privacy::Shared) => Mode::Exactly(before.mode()),
            (None, Privacy::Private) => Mode::Exactly(0o600),
            (None, Privacy::Shared) => Mode::UmaskDecides,
        }
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("path", &self.path)
            .field("before", &self.before)
            .field("contents", &format_args!("<{} bytes>", self.contents.len()))
            .field("privacy", &self.privacy)
            .field("backup_as", &self.backup_as)
            .finish()
    }
}

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
    /// Put the previous contents aside, on the disk.
    BackUp(usize),
    /// Put the new contents beside the file, on the disk.
    Stage(usize),
    /// Give the new contents the file's name.
    Install(usize),
    /// Bring the names to the disk.
    Settle,
}

/// What a commit of `writes` does, in order. The second check stands right before the files change, because what comes
/// between takes as long as the disk needs.
pub(super) fn steps(writes: &[Write]) -> Vec<Step> {
    let all = 0..writes.len();
    let mut steps = vec![Step::Check];
    steps.extend(all.clone().filter(|&index| writes[index].before.is_some()).map(Step::BackUp));
    steps.extend(all.clone().map(Step::Stage));
    steps.push(Step::Check);
    steps.extend(all.map(Step::Install));
    steps.push(Step::Settle);
    steps
}

/// How far one file has come.
#[derive(Debug)]
enum Progress {
    Untouched,
    Staged(Staged),
    Renamed,
    InPlace,
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
        Run { backups, backup_folder: None, made: Vec::new(), entries: writes.iter().map(entry).collect() }
    }

    pub(super) fn take(&mut self, step: Step) -> Result<(), FileError> {
        match step {
            Step::Check => self.check(),
            Step::BackUp(index) => self.back_up(index),
            Step::Stage(index) => self.stage(index),
            Step::Install(index) => {
                let entry = &mut self.entries[index];
                entry.install().map_err(|reason| FileError::new(Action::Write, &entry.write.path, reason))
            }
            Step::Settle => self.settle(),
        }
    }

    fn check(&mut self) -> Result<(), FileError> {
        for index in 0..self.entries.len() {
            let (earlier, rest) = self.entries.split_at_mut(index);
            let entry = &mut rest[0];
            let write = entry.write;
            let failed = |reason| FileError::new(Action::Write, &write.path, reason);
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

    fn back_up(&mut self, index: usize) -> Result<(), FileError> {
        let entry = &mut self.entries[index];
        let Some(before) = &entry.write.before else { return Ok(()) };
        let run = match &self.backup_folder {
            Some(run) => run,
            None => self.backup_folder.insert(self.backups.create_run(&mut self.made)?),
        };
        entry.backup = Some(self.backups.save(run, &entry.write.backup_as, before)?);
        Ok(())
    }

    fn stage(&mut self, index: usize) -> Result<(), FileError> {
        let entry = &mut self.entries[index];
        let write = entry.write;
        if let Some(parent) = entry.target.parent() {
            folder::make(parent, write.privacy, &mut self.made)?;
        }
        let owner = write.before.as_ref().map(|before| (before.uid, before.gid));
        let staged = Staged::new(&entry.target, &write.contents, Attributes { mode: write.mode(), owner })
            .map_err(|reason| FileError::new(Action::Write, &write.path, reason))?;
        entry.group_lost = staged.group_lost;
        entry.progress = Progress::Staged(staged);
        Ok(())
    }

    fn settle(&self) -> Result<(), FileError> {
        let folders: BTreeSet<&Path> = self.entries.iter().filter_map(|entry| entry.target.parent()).collect();
        for folder in folders {
            folder::sync(folder).map_err(|error| FileError::new(Action::Write, folder, error))?;
        }
        Ok(())
    }

    /// Puts everything back as it was; gives the files for which that failed.
    pub(super) fn roll_back(self) -> Vec<Stranded> {
        let mut stranded = Vec::new();
        for mut entry in self.entries.into_iter().rev() {
            if let Err(error) = entry.put_back() {
                stranded.push(Stranded { path: entry.write.path.clone(), backup: entry.backup, error });
            }
        }
        // With every file as it was, the copies have no use, and the room of an earlier run's must not go to them. What
        // cannot be removed does no harm.
        if let Some(run) = self.backup_folder.filter(|_| stranded.is_empty()) {
            let _ = fs::remove_dir_all(run);
        }
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
        stranded
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
        (None, None) => resolve(&write.path).map_err(failed),
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

    fn install(&mut self) -> Result<(), Reason> {
        let Progress::Staged(staged) = mem::replace(&mut self.progress, Progress::Untouched) else {
            return Err(io::Error::other("there are no new contents beside it").into());
        };
        let Some(before) = &self.write.before else {
            staged.appear(&self.target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Reason::Changed,
                _ => error.into(),
            })?;
            self.progress = Progress::Renamed;
            return Ok(());
        };
        match staged.replace(&self.target) {
            Ok(()) => self.progress = Progress::Renamed,
            // The staged copy is gone by now, so that the file itself can have its space.
            Err(error) if stage::only_in_place(&error) => {
                let mode = match self.write.mode() {
                    Mode::Exactly(mode) => mode,
                    Mode::UmaskDecides => before.mode(),
                };
                self.install_in_place(mode)?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn install_in_place(&mut self, mode: u32) -> io::Result<()> {
        let file: File = stage::open_in_place(&self.target)?;
        self.progress = Progress::InPlace;
        stage::overwrite(&file, &self.write.contents, mode)
    }

    /// Gives the file its previous contents, mode and owner, or removes it if there was none.
    fn put_back(&mut self) -> io::Result<()> {
        match (mem::replace(&mut self.progress, Progress::Untouched), &self.write.before) {
            (Progress::Untouched | Progress::Staged(_), _) => return Ok(()),
            (Progress::InPlace, Some(before)) => {
                return stage::overwrite(&stage::open_in_place(&self.target)?, &before.bytes, before.mode());
            }
            (Progress::Renamed, Some(before)) => {
                let attributes =
                    Attributes { mode: Mode::Exactly(before.mode()), owner: Some((before.uid, before.gid)) };
                let staged = Staged::new(&self.target, &before.bytes, attributes);
                staged.map_err(|reason| io::Error::other(reason.to_string()))?.replace(&self.target)?;
            }
            (Progress::Renamed | Progress::InPlace, None) => fs::remove_file(&self.target)?,
        }
        self.target.parent().map_or(Ok(()), folder::sync)
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
