//! The record of a run as JSON: its files with their state before and after, from which a later run can restore them. It
//! contains paths, digests, modes and owners, never contents.

mod any_path;

use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::FileError;
use crate::permissions::Privacy;
use crate::real_path::real_path;
use crate::reason::{RECORD_VERSION, RecordError};
use crate::snapshot::Snapshot;
use crate::write::Write;
use crate::{backup, stage};
use any_path::AnyPath;

/// What a run does to which files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    version: u32,
    /// The command that the run carries out, as lists of runs show it.
    pub command: String,
    /// When it started, as `2026-11-23T19:58:00Z`.
    pub time: String,
    /// The name of its folder among the backups.
    pub(crate) run: String,
    /// Folders that the run creates, outermost first.
    pub(crate) folders: Vec<AnyPath>,
    /// Its files, in the order of the writes.
    pub files: Vec<RecordedFile>,
}

/// One file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFile {
    /// The file by the name that the user knows, absolute.
    path: AnyPath,
    /// The real file.
    target: AnyPath,
    private: bool,
    /// The file before the run; `None` if it did not exist.
    pub before: Option<Fingerprint>,
    /// The digest of the contents after the run; `None` if the run removes the file.
    pub after: Option<Digest>,
    /// The name of its backup, if there is one, in the run's folder.
    backup: AnyPath,
    /// The temporary name of the new contents, in the folder of the file.
    pub(crate) staged: String,
    /// Whether it is overwritten in place, and so can be found partly written.
    pub(crate) in_place: bool,
}

/// Digest and attributes of a file, without its contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The digest of its contents.
    pub sha256: Digest,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner.
    pub(crate) uid: u32,
    /// Its group.
    pub(crate) gid: u32,
}

/// The SHA-256 of a file's contents, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// Computes the digest of these bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The first digits: enough to tell contents apart in a file name.
    pub(crate) fn short(&self) -> &str {
        self.0.get(..16).unwrap_or(&self.0)
    }
}

impl Record {
    pub(crate) fn new(command: &str, time: String, run: String, folders: Vec<PathBuf>) -> Record {
        let folders = folders.into_iter().map(AnyPath).collect();
        Record { version: RECORD_VERSION, command: command.to_owned(), time, run, folders, files: Vec::new() }
    }

    /// The JSON document of this record.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    /// Parses the record in a file.
    ///
    /// # Errors
    ///
    /// Another user can have written the file, or it is damaged or of another version.
    pub(crate) fn parse(file: &Snapshot) -> Result<Record, RecordError> {
        // Files are restored by what it says, so nobody else must be able to write it.
        let is_own = [geteuid().as_raw(), 0].contains(&file.uid);
        if is_own && file.mode & 0o022 == 0 {
            Record::from_json(&file.bytes)
        } else {
            Err(RecordError::Untrusted(file.uid))
        }
    }

    fn from_json(bytes: &[u8]) -> Result<Record, RecordError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let damaged = |error: serde_json::Error| RecordError::Damaged(error.to_string());
        let Versioned { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        if version != RECORD_VERSION {
            return Err(RecordError::Version(version));
        }
        let record: Record = serde_json::from_slice(bytes).map_err(damaged)?;
        if backup::run_key(&record.run).is_none() {
            return Err(RecordError::Damaged(format!("invalid name of a run: {:?}", record.run)));
        }
        match record.files.iter().find(|file| !file.is_valid()) {
            None => Ok(record),
            Some(file) => Err(RecordError::Damaged(format!("invalid entry of `{}`", file.path().display()))),
        }
    }

    /// Whether one of its files is in the same folder as the file at `beside`.
    ///
    /// # Errors
    ///
    /// The real path of a folder cannot be determined.
    pub fn has_file_beside(&self, beside: &Path) -> Result<bool, FileError> {
        let folder = |path: &Path| path.parent().map(real_path).transpose();
        let shared = folder(beside)?;
        for file in &self.files {
            if folder(file.path())? == shared {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The command and time of the run, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{} at {}", self.command, self.time)
    }
}

impl RecordedFile {
    pub(crate) fn new(write: &Write, target: &Path) -> std::io::Result<RecordedFile> {
        Ok(RecordedFile {
            path: AnyPath(std::path::absolute(&write.path)?),
            target: AnyPath(target.to_owned()),
            private: write.privacy == Privacy::Private,
            before: write.before.as_ref().map(Fingerprint::of),
            after: write.contents.as_ref().map(|contents| Digest::of(contents)),
            backup: AnyPath(write.backup_as.clone()),
            staged: stage::temporary_name(),
            in_place: false,
        })
    }

    /// The file by the name that the user knows, absolute.
    pub fn path(&self) -> &Path {
        &self.path.0
    }

    /// The real file.
    pub fn target(&self) -> &Path {
        &self.target.0
    }

    /// Who may read the file.
    pub fn privacy(&self) -> Privacy {
        if self.private { Privacy::Private } else { Privacy::Shared }
    }

    /// The name of its backup, if there is one, in the run's folder.
    pub fn backup(&self) -> &Path {
        &self.backup.0
    }

    /// The path of the new contents until they are renamed.
    pub(crate) fn staged_path(&self) -> PathBuf {
        self.target().with_file_name(&self.staged)
    }

    /// Whether its paths have the form that a run gives them.
    fn is_valid(&self) -> bool {
        backup::is_backup_name(self.backup()) && self.target().is_absolute() && stage::is_temporary_name(&self.staged)
    }
}

impl Fingerprint {
    fn of(snapshot: &Snapshot) -> Fingerprint {
        Fingerprint { sha256: Digest::of(&snapshot.bytes), mode: snapshot.mode(), uid: snapshot.uid, gid: snapshot.gid }
    }
}
