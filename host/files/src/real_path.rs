//! Resolves a path to its real place, whether or not a file exists there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::error::FileError;
use crate::reason::{Action, Reason};

/// How many links are followed before a path counts as a loop: the limit of Linux itself.
const MAX_LINKS: usize = 40;

/// See [`Files::real_path`](crate::Files::real_path).
pub(crate) fn real_path(path: &Path) -> Result<PathBuf, FileError> {
    resolve(path).map_err(|reason| FileError::new(Action::Read, path, reason))
}

/// As [`real_path`], with the reason alone if it fails. A dangling link resolves to the place where its file would be.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, Reason> {
    resolve_within(&std::path::absolute(path)?, MAX_LINKS)
}

fn resolve_within(path: &Path, links: usize) -> Result<PathBuf, Reason> {
    match fs::canonicalize(path) {
        Ok(resolved) => return Ok(resolved),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if Errno::from_io_error(&error) == Some(Errno::LOOP) => return Err(Reason::SymlinkLoop),
        Err(error) => return Err(error.into()),
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name").into());
    };
    match fs::read_link(path) {
        Ok(_) if links == 0 => Err(Reason::SymlinkLoop),
        Ok(next) => resolve_within(&folder.join(next), links - 1),
        Err(_) => Ok(resolve_within(folder, links)?.join(name)),
    }
}
