//! The lock between runs: takes the path of a file of its own and how long to wait, gives the lock until it is dropped.
//!
//! The kernel holds the lock, for the open file, so it ends with the process however that dies and cannot go stale.
//! The file itself is never removed: a second run may have it open already, and would then hold a lock on nothing.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::error::{Action, FileError, Reason};
use super::{Privacy, folder};

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The right to write files, which one run has at a time. Dropping it gives it up.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock on the file at `path`, which is made (0600, new folders 0700) if it does not exist. Waits up to
    /// `patience` while another run holds it.
    pub fn acquire(path: &Path, patience: Duration) -> Result<Lock, FileError> {
        let start = Instant::now();
        let file = open(path)?;
        let mut pause = FIRST_PAUSE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::Error(error)) => return Err(FileError::new(Action::Lock, path, error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = patience.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(FileError::new(Action::Lock, path, Reason::Locked(patience)));
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether a run holds the lock on the file at `path`. Makes and changes nothing.
    pub(super) fn is_held(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

fn open(path: &Path) -> Result<File, FileError> {
    if let Some(parent) = path.parent() {
        folder::make(parent, Privacy::Private, &mut Vec::new())?;
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        // A umask may have taken the owner's own bits, and then the next run could not open it.
        .and_then(|file| file.set_permissions(Permissions::from_mode(0o600)).map(|()| file))
        .map_err(|error| FileError::new(Action::Lock, path, error))
}
