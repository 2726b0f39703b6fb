//! What can go wrong with files: takes what was tried, on which path, and why it failed; gives one sentence, and apart
//! from it what to do. Contents of files never appear in either.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::record::Unusable;

/// What was being done when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Reading a file.
    Read,
    /// Taking the lock that keeps runs apart.
    Lock,
    /// Making a folder.
    CreateFolder,
    /// Putting a copy aside.
    BackUp,
    /// Writing a file.
    Write,
    /// Removing the backups of earlier runs.
    Prune,
    /// Looking through the backups of earlier runs.
    List,
    /// Keeping the journal of a run.
    Journal,
    /// Reading the journal that a run left behind.
    ReadJournal,
    /// Giving a file what it held before a run that did not end.
    PutBack,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Read => "read",
            Action::Lock => "lock",
            Action::CreateFolder => "create the folder",
            Action::BackUp => "write the backup",
            Action::Write => "write",
            Action::Prune => "remove old backups in",
            Action::List => "look through the backups in",
            Action::Journal => "keep the journal",
            Action::ReadJournal => "read the journal",
            Action::PutBack => "put back",
        })
    }
}

/// Why it failed.
#[derive(Debug)]
pub enum Reason {
    /// The system refused.
    Io(io::Error),
    /// Another program changed the file between the time it was read and the time to write it.
    Changed,
    /// Another run held the lock for as long as we were ready to wait.
    Locked(Duration),
    /// Something other than a regular file: what it is, with its article.
    NotAFile(&'static str),
    /// Its owner has no permission to write it.
    ReadOnly,
    /// It belongs to this other user, to whom a new file cannot be given.
    OtherOwner(u32),
    /// It is the same file as this other one of the run.
    SameFile(PathBuf),
    /// Its symbolic links lead back to themselves.
    SymlinkLoop,
    /// The name of its backup would lie outside the backup folder.
    BackupName(PathBuf),
    /// A journal can't be relied on.
    Journal(Unusable),
    /// Its backup is not what was put there.
    BackupDamaged {
        /// Where it is.
        backup: PathBuf,
        /// The journal by which the file was to be put back.
        journal: PathBuf,
    },
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Reason {
        Reason::Io(error)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Io(error) => error.fmt(f),
            Reason::Changed => f.write_str("it was changed by another program in the meantime"),
            Reason::Locked(patience) => write!(f, "another run still holds it after {} s", patience.as_secs_f32()),
            Reason::NotAFile(kind) => write!(f, "it is {kind}, not a file"),
            Reason::ReadOnly => f.write_str("it is read-only"),
            Reason::OtherOwner(uid) => write!(f, "it belongs to another user (uid {uid})"),
            Reason::SameFile(other) => write!(f, "it is the same file as {}", other.display()),
            Reason::SymlinkLoop => f.write_str("its symbolic links form a loop"),
            Reason::BackupName(name) => write!(f, "{} is no name inside the backup folder", name.display()),
            Reason::Journal(why) => why.fmt(f),
            Reason::BackupDamaged { backup, .. } => write!(f, "its backup {} is damaged or missing", backup.display()),
        }
    }
}

/// One file operation that failed: `failed to write PATH: why`.
///
/// The sentence is complete, so `source` gives nothing to append to it; the system's error is in `reason`.
#[derive(Debug)]
pub struct FileError {
    /// What was being done.
    pub action: Action,
    /// On which file or folder, as the person knows it.
    pub path: PathBuf,
    /// Why it failed.
    pub reason: Reason,
}

impl FileError {
    pub(super) fn new(action: Action, path: &Path, reason: impl Into<Reason>) -> FileError {
        FileError { action, path: path.to_owned(), reason: reason.into() }
    }

    /// What the person can do about it, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        let path = self.path.display();
        match &self.reason {
            Reason::Io(error) => self.system_hint(error.kind()),
            Reason::Changed => Some("run the command again".to_owned()),
            Reason::Locked(_) => Some("wait for it to end, then run the command again".to_owned()),
            Reason::NotAFile(_) => Some("move it out of the way, or name another file".to_owned()),
            Reason::ReadOnly => Some(format!("if it may be changed, `chmod u+w {path}` and run the command again")),
            Reason::OtherOwner(_) => Some(format!("make it yours with `chown`, or run as the owner of {path}")),
            Reason::SameFile(_) => Some("give each its own file".to_owned()),
            Reason::SymlinkLoop => Some("remove the links or point one of them at a file".to_owned()),
            Reason::BackupName(_) => None,
            Reason::Journal(Unusable::Version(_)) => {
                Some("run the leverage that wrote it, which can recover".to_owned())
            }
            Reason::Journal(Unusable::Untrusted(_)) => Some(format!(
                "recovery would change your files as it says: look at it, and remove {path} unless a run of yours wrote it"
            )),
            Reason::Journal(_) => {
                let backups = self.path.with_file_name("backups");
                Some(format!(
                    "a run did not end: compare your files with the newest folder in {}, put them right, then remove \
                     {path} and run the command again",
                    backups.display()
                ))
            }
            Reason::BackupDamaged { journal, .. } => Some(format!(
                "a run did not end: put {path} right, then remove {} and run the command again",
                journal.display()
            )),
        }
    }

    fn system_hint(&self, kind: io::ErrorKind) -> Option<String> {
        let path = self.path.display();
        match (kind, self.action) {
            (io::ErrorKind::PermissionDenied, Action::Read) => Some(format!("make sure that you may read {path}")),
            (io::ErrorKind::PermissionDenied, _) => {
                let folder = self.path.parent().unwrap_or(&self.path).display();
                Some(format!("make sure that you may create and rename files in {folder}"))
            }
            (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, _) => {
                Some("free some space and run the command again".to_owned())
            }
            _ => None,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {} {}: {}", self.action, self.path.display(), self.reason)
    }
}

impl Error for FileError {}

/// A file that a failed run had changed and could not put back.
#[derive(Debug)]
pub struct Stranded {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Its previous contents; `None` if the file did not exist before.
    pub backup: Option<PathBuf>,
    /// Why it could not be put back.
    pub error: Reason,
}

/// A commit that failed. Every file is as it was before, except those in `stranded`.
#[derive(Debug)]
pub struct CommitError {
    /// What failed first.
    pub cause: FileError,
    /// The files that could not be put back: nearly always none.
    pub stranded: Vec<Stranded>,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        if self.stranded.is_empty() {
            return f.write_str("; no file was changed");
        }
        for Stranded { path, backup, error } in &self.stranded {
            write!(f, "; besides, {} could not be put back ({error}): ", path.display())?;
            match backup {
                Some(backup) => write!(f, "its previous contents are in {}", backup.display())?,
                None => f.write_str("it did not exist before")?,
            }
        }
        Ok(())
    }
}

impl Error for CommitError {}

impl From<FileError> for leverage_error::Error {
    fn from(error: FileError) -> Self {
        let converted = Self::new(leverage_error::Kind::Files, error.to_string());
        error.hint().into_iter().fold(converted, Self::hint)
    }
}

impl From<CommitError> for leverage_error::Error {
    fn from(error: CommitError) -> Self {
        let converted = Self::new(leverage_error::Kind::Files, error.to_string());
        error.cause.hint().into_iter().fold(converted, Self::hint)
    }
}
