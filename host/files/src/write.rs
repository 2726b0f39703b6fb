//! One planned write: the old and the new contents of a file, and its new mode.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::permissions::{Mode, Privacy};
use crate::snapshot::Snapshot;

/// The new contents of one file, or its removal.
pub struct Write {
    /// The file, by the name that the user knows.
    pub path: PathBuf,
    /// The real file, from [`Files::real_path`](crate::Files::real_path) at the time the path was read.
    pub target: PathBuf,
    /// The file that `contents` is based on, from [`Files::read`](crate::Files::read).
    pub before: Option<Snapshot>,
    /// The complete new contents; `None` to remove the file.
    pub contents: Option<Zeroizing<Vec<u8>>>,
    /// Who may read it.
    pub privacy: Privacy,
    /// The new mode of a shared file; `None` keeps its mode, or lets the umask decide for a new file.
    pub mode: Option<u32>,
    /// The name of its backup in the folder of this run: relative, without `..`.
    pub backup_as: PathBuf,
}

impl Write {
    /// Whether it changes contents or mode, such as the mode of a private file that is too wide. A run leaves out other
    /// writes, so that an unchanged file keeps its inode and times.
    pub fn is_needed(&self) -> bool {
        match (&self.before, &self.contents) {
            (Some(before), Some(contents)) => {
                before.bytes != *contents || self.new_mode() != Mode::Exactly(before.mode())
            }
            (None, None) => false,
            _ => true,
        }
    }

    /// The mode of the written file.
    pub(crate) fn new_mode(&self) -> Mode {
        let wanted = self.mode.or(self.before.as_ref().map(Snapshot::mode));
        match (wanted, self.privacy) {
            (Some(mode), Privacy::Private) => Mode::Exactly(mode & 0o600),
            (Some(mode), Privacy::Shared) => Mode::Exactly(mode),
            (None, Privacy::Private) => Mode::Exactly(0o600),
            (None, Privacy::Shared) => Mode::UmaskDecides,
        }
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contents = self.contents.as_ref().map(|contents| format!("<{} bytes>", contents.len()));
        f.debug_struct("Write")
            .field("path", &self.path)
            .field("target", &self.target)
            .field("before", &self.before)
            .field("contents", &contents)
            .field("privacy", &self.privacy)
            .field("mode", &self.mode)
            .field("backup_as", &self.backup_as)
            .finish()
    }
}
