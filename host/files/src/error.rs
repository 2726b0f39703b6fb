//! Errors of file operations, with their source and hints. Contents of files never appear in them.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::reason::{Action, Reason, RecordError};

/// One failed file operation: ``failed to write `PATH` ``. [`Error::source`] gives the reason.
#[derive(Debug)]
pub struct FileError {
    /// What was attempted.
    pub action: Action,
    /// The file or folder, by the name that the user knows.
    pub path: PathBuf,
    /// Why it failed.
    pub reason: Reason,
}

impl FileError {
    pub(crate) fn new(action: Action, path: &Path, reason: impl Into<Reason>) -> FileError {
        FileError { action, path: path.to_owned(), reason: reason.into() }
    }

    /// What the user can do about it, most useful first.
    pub(crate) fn hints(&self) -> Vec<String> {
        let path = self.path.display();
        match &self.reason {
            Reason::Io(error) => self.system_hint(error.kind()).into_iter().collect(),
            Reason::Changed => vec!["run the command again".to_owned()],
            Reason::Locked(_) => vec!["wait for the other run to end, then run the command again".to_owned()],
            Reason::NotAFile(_) => vec!["move it away, or configure another file".to_owned()],
            Reason::ReadOnly => vec![format!("run `chmod u+w {path}`, then run the command again")],
            Reason::OtherOwner(_) => {
                vec![format!("run the command as the owner of `{path}`, or take the file over with `chown`")]
            }
            Reason::SameFile(_) => vec!["configure a different file for each".to_owned()],
            Reason::SymlinkLoop => vec!["remove the links, or point one of them to a file".to_owned()],
            Reason::BackupName(_) => Vec::new(),
            Reason::Journal(RecordError::Version(_)) => {
                vec!["recover the interrupted run with the version of leverage that started it".to_owned()]
            }
            Reason::Journal(RecordError::Untrusted(_)) => vec![
                format!("review `{path}`: recovery would change the files that it lists"),
                format!("unless one of your runs wrote it, run `rm {path}`"),
            ],
            Reason::Journal(_) => vec![
                format!(
                    "a run was interrupted: compare your files with the newest folder in `{}`, and restore them from it",
                    self.path.with_file_name("backups").display()
                ),
                format!("then run `rm {path}`, and run the command again"),
            ],
            Reason::BackupDamaged { journal, .. } => vec![
                format!("a run was interrupted: restore `{path}` yourself"),
                format!("then run `rm {}`, and run the command again", journal.display()),
            ],
        }
    }

    fn system_hint(&self, kind: io::ErrorKind) -> Option<String> {
        match (kind, self.action) {
            (io::ErrorKind::PermissionDenied, Action::Read) => {
                Some(format!("`ls -l {}` shows who can read it", self.path.display()))
            }
            (io::ErrorKind::PermissionDenied, _) => {
                let folder = self.path.parent().unwrap_or(&self.path).display();
                Some(format!("`ls -ld {folder}` shows who can create and rename files there"))
            }
            (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, _) => {
                Some("free disk space, then run the command again".to_owned())
            }
            _ => None,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {} `{}`", self.action, self.path.display())
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match &self.reason {
            Reason::Io(error) => error,
            reason => reason,
        })
    }
}

/// A file that a failed run had changed and could not restore.
#[derive(Debug)]
pub struct Stranded {
    /// The file, by the name that the user knows.
    pub path: PathBuf,
    /// The backup of its previous contents; `None` if the file did not exist before.
    pub backup: Option<PathBuf>,
    /// Why it could not be restored.
    pub error: Reason,
}

impl Stranded {
    fn hint(&self) -> String {
        let Stranded { path, backup, error } = self;
        let path = path.display();
        match (error, backup) {
            (Reason::Changed, Some(backup)) => {
                format!("`{path}` was modified since; its previous contents are in `{}`", backup.display())
            }
            (Reason::Changed, None) => format!("`{path}` did not exist before, and was modified since"),
            (_, Some(backup)) => {
                format!("run `cp {} {path}`: restoring `{path}` failed ({error})", backup.display())
            }
            (_, None) => format!("run `rm {path}`: it did not exist before, and removing it failed ({error})"),
        }
    }
}

/// A failed commit. Every file is as it was before, except those in `stranded`.
#[derive(Debug)]
pub struct CommitError {
    /// What failed first.
    pub cause: FileError,
    /// The files that could not be restored: nearly always none.
    pub stranded: Vec<Stranded>,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        match self.stranded.len() {
            0 => f.write_str("; no files were changed"),
            1 => f.write_str("; failed to restore 1 changed file"),
            count => write!(f, "; failed to restore {count} changed files"),
        }
    }
}

impl Error for CommitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}

impl From<FileError> for leverage_error::Error {
    fn from(error: FileError) -> Self {
        let (message, hints) = (error.to_string(), error.hints());
        report(message, error.reason, hints)
    }
}

impl From<CommitError> for leverage_error::Error {
    fn from(error: CommitError) -> Self {
        let (message, mut hints) = (error.to_string(), error.cause.hints());
        hints.extend(error.stranded.iter().map(Stranded::hint));
        report(message, error.cause.reason, hints)
    }
}

fn report(message: String, reason: Reason, hints: Vec<String>) -> leverage_error::Error {
    let error = leverage_error::Error::new(leverage_error::Kind::Files, message);
    let error = match reason {
        Reason::Io(source) => error.cause(source),
        reason => error.cause(reason),
    };
    hints.into_iter().fold(error, leverage_error::Error::hint)
}
