//! The lock between runs: takes the path of a file of its own and how long to wait, gives the lock until it is dropped.
//!
//! The kernel holds the lock, for the open file, so it ends with the process however that dies and cannot go stale.
//! A run that made the file and nothing else takes it away again. Another may have it open by then, and wait for a lock
//! on nothing; so whoever gets the lock looks whether the file still has its name, and starts anew if it has not.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
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
    file: LockFile,
}

/// A lock file that is open, and locked or not yet.
#[derive(Debug)]
struct LockFile {
    path: PathBuf,
    file: File,
    /// What was made for it, itself included: folders first, outer ones before inner ones.
    made: Vec<PathBuf>,
}

impl Lock {
    /// Takes the lock on the file at `path`, which is made (0600, new folders 0700) if it does not exist. Waits up to
    /// `patience` while another run holds it.
    pub fn acquire(path: &Path, patience: Duration) -> Result<Lock, FileError> {
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
                    // A signal came.
                    Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                        opened = Some(file);
                    }
                    Err(TryLockError::Error(error)) => return Err(failed(error)),
                    Err(TryLockError::WouldBlock) => opened = Some(file),
                },
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
        // NFS locks only what is open for writing.
        let file = OpenOptions::new().read(true).write(true).open(path).or_else(|_| File::open(path));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

impl LockFile {
    /// The file that is open already, or else the one at `path`, which is made if there is none. Nothing, if another run
    /// takes it away at this very moment.
    fn open(path: &Path, opened: Option<LockFile>) -> Result<Option<LockFile>, FileError> {
        if opened.is_some() {
            return Ok(opened);
        }
        let mut made = Vec::new();
        if let Some(parent) = path.parent() {
            folder::make(parent, Privacy::Private, &mut made)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        let file = match options.clone().create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.open(path),
            result => {
                made.extend(result.is_ok().then(|| path.to_owned()));
                result
            }
        };
        // A umask may have taken the owner's own bits, and then the next run could not open it.
        match file.and_then(|file| file.set_permissions(Permissions::from_mode(0o600)).map(|()| file)) {
            Ok(file) => Ok(Some(LockFile { path: path.to_owned(), file, made })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::new(Action::Lock, path, error)),
        }
    }

    /// Whether the open file is the one that others find at its path.
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
        let LockFile { path, made, .. } = &self.file;
        let is_alone = || path.parent().and_then(|folder| fs::read_dir(folder).ok()).is_some_and(|it| it.count() == 1);
        if made.contains(path) && is_alone() {
            // While it is locked: whoever waits for it sees that it has lost its name. What cannot be removed stays.
            let _ = fs::remove_file(path);
            for folder in made.iter().rev().skip(1) {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}
