//! Past runs whose backups are kept: what each did to which files, so that it can be undone.

use std::path::{Path, PathBuf};

use crate::backup::{self, RECORD};
use crate::error::FileError;
use crate::read::read;
use crate::reason::RecordError;
use crate::record::{Digest, Record, RecordedFile};
use crate::snapshot::Snapshot;

/// A past run whose backups are kept.
#[derive(Debug)]
pub struct PastRun {
    /// The name of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What it did, or why that is not known.
    pub record: Result<Record, RecordError>,
}

/// See [`Files::list_past_runs`](crate::Files::list_past_runs).
pub(crate) fn list_past_runs(state: &Path) -> Result<Vec<PastRun>, FileError> {
    let runs = backup::list_runs(state)?.into_iter().rev();
    runs.map(|(_, folder)| PastRun::read(folder)).collect()
}

impl PastRun {
    fn read(folder: PathBuf) -> Result<PastRun, FileError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let record = match read(&folder.join(RECORD))? {
            Some(snapshot) => Record::parse(&snapshot),
            None => Err(RecordError::Missing),
        };
        Ok(PastRun { name, folder, record })
    }

    /// See [`Files::read_backup`](crate::Files::read_backup).
    pub(crate) fn read_backup(&self, file: &RecordedFile) -> Result<Option<Snapshot>, FileError> {
        let Some(before) = &file.before else { return Ok(None) };
        Ok(read(&self.backup_path(file))?.filter(|copy| Digest::of(&copy.bytes) == before.sha256))
    }

    /// The path of the backup of a file.
    pub fn backup_path(&self, file: &RecordedFile) -> PathBuf {
        self.folder.join(file.backup())
    }
}
