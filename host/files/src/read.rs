//! Reads regular files, and nothing else, without leaving copies of their contents in memory.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::error::FileError;
use crate::real_path::resolve;
use crate::reason::{Action, Reason};
use crate::snapshot::Snapshot;

/// The longest file that is read: thousands of times the size of real configuration files.
const MAX_LENGTH: usize = 64 << 20;

/// See [`Files::read`](crate::Files::read).
pub(crate) fn read(path: &Path) -> Result<Option<Snapshot>, FileError> {
    let failed = |reason| FileError::new(Action::Read, path, reason);
    let resolved = resolve(path).map_err(failed)?;
    read_real(&resolved, path)
}

/// See [`Files::read_real`](crate::Files::read_real).
pub(crate) fn read_real(resolved: &Path, path: &Path) -> Result<Option<Snapshot>, FileError> {
    let failed = |reason| FileError::new(Action::Read, path, reason);
    match fs::metadata(resolved) {
        Ok(metadata) => require_regular(&metadata).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    }
    // If a pipe has replaced the file since, opening it must not wait for a writer.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(resolved) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    };
    let metadata = file.metadata().map_err(|error| failed(error.into()))?;
    require_regular(&metadata).map_err(failed)?;
    let bytes = read_all(&file, metadata.len()).map_err(|error| failed(error.into()))?;
    Ok(Some(Snapshot {
        bytes,
        path: resolved.to_owned(),
        mode: metadata.mode() & 0o7777,
        uid: metadata.uid(),
        gid: metadata.gid(),
        device: metadata.dev(),
        inode: metadata.ino(),
        links: metadata.nlink(),
    }))
}

/// Fails unless this is a regular file.
pub(crate) fn require_regular(metadata: &Metadata) -> Result<(), Reason> {
    let kind = metadata.file_type();
    if kind.is_file() {
        Ok(())
    } else if kind.is_dir() {
        Err(Reason::NotAFile("a folder"))
    } else if kind.is_fifo() {
        Err(Reason::NotAFile("a pipe"))
    } else if kind.is_socket() {
        Err(Reason::NotAFile("a socket"))
    } else {
        Err(Reason::NotAFile("a device"))
    }
}

/// Reads the whole file. `length` is its expected length; a longer file is read completely, too.
///
/// `Read::read_to_end` would grow its buffer by moving it and leave a copy of the contents in freed memory. Here every
/// buffer is wiped.
pub(crate) fn read_all(mut file: &File, length: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
    let length = usize::try_from(length).ok().filter(|length| *length <= MAX_LENGTH).ok_or_else(too_large)?;
    let mut buffer = Zeroizing::new(vec![0; length + 1]);
    let mut filled = 0;
    loop {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled > MAX_LENGTH {
            return Err(too_large());
        }
        if filled == buffer.len() {
            let mut larger = Zeroizing::new(vec![0; filled * 2]);
            larger[..filled].copy_from_slice(&buffer);
            buffer = larger;
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}
