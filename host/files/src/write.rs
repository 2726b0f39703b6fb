//! One file's part in a run: takes what it was and what it shall be, says whether there is anything to do, and with
//! which mode.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::stage::Mode;
use super::{Privacy, Snapshot};

/// New contents for one file, or its removal.
pub struct Write {
    /// The file, as the person named it.
    pub path: PathBuf,
    /// The real file, as [`real_path`](super::real_path) gave it when the path was read.
    pub target: PathBuf,
    /// What [`read`](super::read()) gave for that path, and what `contents` was made from.
    pub before: Option<Snapshot>,
    /// The whole new text; `None` if the file shall go.
    pub contents: Option<Zeroizing<Vec<u8>>>,
    /// Who may read it.
    pub privacy: Privacy,
    /// The mode of a shared file, if it shall be another than it is, or than the umask makes it.
    pub mode: Option<u32>,
    /// Its name inside the folder of this run's backups: relative, without `..`.
    pub backup_as: PathBuf,
}

impl Write {
    /// Whether it changes anything: contents, or a mode, such as a private file's that is too wide. A run leaves the
    /// others out, so that a file which is right already keeps its inode and its times.
    pub fn is_needed(&self) -> bool {
        match (&self.before, &self.contents) {
            (Some(before), Some(contents)) => {
                before.bytes != *contents || self.new_mode() != Mode::Exactly(before.mode())
            }
            (None, None) => false,
            _ => true,
        }
    }

    pub(super) fn new_mode(&self) -> Mode {
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
