//! Backups: takes a file as it was read, gives a copy of it under a folder of this run; keeps those of the newest runs.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use super::error::{Action, FileError, Reason};
use super::{Privacy, Snapshot, folder, read_all};

/// Runs that may start in one second before something must be wrong.
const MOST_RUNS_A_SECOND: u32 = 1000;

/// Where the previous contents of files go: `FOLDER/20261123T195800Z/NAME`, `…Z-2/NAME` for a second run within that
/// second. Files are 0600 and folders 0700, whatever the modes of the originals.
#[derive(Debug, Clone)]
pub struct Backups {
    /// The folder that holds one folder per run.
    pub folder: PathBuf,
    /// How many runs to keep; the present one always is.
    pub keep: usize,
    /// The time of this run.
    pub now: Timestamp,
}

impl Backups {
    /// How many runs are kept unless somebody wants otherwise.
    pub const KEEP: usize = 10;

    /// Makes the folder of this run, which no other run has or had.
    pub(super) fn create_run(&self, made: &mut Vec<PathBuf>) -> Result<PathBuf, FileError> {
        folder::make(&self.folder, Privacy::Private, made)?;
        let stamp = self.now.strftime("%Y%m%dT%H%M%SZ").to_string();
        for number in 1..=MOST_RUNS_A_SECOND {
            let run = self.folder.join(if number == 1 { stamp.clone() } else { format!("{stamp}-{number}") });
            match folder::create(&run, Privacy::Private) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FileError::new(Action::CreateFolder, &run, error)),
                Ok(()) => return Ok(run),
            }
        }
        let error = io::Error::from(io::ErrorKind::AlreadyExists);
        Err(FileError::new(Action::CreateFolder, &self.folder.join(stamp), error))
    }

    /// Copies `snapshot` to `name` inside the folder `run`, all the way to the disk, and reads it back.
    pub(super) fn save(&self, run: &Path, name: &Path, snapshot: &Snapshot) -> Result<PathBuf, FileError> {
        let copy = run.join(name);
        let failed = |reason| FileError::new(Action::BackUp, &copy, reason);
        if name.as_os_str().is_empty() || !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(failed(Reason::BackupName(name.to_owned())));
        }
        folder::open_to_owner(run).map_err(|error| failed(error.into()))?;
        if let Some(parent) = copy.parent() {
            folder::make(parent, Privacy::Private, &mut Vec::new())?;
        }
        write_copy(&copy, &snapshot.bytes).map_err(|error| failed(error.into()))?;
        for folder in copy.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.folder)) {
            folder::sync(folder).map_err(|error| failed(error.into()))?;
        }
        Ok(copy)
    }

    /// Removes the oldest runs, so that with `present` there are `keep`. Only folders named like runs are touched.
    pub(super) fn prune(&self, present: &Path) -> Result<(), FileError> {
        let failed = |error| FileError::new(Action::Prune, &self.folder, error);
        let mut earlier = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let is_folder = entry.file_type().map_err(failed)?.is_dir();
            let key = entry.file_name().to_str().and_then(run_key);
            if let Some(key) = key.filter(|_| is_folder && entry.path() != present) {
                earlier.push((key, entry.path()));
            }
        }
        earlier.sort();
        let excess = (earlier.len() + 1).saturating_sub(self.keep.max(1));
        for (_, run) in earlier.into_iter().take(excess) {
            fs::remove_dir_all(&run).map_err(|error| FileError::new(Action::Prune, &run, error))?;
        }
        Ok(())
    }
}

/// By what the folder of a run is ordered: its time, and its number within the second. `None` for any other name.
fn run_key(name: &str) -> Option<(String, u32)> {
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

fn write_copy(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
