//! Stages new contents: a complete file under a temporary name in the same folder, ready to be renamed. Also overwrites
//! files in place where a rename is not possible.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, OFlags, RenameFlags, XattrFlags, fsetxattr, lgetxattr, renameat_with};
use rustix::io::Errno;

use crate::permissions::Mode;
use crate::reason::Reason;

/// How the names of temporary files start and end, with [`RANDOM_DIGITS`] between.
const TEMPORARY: (&str, &str) = (".leverage-", ".tmp");
/// The number of random hexadecimal digits in the name of a temporary file: enough to avoid collisions.
const RANDOM_DIGITS: usize = 16;

/// A random name for a temporary file, independent of its contents.
pub(crate) fn temporary_name() -> String {
    let (start, end) = TEMPORARY;
    format!("{start}{:0RANDOM_DIGITS$x}{end}", RandomState::new().hash_one(()))
}

/// Whether the name has the form of [`temporary_name`].
pub(crate) fn is_temporary_name(name: &str) -> bool {
    let (start, end) = TEMPORARY;
    let digits = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    digits.is_some_and(|digits| digits.len() == RANDOM_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The extended attribute in which Linux keeps the access control list of a file.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// Enough for a list of a thousand entries.
const LONGEST_ACCESS_LIST: usize = 8 << 10;

/// The attributes of a staged file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attributes<'a> {
    pub(crate) mode: Mode,
    /// The user and group to keep, if any.
    pub(crate) owner: Option<(u32, u32)>,
    /// The file whose access control list is copied, if it has one.
    pub(crate) access_list_of: Option<&'a Path>,
}

/// A complete file under a temporary name. Dropping it removes the file, unless it was renamed.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    /// Whether the system refused to give the file its group.
    pub(crate) group_lost: bool,
    renamed: bool,
}

impl Staged {
    /// Creates the file at the free path `path` and syncs it to the disk.
    pub(crate) fn new(path: PathBuf, bytes: &[u8], attributes: Attributes<'_>) -> Result<Staged, Reason> {
        let mut file = create(&path, attributes.mode)?;
        // From here on, every failure removes the file.
        let mut staged = Staged { path, group_lost: false, renamed: false };
        let created = file.metadata()?;
        if let Some((uid, gid)) = attributes.owner {
            // Changing the owner may clear bits of the mode, so it comes first.
            if created.uid() != uid {
                fchown(&file, Some(uid), None).map_err(|_| Reason::OtherOwner(uid))?;
            }
            staged.group_lost = created.gid() != gid && fchown(&file, None, Some(gid)).is_err();
        }
        let mode = match attributes.mode {
            // The new group gets only the access that all users have.
            Mode::Exactly(mode) if staged.group_lost => mode & (!0o070 | (mode & 0o007) << 3),
            Mode::Exactly(mode) => mode,
            Mode::UmaskDecides => created.mode() & 0o7777 | 0o600,
        };
        let list_lost = attributes.access_list_of.is_some_and(|from| copy_access_list(from, &file).is_err());
        // With an access control list, the group bits are its mask. Without the list they would apply to the group itself.
        let mode = if list_lost { mode & 0o7700 } else { mode };
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(staged)
    }

    /// Renames the file to `target` and replaces what exists there.
    pub(crate) fn replace(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }

    /// Renames the file to the free path `target`. Fails with `AlreadyExists` if something appeared there.
    pub(crate) fn rename_to_free(mut self, target: &Path) -> io::Result<()> {
        match renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            result => {
                self.renamed = result.is_ok();
                return Ok(result?);
            }
        }
        // The file system does not support this in one step. A hard link does not overwrite either, and dropping `self`
        // removes the temporary name. Without hard links, only a plain rename is left.
        match fs::hard_link(&self.path, target) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => self.replace(target),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.renamed {
            // Failure is harmless: a private file with a recognizable name remains.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn create(path: &Path, mode: Mode) -> io::Result<File> {
    let mode = match mode {
        Mode::Exactly(_) => 0o600,
        Mode::UmaskDecides => 0o644,
    };
    // `create_new` neither overwrites nor follows a symbolic link.
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Copies the access control list of the file at `from`, if it has one.
fn copy_access_list(from: &Path, to: &File) -> io::Result<()> {
    let mut list = [0; LONGEST_ACCESS_LIST];
    match lgetxattr(from, ACCESS_LIST, &mut list[..]) {
        Ok(length) => Ok(fsetxattr(to, ACCESS_LIST, &list[..length], XattrFlags::empty())?),
        // The file has no list, or the file system does not support lists.
        Err(Errno::NODATA | Errno::NOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a rename failed because the target is a mount point, such as a file that is bound into a container. Writing it in
/// place can still succeed.
pub(crate) fn needs_overwrite(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::BUSY | Errno::XDEV))
}

/// Opens a file to be overwritten; changes nothing yet.
pub(crate) fn open_to_overwrite(target: &Path) -> io::Result<File> {
    // Another user can have put a pipe there since.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().write(true).custom_flags(flags.bits().cast_signed()).open(target)
}

/// Overwrites the whole of `file` with `bytes`. Not atomic: the caller has a backup on the disk.
pub(crate) fn overwrite(mut file: &File, bytes: &[u8], mode: u32) -> io::Result<()> {
    let set_mode = |mode| file.set_permissions(Permissions::from_mode(mode));
    // Only those who can read both the old and the new contents must see either, also after a power failure. So a
    // narrower mode is on the disk before the new contents, and a wider one after them.
    let before = file.metadata()?.mode() & 0o7777;
    let meanwhile = before & mode;
    if meanwhile != before {
        set_mode(meanwhile)?;
        file.sync_all()?;
    }
    file.write_all(bytes)?;
    // Truncated only now: on a full disk, the old blocks are still there to be overwritten.
    file.set_len(bytes.len() as u64)?;
    file.sync_all()?;
    if meanwhile != mode {
        set_mode(mode)?;
        file.sync_all()?;
    }
    Ok(())
}
