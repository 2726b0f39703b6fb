//! The lock between runs: a file that the kernel locks for one process at a time.
//!
//! The lock ends with the process, however that ends, so it cannot go stale. A run that created the lock file and nothing
//! else removes it again. Another run may wait for the removed file by then, so after it gets the lock, it checks that
//! the file still has its name, and starts over if not.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use crate::error::FileError;
use crate::folder;
use crate::permissions::Privacy;
use crate::read::require_regular;
use crate::reason::{Action, Reason};

/// The name of the lock file in the folder of a run's journal and backups.
const LOCK: &str = ".lock";

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The right to write files, which one run has at a time. Dropping it releases it.
#[derive(Debug)]
pub(crate) struct Lock {
    file: LockFile,
}

/// An open lock file, locked or not.
#[derive(Debug)]
struct LockFile {
    path: PathBuf,
    file: File,
    /// What was created for it: folders, outermost first, then the file itself.
    created: Vec<PathBuf>,
}

impl Lock {
    /// The path of the lock file in the folder `state`.
    pub(crate) fn path_in(state: &Path) -> PathBuf {
        state.join(LOCK)
    }

    /// Takes the lock on the file at `path`, which is created (0600, new folders 0700) if it does not exist. Waits up to
    /// `timeout` while another run holds it.
    pub(crate) fn acquire(path: &Path, timeout: Duration) -> Result<Lock, FileError> {
        let failed = |error| FileError::new(Action::Lock, path, error);
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut opened = None;
        loop {
            match LockFile::open(path, opened.take())? {
                None => {}
                Some(file) => match file.file.try_lock() {
                    Ok(()) if file.has_its_name().map_err(failed)? => return Ok(Lock { file }),
                    Ok(()) => continue,
                    // A signal arrived.
                    Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                        opened = Some(file);
                    }
                    Err(TryLockError::Error(error)) => return Err(failed(error)),
                    Err(TryLockError::WouldBlock) => opened = Some(file),
                },
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(FileError::new(Action::Lock, path, Reason::Locked(timeout)));
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether a run holds the lock on the file at `path`. Creates and changes nothing.
    pub(crate) fn is_held(path: &Path) -> bool {
        // NFS can only lock files that are open for writing.
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(flags());
        let file = options.clone().write(true).open(path).or_else(|_| options.open(path));
        let regular = file.ok().filter(|file| file.metadata().is_ok_and(|metadata| metadata.is_file()));
        regular.is_some_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

/// Another user can have put a pipe or a link there: opening it must not wait, and must not follow it.
fn flags() -> i32 {
    (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed()
}

impl LockFile {
    /// The `opened` file, else the one at `path`, which is created if it does not exist. `None` if another run removes it
    /// at this moment.
    fn open(path: &Path, opened: Option<LockFile>) -> Result<Option<LockFile>, FileError> {
        if opened.is_some() {
            return Ok(opened);
        }
        let mut created = Vec::new();
        if let Some(parent) = path.parent() {
            folder::create_all(parent, Privacy::Private, &mut created)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600).custom_flags(flags());
        let file = match options.clone().create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.open(path),
            result => {
                created.extend(result.is_ok().then(|| path.to_owned()));
                result
            }
        };
        if let Ok(file) = &file {
            let metadata = file.metadata().map_err(|error| FileError::new(Action::Lock, path, error))?;
            require_regular(&metadata).map_err(|reason| FileError::new(Action::Lock, path, reason))?;
        }
        // If the umask takes the owner's access, the next run could not open the file.
        match file.and_then(|file| file.set_permissions(Permissions::from_mode(0o600)).map(|()| file)) {
            Ok(file) => Ok(Some(LockFile { path: path.to_owned(), file, created })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::new(Action::Lock, path, error)),
        }
    }

    /// Whether the open file is still the one at its path.
    fn has_its_name(&self) -> io::Result<bool> {
        let open = self.file.metadata()?;
        match fs::symlink_metadata(&self.path) {
            Ok(named) => Ok((open.dev(), open.ino()) == (named.dev(), named.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let LockFile { path, created, .. } = &self.file;
        let is_alone = || path.parent().and_then(|folder| fs::read_dir(folder).ok()).is_some_and(|it| it.count() == 1);
        if created.contains(path) && is_alone() {
            // Still locked: a run that waits for it will see that it lost its name. Failures are harmless.
            let _ = fs::remove_file(path);
            for folder in created.iter().rev().skip(1) {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acquire_refuses_a_pipe_without_waiting() {
        let place = tempfile::tempdir().unwrap();
        let path = Lock::path_in(place.path());
        for mode in ["600", "400"] {
            assert!(std::process::Command::new("mkfifo").args(["-m", mode]).arg(&path).status().unwrap().success());
            assert!(!Lock::is_held(&path));
            let error = Lock::acquire(&path, Duration::ZERO).map(|_| ()).unwrap_err();
            let is_permission =
                matches!(&error.reason, Reason::Io(error) if error.kind() == io::ErrorKind::PermissionDenied);
            assert!(is_permission || matches!(error.reason, Reason::NotAFile("a pipe")), "{error:?}");
            fs::remove_file(&path).unwrap();
        }
    }
}
