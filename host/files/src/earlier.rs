//! Earlier runs: takes the folder of the backups, gives what each run there did to which files, so that it can be
//! undone.

use std::path::{Path, PathBuf};

use super::error::FileError;
use super::journal::RECORD;
use super::record::{Digest, Record, RecordedFile, Unusable};
use super::{Snapshot, backup, read};

/// An earlier run whose backups are kept.
#[derive(Debug)]
pub struct EarlierRun {
    /// The name of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What it did, or why that can't be known.
    pub record: Result<Record, Unusable>,
}

/// The runs whose backups are kept, newest first.
///
/// # Errors
///
/// A folder or a file there can't be read.
pub fn earlier_runs(state: &Path) -> Result<Vec<EarlierRun>, FileError> {
    let runs = backup::runs(state)?.into_iter().rev();
    runs.map(|(_, folder)| EarlierRun::of(folder)).collect()
}

impl EarlierRun {
    fn of(folder: PathBuf) -> Result<EarlierRun, FileError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let record = match read(&folder.join(RECORD))? {
            Some(snapshot) => Record::of(&snapshot),
            None => Err(Unusable::Missing),
        };
        Ok(EarlierRun { name, folder, record })
    }

    /// What a file held before this run; `None` if the copy is not, or no more, what was put there.
    ///
    /// # Errors
    ///
    /// The copy can't be read.
    pub fn contents_before(&self, file: &RecordedFile) -> Result<Option<Snapshot>, FileError> {
        let Some(before) = &file.before else { return Ok(None) };
        Ok(read(&self.copy(file))?.filter(|copy| Digest::of(&copy.bytes) == before.sha256))
    }

    /// Where the copy of a file is.
    pub fn copy(&self, file: &RecordedFile) -> PathBuf {
        self.folder.join(file.backup())
    }
}
