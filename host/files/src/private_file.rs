//! Private files of the transaction itself: the journal and the backups.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::read::read_all;

/// Creates a private file at a free path, syncs it to the disk and reads it back.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // `create_new` neither overwrites nor follows a symbolic link.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let copy = fs::File::open(path)?;
    if *read_all(&copy, copy.metadata()?.len())? == bytes {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "the written file reads back with other contents"))
}

/// Removes a file if it exists. A read-only file system refuses removal even of a missing file.
pub(crate) fn remove_if_exists(path: &Path) -> io::Result<()> {
    let is_missing = || fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    fs::remove_file(path).or_else(|error| if is_missing() { Ok(()) } else { Err(error) })
}
