//! A file as it was when it was read.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Contents and attributes of a file at the time it was read.
pub struct Snapshot {
    /// Its contents.
    pub bytes: Zeroizing<Vec<u8>>,
    pub(crate) path: PathBuf,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) links: u64,
}

impl Snapshot {
    /// Creates the snapshot of a file that is not on the disk, for other implementations of [`Files`](crate::Files).
    pub fn new(path: impl Into<PathBuf>, bytes: Zeroizing<Vec<u8>>, mode: u32) -> Self {
        Self { bytes, path: path.into(), mode, uid: 0, gid: 0, device: 0, inode: 0, links: 1 }
    }

    /// The real file: the path that was read, with every symbolic link followed.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its permission bits, with set-user-id, set-group-id and sticky.
    pub(crate) fn mode(&self) -> u32 {
        self.mode
    }

    /// Whether both were read from the same file, by whatever name.
    pub(crate) fn is_same_file(&self, other: &Snapshot) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Whether everything that a write replaces or takes over is equal. Times and the number of hard links are not
    /// compared: a file that was only touched is unchanged.
    pub(crate) fn is_unchanged_in(&self, now: &Snapshot) -> bool {
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
