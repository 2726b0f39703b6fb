//! Backups: one folder per run with copies of the files that the run replaces. The newest runs are kept.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::error::FileError;
use crate::permissions::Privacy;
use crate::reason::Action;
use crate::snapshot::Snapshot;
use crate::{folder, private_file};

/// The name of the record in the folder of a completed run.
pub(crate) const RECORD: &str = "run.json";

/// Where a run keeps the previous contents of its files: in `STATE/backups/20261123T195800Z/NAME`, or `…Z-2/NAME` for a
/// second run within that second. Files are 0600 and folders 0700, whatever the modes of the originals.
#[derive(Debug, Clone)]
pub struct Backups {
    /// The folder of the lock, the journal and the backups.
    pub state: PathBuf,
    /// How many runs to keep, this one included. This run is always kept.
    pub keep: usize,
    /// The time of this run.
    pub now: Timestamp,
    /// The command that this run carries out, as lists of runs show it.
    pub command: String,
}

impl Backups {
    /// How many runs are kept by default.
    const KEEP: usize = 10;

    /// The backups of a run of `command`, with the default number of kept runs.
    pub fn new(state: impl Into<PathBuf>, command: impl Into<String>, now: Timestamp) -> Backups {
        Backups { state: state.into(), keep: Backups::KEEP, now, command: command.into() }
    }

    /// The folder that holds one folder per run.
    pub(crate) fn folder(&self) -> PathBuf {
        folder_of(&self.state)
    }

    /// The time of this run, in the format of its record.
    pub(crate) fn time(&self) -> String {
        self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// A name for the folder of this run that sorts after every other: the clock may have been set back, and a run that
    /// started earlier may have ended later.
    pub(crate) fn free_name(&self) -> Result<String, FileError> {
        let stamp = self.now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let newest = list_runs(&self.state)?.pop().map(|(key, _)| key);
        Ok(match newest {
            Some((newest, number)) if newest >= stamp => format!("{newest}-{}", number.saturating_add(1)),
            _ => stamp,
        })
    }

    /// Creates the folder of this run.
    pub(crate) fn create_run(&self, name: &str, created: &mut Vec<PathBuf>) -> Result<PathBuf, FileError> {
        folder::create_all(&self.folder(), Privacy::Private, created)?;
        let run = self.folder().join(name);
        let failed = |error| FileError::new(Action::CreateFolder, &run, error);
        folder::create_one(&run, Privacy::Private).map_err(failed)?;
        let completed = folder::allow_owner(&run).and_then(|()| folder::sync(&self.folder()));
        if let Err(error) = completed {
            let _ = fs::remove_dir(&run);
            return Err(failed(error));
        }
        Ok(run)
    }

    /// Copies `snapshot` to `name` in the folder `run`, syncs the copy to the disk and reads it back.
    pub(crate) fn save(&self, run: &Path, name: &Path, snapshot: &Snapshot) -> Result<PathBuf, FileError> {
        let copy = run.join(name);
        let failed = |error| FileError::new(Action::BackUp, &copy, error);
        if let Some(parent) = copy.parent() {
            folder::create_all(parent, Privacy::Private, &mut Vec::new())?;
        }
        private_file::create(&copy, &snapshot.bytes).map_err(failed)?;
        for folder in copy.ancestors().skip(1).take_while(|folder| folder.starts_with(self.folder())) {
            folder::sync(folder).map_err(failed)?;
        }
        Ok(copy)
    }

    /// Removes the oldest runs, so that `keep` runs remain, `current` included. Folders with other names are not touched.
    pub(crate) fn prune(&self, current: &Path) -> Result<(), FileError> {
        let mut past = list_runs(&self.state)?;
        past.retain(|(_, run)| run != current);
        let excess = (past.len() + 1).saturating_sub(self.keep.max(1));
        for (_, run) in past.into_iter().take(excess) {
            fs::remove_dir_all(&run).map_err(|error| FileError::new(Action::Prune, &run, error))?;
        }
        Ok(())
    }
}

/// Whether `name` is a valid name of a backup in the folder of a run.
pub(crate) fn is_backup_name(name: &Path) -> bool {
    let stays = name.components().all(|part| matches!(part, Component::Normal(_)));
    stays && !name.as_os_str().is_empty() && name != Path::new(RECORD)
}

/// The folder that contains the folders of all runs.
pub(crate) fn folder_of(state: &Path) -> PathBuf {
    state.join("backups")
}

/// The sort key of runs: the time, and the number within the second.
pub(crate) type RunKey = (String, u32);

/// Lists the folders of runs, oldest first. Folders with other names are left out.
pub(crate) fn list_runs(state: &Path) -> Result<Vec<(RunKey, PathBuf)>, FileError> {
    let folder = folder_of(state);
    let failed = |error| FileError::new(Action::List, &folder, error);
    let entries = match folder::list_entries(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        result => result.map_err(failed)?,
    };
    let mut runs = Vec::new();
    for entry in entries {
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        if let Some(key) = entry.file_name().to_str().and_then(run_key).filter(|_| is_folder) {
            runs.push((key, entry.path()));
        }
    }
    runs.sort();
    Ok(runs)
}

/// The sort key of the run whose folder has this name; `None` if the name is not that of a run.
pub(crate) fn run_key(name: &str) -> Option<RunKey> {
    let (stamp, number) = match name.split_once('-') {
        Some((stamp, number)) => (stamp, number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?),
        None => (name, 1),
    };
    let pattern = b"00000000T000000Z";
    let fits = stamp.len() == pattern.len()
        && stamp
            .bytes()
            .zip(pattern)
            .all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == *like });
    fits.then(|| (stamp.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::run_key;

    #[test]
    fn run_key_sorts_runs_and_rejects_other_names() {
        let key = |name| run_key(name).unwrap();
        assert!(key("20261123T195800Z") < key("20261123T195800Z-2"));
        assert!(key("20261123T195800Z-9") < key("20261123T195800Z-10"));
        assert!(key("20261123T195800Z-10") < key("20261123T195801Z"));
        for other in ["", "notes", "20261123", "20261123T195800", "20261123T195800Z-", "20261123T195800Z-x"] {
            assert_eq!(run_key(other), None, "{other}");
        }
        for other in ["20261123T195800Z.old", "20261123t195800Z", "20261123T195800Z-+2", "20261123T195800Z-2-3"] {
            assert_eq!(run_key(other), None, "{other}");
        }
    }
}
