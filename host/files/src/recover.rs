//! Recovery: takes the journal that a run left behind when it was killed, gives every file as it was before that run.
//!
//! There is one rule: a journal means *back*. A run that did not come to its end told nobody that it succeeded, what it
//! replaced is on the disk from before it replaced anything, and a run that fails goes back in the same way. Which files
//! to put back is seen from what they hold, so recovery may be killed and started again as often as it likes.
//!
//! A file that holds neither what it did before nor what the run wrote is somebody's edit and stays. Only where it was
//! written in place may that be the run's own half-done work: then it is put back, and what it held is kept, and told
//! again by every recovery after one that was killed.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, DirEntry, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{Action, FileError, Reason};
use super::journal::Journal;
use super::record::{Digest, RecordedFile, Standing};
use super::stage::{self, Attributes, Mode, Staged};
use super::{Lock, Snapshot, backup, folder, read};

/// What stands between the name of a copy and a digest, in the name of what was found in the file's place.
const FOUND: &str = ".found-";

/// A run that did not end, and whose files are as they were before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// What the run was.
    pub run: String,
    /// The files of which something is to be said: one sentence each, with the file's name in it.
    pub warnings: Vec<String>,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an unfinished run ({}) was rolled back: its files are as they were before it", self.run)?;
        if self.warnings.is_empty() { Ok(()) } else { f.write_str(", but for what is said of them here") }
    }
}

/// Puts back what a run left half done, if one did. Whoever calls this holds the [`Lock`].
pub(super) fn recover(state: &Path) -> Result<Option<Recovered>, FileError> {
    Recovery::of(state)?.map(Recovery::run).transpose()
}

/// What the run was that did not end, if there is one. Changes nothing, and takes no lock where there is none.
pub fn unfinished(state: &Path) -> Result<Option<String>, FileError> {
    // A run that is under way has a journal, too.
    if Lock::is_held(&super::lock_of(state)) {
        return Ok(None);
    }
    Ok(Journal::read(state)?.map(|journal| journal.record.title()))
}

/// How a file stands to the run.
enum State {
    Old,
    /// As the run left it.
    Ours,
    /// Half written in place, by the run or by an earlier recovery, unless somebody edited it: its contents.
    Torn(Zeroizing<Vec<u8>>),
    Foreign,
}

/// A recovery under way.
pub(super) struct Recovery {
    pub(super) journal: Journal,
    /// The folder of the run's backups.
    copies: PathBuf,
    warnings: Vec<String>,
}

impl Recovery {
    /// That of the run that left its journal in `state`, if one did.
    pub(super) fn of(state: &Path) -> Result<Option<Recovery>, FileError> {
        Journal::sweep(state)?;
        let of = |journal: Journal| {
            let copies = backup::folder_of(state).join(&journal.record.run);
            Recovery { journal, copies, warnings: Vec::new() }
        };
        Ok(Journal::read(state)?.map(of))
    }

    /// Puts back every file of the run.
    pub(super) fn run(mut self) -> Result<Recovered, FileError> {
        for index in 0..self.journal.record.files.len() {
            self.put_back(index)?;
        }
        self.clean_up()?;
        Ok(Recovered { run: self.journal.record.title(), warnings: self.warnings })
    }

    /// Puts back one file of the run, unless it is as it was.
    pub(super) fn put_back(&mut self, index: usize) -> Result<(), FileError> {
        let file = self.journal.record.files[index].clone();
        let failed = |error: io::Error| FileError::new(Action::PutBack, file.path(), error);
        if self.is_out_of_reach(&file) {
            self.warnings.push(self.out_of_reach(&file));
            return Ok(());
        }
        backup::remove_if_there(&file.staged_path()).or_else(without_folder).map_err(failed)?;
        match state(&file)? {
            // The process that wrote it in place may have died before its contents were on the disk.
            State::Old if file.in_place => File::open(file.target()).and_then(|it| it.sync_all()).map_err(failed)?,
            State::Old => {}
            State::Foreign => self.warnings.push(self.left_alone(&file)),
            // The copies go only when every file is as it was: what it holds is of later.
            State::Torn(_) if is_missing(&self.copies) => self.warnings.push(self.left_alone(&file)),
            State::Torn(contents) => {
                self.keep(&file, &contents)?;
                self.restore(index, &file)?;
            }
            State::Ours => self.restore(index, &file)?,
        }
        if file.in_place {
            self.warnings.extend(self.kept(&file)?);
        }
        Ok(())
    }

    /// Gives a file what it held before, or removes it where there was none.
    fn restore(&mut self, index: usize, file: &RecordedFile) -> Result<(), FileError> {
        let failed = |reason| FileError::new(Action::PutBack, file.path(), reason);
        let Some(before) = &file.before else {
            return fs::remove_file(file.target()).map_err(|error| failed(error.into()));
        };
        let contents = self.copy_of(file, before)?;
        if !file.in_place {
            let attributes = Attributes {
                mode: Mode::Exactly(before.mode),
                owner: Some((before.uid, before.gid)),
                like: Some(file.target()),
            };
            let staged = Staged::new(file.staged_path(), &contents, attributes).map_err(failed)?;
            // Staging took as long as the disk needed.
            if !matches!(state(file)?, State::Ours) {
                self.warnings.push(self.left_alone(file));
                return Ok(());
            }
            match staged.replace(file.target()) {
                Err(error) if stage::only_in_place(&error) => {}
                result => return result.map_err(|error| failed(error.into())),
            }
            self.journal.mark_in_place(index).map_err(|error| failed(error.into()))?;
        }
        stage::open_in_place(file.target())
            .and_then(|target| stage::overwrite(&target, &contents, before.mode))
            .map_err(|error| failed(error.into()))
    }

    /// What the run's copy of a file holds.
    fn copy_of(&self, file: &RecordedFile, before: &Standing) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let copy = self.copies.join(file.backup());
        let sound = read(&copy)?.filter(|copy| Digest::of(&copy.bytes) == before.sha256);
        let damaged = || Reason::BackupDamaged { backup: copy.clone(), journal: self.journal.path() };
        Ok(sound.ok_or_else(|| FileError::new(Action::PutBack, file.path(), damaged()))?.bytes)
    }

    /// Keeps what a torn file holds, beside its copy: perhaps it is what somebody made of it since.
    fn keep(&self, file: &RecordedFile, contents: &[u8]) -> Result<(), FileError> {
        let mut name = self.copies.join(file.backup()).into_os_string();
        name.push(format!("{FOUND}{}", Digest::of(contents).short()));
        let kept = PathBuf::from(name);
        // A recovery that was killed may have written it already, or half of it.
        backup::remove_if_there(&kept)
            .and_then(|()| backup::write_copy(&kept, contents))
            .and_then(|()| kept.parent().map_or(Ok(()), folder::sync))
            .map_err(|error| FileError::new(Action::BackUp, &kept, error))
    }

    /// What is to be said of what was kept of a torn file, by this recovery or by one before it that was killed.
    fn kept(&self, file: &RecordedFile) -> Result<Vec<String>, FileError> {
        let copy = self.copies.join(file.backup());
        let (Some(folder), Some(name)) = (copy.parent(), copy.file_name()) else { return Ok(Vec::new()) };
        let entries = match folder::entries(folder) {
            Err(error) if is_gone(&error) => return Ok(Vec::new()),
            result => result.map_err(|error| FileError::new(Action::List, folder, error))?,
        };
        let start = [name.as_bytes(), FOUND.as_bytes()].concat();
        let is_kept = |entry: &DirEntry| entry.file_name().as_bytes().starts_with(&start);
        let mut kept: Vec<PathBuf> = entries.iter().filter(|entry| is_kept(entry)).map(DirEntry::path).collect();
        kept.sort();
        let path = file.path().display();
        let sentence = |kept: PathBuf| {
            format!("{path} was half written, and is as it was before; what it held is in {}", kept.display())
        };
        Ok(kept.into_iter().map(sentence).collect())
    }

    /// Whether not even the folder of a file is there, and the run did not make it: it may lie on a disk that is not
    /// mounted now.
    fn is_out_of_reach(&self, file: &RecordedFile) -> bool {
        let Some(folder) = file.target().parent() else { return false };
        let is_missing = fs::metadata(folder).map_or_else(|error| is_gone(&error), |there| !there.is_dir());
        is_missing && !self.journal.record.folders.iter().any(|made| made.0 == folder)
    }

    fn out_of_reach(&self, file: &RecordedFile) -> String {
        let path = file.path().display();
        let copy = self.copies.join(file.backup());
        let what = match &file.before {
            Some(_) => format!("what it held before that run is in {}", copy.display()),
            None => "before that run there was no such file".to_owned(),
        };
        format!("the folder of {path} is not there: should it come back with what that run wrote, {what}")
    }

    fn left_alone(&self, file: &RecordedFile) -> String {
        let path = file.path().display();
        let copy = self.copies.join(file.backup());
        match &file.before {
            Some(_) if copy.exists() => format!(
                "{path} was changed by somebody else since, and stays so; what it held before that run is in {}",
                copy.display()
            ),
            _ => format!("{path} was changed by somebody else since, and stays so"),
        }
    }

    /// Brings the names to the disk, and then removes what only the run needed. The journal goes last.
    fn clean_up(&self) -> Result<(), FileError> {
        let record = &self.journal.record;
        let folders: BTreeSet<&Path> = record.files.iter().filter_map(|file| file.target().parent()).collect();
        for path in folders {
            folder::sync(path).or_else(without_folder).map_err(|error| FileError::new(Action::PutBack, path, error))?;
        }
        if self.warnings.is_empty() {
            // The copies have no use; one that cannot be removed does no harm.
            let _ = fs::remove_dir_all(&self.copies);
        }
        for folder in record.folders.iter().rev() {
            let _ = fs::remove_dir(&folder.0);
        }
        self.journal.remove().map_err(|error| FileError::new(Action::Journal, &self.journal.path(), error))
    }
}

/// Where even the folder that the run made is gone, there is nothing to do.
fn without_folder(error: io::Error) -> io::Result<()> {
    if is_gone(&error) { Ok(()) } else { Err(error) }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| is_gone(&error))
}

fn state(file: &RecordedFile) -> Result<State, FileError> {
    let now = match read(file.target()) {
        Err(FileError { reason: Reason::NotAFile(_) | Reason::SymlinkLoop, .. }) => return Ok(State::Foreign),
        Err(FileError { reason: Reason::Io(error), .. }) if is_gone(&error) => None,
        result => result?,
    };
    let Some(now) = now else {
        return Ok(match (&file.before, &file.after) {
            (None, _) => State::Old,
            (_, None) => State::Ours,
            _ => State::Foreign,
        });
    };
    Ok(state_of(file, now))
}

fn state_of(file: &RecordedFile, now: Snapshot) -> State {
    let digest = Digest::of(&now.bytes);
    let is_new = file.after.as_ref() == Some(&digest);
    let holds_old = file.before.as_ref().is_some_and(|before| before.sha256 == digest);
    // Another mode is the run's doing only where the run got that far, and somebody's choice elsewhere.
    let has_old_mode = file.before.as_ref().is_some_and(|before| before.mode == now.mode());
    // A link was put in its place.
    if now.path() != file.target() {
        State::Foreign
    } else if holds_old && (has_old_mode || !(is_new || file.in_place)) {
        State::Old
    } else if is_new || holds_old {
        State::Ours
    } else if file.in_place {
        State::Torn(now.bytes)
    } else {
        State::Foreign
    }
}
