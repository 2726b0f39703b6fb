//! Files: takes paths, gives what stands in them; takes all the writes of a run, makes them or leaves everything old.
//!
//! This is the only writer of files in the host. A run [`begin`]s: it takes the [`Lock`] and puts right what a run before
//! it may have left half done. Then it [`read`]s every file that it may change, decides what their new contents are, and
//! hands all of them to [`commit()`] at once.
//!
//! What is kept of a file that is replaced: its name, its mode (narrowed where it is private), its owner and group, and
//! its access control list, and the symbolic links that lead to it. What is not kept: other extended attributes, and other
//! hard links to it, which go on naming the previous contents.

mod backup;
mod commit;
mod earlier;
mod error;
mod folder;
mod interface;
mod journal;
mod lock;
mod record;
mod recover;
mod stage;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use journal::Journal;
use rustix::fs::OFlags;
use rustix::io::Errno;
use zeroize::Zeroizing;

pub use backup::Backups;
pub use commit::{Committed, Written, commit};
pub use earlier::{EarlierRun, earlier_runs};
pub use error::{Action, CommitError, FileError, Reason, Stranded};
pub use interface::{Disk, Files, Held};
pub use lock::Lock;
pub use record::{Digest, Record, RecordedFile, Standing, Unusable};
use recover::Recovery;
pub use recover::{Recovered, unfinished};
pub use write::Write;

/// Links followed before a path counts as a loop: what Linux itself allows.
const MAX_LINKS: usize = 40;

/// The longest file that is read: thousands of times what anyone's settings take, and far less than would hurt.
const MAX_LENGTH: usize = 256 << 20;

/// The lock's name in the folder of a run's lock, journal and backups.
const LOCK: &str = ".lock";

/// Takes the lock in the folder `state`, waiting for up to `patience`, and puts right what a run that was killed left
/// half done. Nothing that was read before holds any more.
///
/// `shared` is a further lock, of those who write into its folder too: it is taken for as long as that run's files there
/// are put right.
pub fn begin(state: &Path, shared: Option<&Path>, patience: Duration) -> Result<(Lock, Option<Recovered>), FileError> {
    let lock = Lock::acquire(&lock_of(state), patience)?;
    let Some(recovery) = Recovery::of(state)? else { return Ok((lock, None)) };
    let _shared = match shared {
        Some(shared) if recovery.journal.record.has_file_beside(shared)? => Some(Lock::acquire(shared, patience)?),
        _ => None,
    };
    Ok((lock, Some(recovery.run()?)))
}

/// Takes the lock at `shared`, which all who write into its folder share, and recovers what their runs left half done
/// there. Their own locks are in the folders beside it. The caller holds its own lock already.
pub fn begin_shared(shared: &Path, patience: Duration) -> Result<(Lock, Vec<Recovered>), FileError> {
    let lock = Lock::acquire(shared, patience)?;
    let mut recovered = Vec::new();
    // A folder that cannot be listed hides nothing that this run would build on: its files are read by name.
    let entries = shared.parent().and_then(|folder| folder::entries(folder).ok()).unwrap_or_default();
    for state in entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        // One that can't be read stops the next run of its own.
        let Ok(Some(journal)) = Journal::read(&state) else { continue };
        if journal.record.has_file_beside(shared)? {
            let _own = Lock::acquire(&lock_of(&state), patience)?;
            recovered.extend(recover::recover(&state)?);
        }
    }
    Ok((lock, recovered))
}

fn lock_of(state: &Path) -> PathBuf {
    state.join(LOCK)
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// It holds secrets: never wider than 0600, and folders made for it are 0700.
    Private,
    /// It holds none: an existing file keeps its mode, a new one gets 0644 less the umask.
    Shared,
}

/// A file as it stood when it was read.
pub struct Snapshot {
    /// Its contents.
    pub bytes: Zeroizing<Vec<u8>>,
    path: PathBuf,
    mode: u32,
    uid: u32,
    gid: u32,
    device: u64,
    inode: u64,
    links: u64,
}

impl Snapshot {
    /// Creates the snapshot of a file that is not on the disk, for other implementations of [`Files`].
    pub fn new(path: impl Into<PathBuf>, bytes: Zeroizing<Vec<u8>>, mode: u32) -> Self {
        Self { bytes, path: path.into(), mode, uid: 0, gid: 0, device: 0, inode: 0, links: 1 }
    }

    /// The real file: the path that was read, with every symbolic link followed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its permission bits, with set-user-id, set-group-id and sticky.
    pub fn mode(&self) -> u32 {
        self.mode
    }

    /// Whether both were read from one and the same file, by whatever name.
    fn is_same_file(&self, other: &Snapshot) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Whether nothing that a write takes over or replaces differs. Times are left out: a file that was only touched, or
    /// given another hard link, is still the file that was read.
    fn is_unchanged_in(&self, now: &Snapshot) -> bool {
        self.is_same_file(now)
            && self.path == now.path
            && (self.mode, self.uid, self.gid) == (now.mode, now.uid, now.gid)
            && self.bytes == now.bytes
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("path", &self.path)
            .field("mode", &format_args!("{:04o}", self.mode))
            .field("bytes", &format_args!("<{} bytes>", self.bytes.len()))
            .finish_non_exhaustive()
    }
}

/// What stands in the file at `path` now, symbolic links followed; `None` if there is no file, also where a symbolic
/// link leads to nothing. Folders, pipes, sockets and devices are refused, and not even opened.
pub fn read(path: &Path) -> Result<Option<Snapshot>, FileError> {
    let failed = |reason| FileError::new(Action::Read, path, reason);
    let resolved = resolve(path).map_err(failed)?;
    read_real(&resolved, path)
}

/// What stands now at the real place of `path`, as [`real_path`] gave it. It is not looked for again, and a link that took
/// its place is refused.
pub fn read_real(resolved: &Path, path: &Path) -> Result<Option<Snapshot>, FileError> {
    let failed = |reason| FileError::new(Action::Read, path, reason);
    match fs::metadata(resolved) {
        Ok(metadata) => require_regular(&metadata).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    }
    // Should a pipe have taken its place since, the open must not wait for somebody to write to it.
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

/// The real place of `path`: absolute and without symbolic links, whether or not anything stands there.
pub fn real_path(path: &Path) -> Result<PathBuf, FileError> {
    resolve(path).map_err(|reason| FileError::new(Action::Read, path, reason))
}

fn require_regular(metadata: &Metadata) -> Result<(), Reason> {
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

/// The whole file. `Read::read_to_end` would grow its buffer by moving it, and leave a copy of the contents in freed
/// memory; here every buffer is wiped, also when the file turns out longer than it was said to be.
fn read_all(mut file: &File, length: u64) -> io::Result<Zeroizing<Vec<u8>>> {
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

/// The real place of `path`, absolute and without symbolic links, whether or not anything stands there: a link that
/// leads to nothing resolves to the place where its file would be.
fn resolve(path: &Path) -> Result<PathBuf, Reason> {
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
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file").into());
    };
    match fs::read_link(path) {
        Ok(_) if links == 0 => Err(Reason::SymlinkLoop),
        Ok(next) => resolve_within(&folder.join(next), links - 1),
        Err(_) => Ok(resolve_within(folder, links)?.join(name)),
    }
}
