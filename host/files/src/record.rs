//! What a run does, as JSON: takes its files with what each was and shall be, gives a document that a later run of
//! `leverage` can go back by. It names files and holds digests, modes and owners, never contents.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{FileError, Privacy, Snapshot, backup, real_path, stage};

/// The version of the document that is written, and the only one that is read.
const VERSION: u32 = 1;

/// What a run does with which files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    version: u32,
    /// What the run is, for people.
    pub command: String,
    /// When it began, as `2026-11-23T19:58:00Z`.
    pub time: String,
    /// The name of its folder among the backups.
    pub run: String,
    /// Folders that did not exist before, outer ones first.
    pub(super) folders: Vec<AnyPath>,
    /// Its files, in their order.
    pub files: Vec<RecordedFile>,
}

/// One file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFile {
    /// The file as it was named, absolute.
    path: AnyPath,
    /// The real file.
    target: AnyPath,
    private: bool,
    /// What it was; `None` if it did not exist.
    pub before: Option<Standing>,
    /// The digest of what it shall hold; `None` if it shall not exist.
    pub after: Option<Digest>,
    /// The name of its copy, if there is one, inside the run's folder.
    backup: AnyPath,
    /// The name under which new contents stand beside it until they get its own.
    pub(super) staged: String,
    /// Whether it is written in place, and so may be found half written.
    pub(super) in_place: bool,
}

/// What a file was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Of its contents.
    pub sha256: Digest,
    /// Its permission bits.
    pub mode: u32,
    /// Whose it was.
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The SHA-256 of a file's contents, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Enough of it to tell two contents apart.
    pub(super) fn short(&self) -> &str {
        self.0.get(..16).unwrap_or(&self.0)
    }
}

/// A path in JSON: a text, or a list of bytes where it is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TextOrBytes", into = "TextOrBytes")]
pub(super) struct AnyPath(pub(super) PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum TextOrBytes {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<TextOrBytes> for AnyPath {
    fn from(path: TextOrBytes) -> AnyPath {
        AnyPath(match path {
            TextOrBytes::Text(text) => text.into(),
            TextOrBytes::Bytes(bytes) => OsString::from_vec(bytes).into(),
        })
    }
}

impl From<AnyPath> for TextOrBytes {
    fn from(AnyPath(path): AnyPath) -> TextOrBytes {
        match path.to_str() {
            Some(text) => TextOrBytes::Text(text.to_owned()),
            None => TextOrBytes::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }
}

impl Record {
    pub(super) fn new(command: &str, time: String, run: String, folders: Vec<PathBuf>) -> Record {
        let folders = folders.into_iter().map(AnyPath).collect();
        Record { version: VERSION, command: command.to_owned(), time, run, folders, files: Vec::new() }
    }

    /// The document's bytes.
    pub(super) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    /// The document that stands in a file.
    ///
    /// # Errors
    ///
    /// Why it can't be relied on.
    pub(super) fn of(file: &Snapshot) -> Result<Record, Unusable> {
        // What it says is done to one's files, so nobody else may have written it.
        let is_own = [geteuid().as_raw(), 0].contains(&file.uid);
        if is_own && file.mode & 0o022 == 0 {
            Record::from_json(&file.bytes)
        } else {
            Err(Unusable::Untrusted(file.uid))
        }
    }

    fn from_json(bytes: &[u8]) -> Result<Record, Unusable> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let damaged = |error: serde_json::Error| Unusable::Damaged(error.to_string());
        let Versioned { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        if version != VERSION {
            return Err(Unusable::Version(version));
        }
        let record: Record = serde_json::from_slice(bytes).map_err(damaged)?;
        if backup::run_key(&record.run).is_none() {
            return Err(Unusable::Damaged(format!("{:?} is no name of a run", record.run)));
        }
        match record.files.iter().find(|file| !file.is_sound()) {
            None => Ok(record),
            Some(file) => Err(Unusable::Damaged(format!("what it says of {} can't be", file.path().display()))),
        }
    }

    /// Whether one of its files stands in the folder of the file at `beside`.
    ///
    /// # Errors
    ///
    /// A folder can't be followed to its real place.
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

    /// The run as people know it.
    pub fn title(&self) -> String {
        format!("{} of {}", self.command, self.time)
    }
}

/// Why a document can't be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// There is none.
    Missing,
    /// Another version of `leverage` wrote it, in a form of its own.
    Version(u32),
    /// It is not what was written.
    Damaged(String),
    /// This other user wrote it, or others may.
    Untrusted(u32),
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unusable::Missing => f.write_str("it has no record"),
            Unusable::Version(version) => {
                write!(f, "it has the format {version} of another leverage, and this one knows {VERSION}")
            }
            Unusable::Damaged(how) => write!(f, "it is damaged ({how})"),
            Unusable::Untrusted(uid) => write!(f, "somebody else may have written it (it belongs to uid {uid})"),
        }
    }
}

impl RecordedFile {
    pub(super) fn new(write: &super::Write, target: &Path) -> std::io::Result<RecordedFile> {
        Ok(RecordedFile {
            path: AnyPath(std::path::absolute(&write.path)?),
            target: AnyPath(target.to_owned()),
            private: write.privacy == Privacy::Private,
            before: write.before.as_ref().map(Standing::of),
            after: write.contents.as_ref().map(|contents| Digest::of(contents)),
            backup: AnyPath(write.backup_as.clone()),
            staged: stage::temporary_name(),
            in_place: false,
        })
    }

    /// The file as it was named, absolute.
    pub fn path(&self) -> &Path {
        &self.path.0
    }

    /// The real file.
    pub fn target(&self) -> &Path {
        &self.target.0
    }

    /// Who may read it.
    pub fn privacy(&self) -> Privacy {
        if self.private { Privacy::Private } else { Privacy::Shared }
    }

    /// The name of its copy, if there is one, inside the run's folder.
    pub fn backup(&self) -> &Path {
        &self.backup.0
    }

    /// Where new contents stand until they get the file's name.
    pub(super) fn staged_path(&self) -> PathBuf {
        self.target().with_file_name(&self.staged)
    }

    /// Whether every path in it stays where paths of ours are.
    fn is_sound(&self) -> bool {
        backup::is_inside(self.backup()) && self.target().is_absolute() && stage::is_temporary_name(&self.staged)
    }
}

impl Standing {
    fn of(snapshot: &Snapshot) -> Standing {
        Standing { sha256: Digest::of(&snapshot.bytes), mode: snapshot.mode(), uid: snapshot.uid, gid: snapshot.gid }
    }
}
