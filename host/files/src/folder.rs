//! Folders: takes a path, makes the folders that are missing on the way to it; brings a folder's entries to the disk.

use std::fs::{self, DirBuilder, DirEntry, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::Privacy;
use super::error::{Action, FileError};

/// Makes `folder` and those above it that are missing, and adds each one made to `made`, outermost first. Private ones
/// are 0700 under any umask, others what the umask leaves, but never closed to their owner. A folder that exists
/// already keeps its mode: the files in it are private by their own.
pub(super) fn make(folder: &Path, privacy: Privacy, made: &mut Vec<PathBuf>) -> Result<(), FileError> {
    for folder in missing(folder)? {
        make_one(&folder, privacy, made).map_err(|error| FileError::new(Action::CreateFolder, &folder, error))?;
    }
    Ok(())
}

/// Those of `folder` and the ones above it that do not exist, outermost first.
pub(super) fn missing(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let absolute = std::path::absolute(folder).map_err(|error| FileError::new(Action::CreateFolder, folder, error))?;
    let mut missing: Vec<PathBuf> =
        absolute.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    Ok(missing)
}

fn make_one(folder: &Path, privacy: Privacy, made: &mut Vec<PathBuf>) -> io::Result<()> {
    match create(folder, privacy) {
        Ok(()) => made.push(folder.to_owned()),
        // Another program was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) => return Err(error),
    }
    open_to_owner(folder)?;
    folder.parent().map_or(Ok(()), sync)
}

/// Makes one folder, which must not exist.
pub(super) fn create(folder: &Path, privacy: Privacy) -> io::Result<()> {
    let mode = match privacy {
        Privacy::Private => 0o700,
        Privacy::Shared => 0o777,
    };
    DirBuilder::new().mode(mode).create(folder)
}

/// Gives the owner the bits that an unusual umask took from a folder just made.
pub(super) fn open_to_owner(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.permissions().mode() & 0o7777;
    if mode & 0o700 == 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, Permissions::from_mode(mode | 0o700))
}

/// What stands in `folder`.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    loop {
        match fs::read_dir(folder) {
            // A signal came.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            entries => return entries?.collect(),
        }
    }
}

/// Brings the names in `folder` to the disk, so that they outlive a power failure. Some network file systems cannot
/// do that for a folder and say so; there is nothing better to do there.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(Errno::from_io_error(&error), Some(Errno::INVAL | Errno::NOTSUP)) => Ok(()),
        result => result,
    }
}
