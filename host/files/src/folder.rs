//! Creates missing folders, lists folders, and syncs their entries to the disk.

use std::fs::{self, DirBuilder, DirEntry, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::error::FileError;
use crate::permissions::Privacy;
use crate::reason::Action;

/// Creates `folder` and its missing parents, and adds each to `created`, outermost first. Private folders are 0700 under
/// any umask. Others get what the umask leaves, and their owner always has access. An existing folder keeps its mode: the
/// files in it have private modes themselves.
pub(crate) fn create_all(folder: &Path, privacy: Privacy, created: &mut Vec<PathBuf>) -> Result<(), FileError> {
    for folder in list_missing(folder)? {
        create_with_access(&folder, privacy, created)
            .map_err(|error| FileError::new(Action::CreateFolder, &folder, error))?;
    }
    Ok(())
}

/// Lists `folder` and its parents as far as they do not exist, outermost first.
pub(crate) fn list_missing(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let absolute = std::path::absolute(folder).map_err(|error| FileError::new(Action::CreateFolder, folder, error))?;
    let mut missing: Vec<PathBuf> =
        absolute.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    Ok(missing)
}

fn create_with_access(folder: &Path, privacy: Privacy, created: &mut Vec<PathBuf>) -> io::Result<()> {
    match create_one(folder, privacy) {
        Ok(()) => created.push(folder.to_owned()),
        // Another program created it first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) => return Err(error),
    }
    allow_owner(folder)?;
    folder.parent().map_or(Ok(()), sync)
}

/// Creates one folder, which must not exist.
pub(crate) fn create_one(folder: &Path, privacy: Privacy) -> io::Result<()> {
    let mode = match privacy {
        Privacy::Private => 0o700,
        Privacy::Shared => 0o777,
    };
    DirBuilder::new().mode(mode).create(folder)
}

/// Gives the owner of a new folder the access that an unusual umask took away.
pub(crate) fn allow_owner(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.permissions().mode() & 0o7777;
    if mode & 0o700 == 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, Permissions::from_mode(mode | 0o700))
}

/// Lists the entries of `folder`.
pub(crate) fn list_entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    loop {
        match fs::read_dir(folder) {
            // A signal arrived.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            entries => return entries?.collect(),
        }
    }
}

/// Syncs the names in `folder` to the disk, so that they survive a power failure. Some network file systems do not support
/// this for folders, which is ignored.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(Errno::from_io_error(&error), Some(Errno::INVAL | Errno::NOTSUP)) => Ok(()),
        result => result,
    }
}

/// Whether the error says that a path, or a folder above it, does not exist.
pub(crate) fn is_missing_error(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
