//! What was attempted on a file, and why it failed. Contents of files never appear in a message.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// What was attempted when an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a file.
    Read,
    /// Take the lock that separates runs.
    Lock,
    /// Create a folder.
    CreateFolder,
    /// Write the backup of a file.
    BackUp,
    /// Write a file.
    Write,
    /// Remove the backups of past runs.
    Prune,
    /// List the backups of past runs.
    List,
    /// Write or close the journal of a run.
    Journal,
    /// Read the journal of an interrupted run.
    ReadJournal,
    /// Restore a file of an interrupted run.
    Restore,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Read => "read",
            Action::Lock => "lock",
            Action::CreateFolder => "create folder",
            Action::BackUp => "write backup",
            Action::Write => "write",
            Action::Prune => "remove old backups in",
            Action::List => "list backups in",
            Action::Journal => "write journal",
            Action::ReadJournal => "read journal",
            Action::Restore => "restore",
        })
    }
}

/// Why an operation on a file failed.
#[derive(Debug)]
pub enum Reason {
    /// The system refused.
    Io(io::Error),
    /// Another program modified the file between reading and writing.
    Changed,
    /// Another run held the lock for the whole time limit.
    Locked(Duration),
    /// The path is not a regular file: what it is instead, with its article.
    NotAFile(&'static str),
    /// The file's owner has no permission to write it.
    ReadOnly,
    /// The file belongs to this other user, and a new file cannot be given to that user.
    OtherOwner(u32),
    /// The file is the same as this other one of the run.
    SameFile(PathBuf),
    /// The symbolic links of the path form a loop.
    SymlinkLoop,
    /// The name of the backup would be outside of the backup folder.
    BackupName(PathBuf),
    /// The journal cannot be used.
    Journal(RecordError),
    /// The backup of the file is missing, or differs from what was saved.
    BackupDamaged {
        /// The path of the backup.
        backup: PathBuf,
        /// The journal that names the backup.
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
            Reason::Changed => f.write_str("modified by another program during this run"),
            Reason::Locked(limit) => write!(f, "another run still holds the lock after {} s", limit.as_secs_f32()),
            Reason::NotAFile(kind) => write!(f, "expected a regular file, found {kind}"),
            Reason::ReadOnly => f.write_str("the file is read-only"),
            Reason::OtherOwner(uid) => write!(f, "the file belongs to another user (uid {uid})"),
            Reason::SameFile(other) => write!(f, "same file as `{}`", other.display()),
            Reason::SymlinkLoop => f.write_str("symbolic links form a loop"),
            Reason::BackupName(name) => write!(f, "invalid backup name `{}`", name.display()),
            Reason::Journal(error) => error.fmt(f),
            Reason::BackupDamaged { backup, .. } => write!(f, "backup `{}` is damaged or missing", backup.display()),
        }
    }
}

impl Error for Reason {}

/// The version of journals and records that is written, and the only one that is read.
pub(crate) const RECORD_VERSION: u32 = 1;

/// Why the record of a run cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordError {
    /// The run has no record.
    Missing,
    /// Another version of leverage wrote the record, in this format version.
    Version(u32),
    /// The record is damaged, in this way.
    Damaged(String),
    /// Another user can have written the record: this is the owner's uid.
    Untrusted(u32),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordError::Missing => f.write_str("the run has no record"),
            RecordError::Version(version) => {
                write!(f, "unsupported format version {version}; this leverage supports version {RECORD_VERSION}")
            }
            RecordError::Damaged(how) => write!(f, "damaged: {how}"),
            RecordError::Untrusted(uid) => write!(f, "another user can have written it (owner: uid {uid})"),
        }
    }
}

impl Error for RecordError {}
