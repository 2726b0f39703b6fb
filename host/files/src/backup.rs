//! Backups: takes a file as it was read, gives a copy of it under a folder of this run; keeps those of the newest runs.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use super::error::{Action, FileError};
use super::{Privacy, Snapshot, folder, journal, read_all};

/// What a run keeps, and where: the previous contents of its files go to `STATE/backups/20261123T195800Z/NAME`,
/// `…Z-2/NAME` for a second run within that second. Files are 0600 and folders 0700, whatever the originals' modes.
#[derive(Debug, Clone)]
pub struct Backups {
    /// The folder of the lock, where the journal and the backups are too.
    pub state: PathBuf,
    /// How many runs to keep; the present one always is.
    pub keep: usize,
    /// The time of this run.
    pub now: Timestamp,
    /// What this run is, for people.
    pub command: String,
}

impl Backups {
    /// How many runs are kept unless somebody wants otherwise.
    pub const KEEP: usize = 10;

    /// Those of a run that is `command`, in the usual number.
    pub fn new(state: impl Into<PathBuf>, command: impl Into<String>, now: Timestamp) -> Backups {
        Backups { state: state.into(), keep: Backups::KEEP, now, command: command.into() }
    }

    /// The folder that holds one folder per run.
    pub(super) fn folder(&self) -> PathBuf {
        folder_of(&self.state)
    }

    /// The time of this run as its record has it.
    pub(super) fn time(&self) -> String {
        self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// A name for the folder of this run, later than that of every other: the clock may have been put back, and a run
    /// that began earlier may have ended later.
    pub(super) fn free_name(&self) -> Result<String, FileError> {
        let stamp = self.now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let newest = runs(&self.state)?.pop().map(|(key, _)| key);
        Ok(match newest {
            Some((newest, number)) if newest >= stamp => format!("{newest}-{}", number.saturating_add(1)),
            _ => stamp,
        })
    }

    /// Makes the folder of this run.
    pub(super) fn create_run(&self, name: &str, made: &mut Vec<PathBuf>) -> Result<PathBuf, FileError> {
        folder::make(&self.folder(), Privacy::Private, made)?;
        let run = self.folder().join(name);
        let failed = |error| FileError::new(Action::CreateFolder, &run, error);
        folder::create(&run, Privacy::Private).map_err(failed)?;
        let created = folder::open_to_owner(&run).and_then(|()| folder::sync(&self.folder()));
        if let Err(error) = created {
            let _ = fs::remove_dir(&run);
            return Err(failed(error));
        }
        Ok(run)
    }

    /// Copies `snapshot` to `name` inside the folder `run`, all the way to the disk, and reads it back.
    pub(super) fn save(&self, run: &Path, name: &Path, snapshot: &Snapshot) -> Result<PathBuf, FileError> {
        let copy = run.join(name);
        let failed = |error| FileError::new(Action::BackUp, &copy, error);
        if let Some(parent) = copy.parent() {
            folder::make(parent, Privacy::Private, &mut Vec::new())?;
        }
        write_copy(&copy, &snapshot.bytes).map_err(failed)?;
        for folder in copy.ancestors().skip(1).take_while(|folder| folder.starts_with(self.folder())) {
            folder::sync(folder).map_err(failed)?;
        }
        Ok(copy)
    }

    /// Removes the oldest runs, so that with `present` there are `keep`. Only folders named like runs are touched.
    pub(super) fn prune(&self, present: &Path) -> Result<(), FileError> {
        let mut earlier = runs(&self.state)?;
        earlier.retain(|(_, run)| run != present);
        let excess = (earlier.len() + 1).saturating_sub(self.keep.max(1));
        for (_, run) in earlier.into_iter().take(excess) {
            fs::remove_dir_all(&run).map_err(|error| FileError::new(Action::Prune, &run, error))?;
        }
        Ok(())
    }
}

/// Whether `name` is that of a copy inside the folder of a run.
pub(super) fn is_inside(name: &Path) -> bool {
    let stays = name.components().all(|part| matches!(part, Component::Normal(_)));
    stays && !name.as_os_str().is_empty() && name != Path::new(journal::RECORD)
}

/// Where the runs' folders are.
pub(super) fn folder_of(state: &Path) -> PathBuf {
    state.join("backups")
}

/// By what runs are ordered: the time, and the number within the second.
pub(super) type RunKey = (String, u32);

/// The folders of runs, oldest first. Only folders named like runs are among them.
pub(super) fn runs(state: &Path) -> Result<Vec<(RunKey, PathBuf)>, FileError> {
    let folder = folder_of(state);
    let failed = |error| FileError::new(Action::List, &folder, error);
    let entries = match folder::entries(&folder) {
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

/// By what the folder of a run is ordered: its time, and its number within the second. `None` for any other name.
pub(super) fn run_key(name: &str) -> Option<RunKey> {
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

/// Removes a file that may not be there. A read-only file system refuses that before it looks.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    let is_missing = || fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    fs::remove_file(path).or_else(|error| if is_missing() { Ok(()) } else { Err(error) })
}

/// Makes a private file, where nothing may stand, brings it to the disk and reads it back.
pub(super) fn write_copy(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // `create_new` neither overwrites nor follows a symbolic link.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let copy = fs::File::open(path)?;
    if *read_all(&copy, copy.metadata()?.len())? == bytes {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "the copy reads back differently"))
}

#[cfg(test)]
mod tests {
    use super::run_key;

    #[test]
    fn runs_are_told_from_strangers_and_put_in_order() {
        let key = |name| run_key(name).unwrap();
        assert!(key("20261123T195800Z") < key("20261123T195800Z-2"));
        assert!(key("20261123T195800Z-9") < key("20261123T195800Z-10"));
        assert!(key("20261123T195800Z-10") < key("20261123T195801Z"));
        for stranger in ["", "notes", "20261123", "20261123T195800", "20261123T195800Z-", "20261123T195800Z-x"] {
            assert_eq!(run_key(stranger), None, "{stranger}");
        }
        for stranger in ["20261123T195800Z.old", "20261123t195800Z", "20261123T195800Z-+2", "20261123T195800Z-2-3"] {
            assert_eq!(run_key(stranger), None, "{stranger}");
        }
    }
}
