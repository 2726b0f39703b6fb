//! One file's new contents: takes the bytes and what the file shall look like, gives a finished file under a temporary
//! name in the same folder, ready to be renamed; or writes a file in place, where it cannot be renamed onto.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, OFlags, RenameFlags, XattrFlags, fsetxattr, lgetxattr, renameat_with};
use rustix::io::Errno;

use super::error::Reason;

/// What the names of temporary files begin and end with; between them are [`RANDOM_DIGITS`].
const TEMPORARY: (&str, &str) = (".leverage-", ".tmp");
/// Random hexadecimal digits in the name of a temporary file: so many that no name is drawn twice.
const RANDOM_DIGITS: usize = 16;

/// A random name for a temporary file; it tells nothing of the contents.
pub(super) fn temporary_name() -> String {
    let (start, end) = TEMPORARY;
    format!("{start}{:0RANDOM_DIGITS$x}{end}", RandomState::new().hash_one(()))
}

/// Whether [`temporary_name`] gives such names.
pub(super) fn is_temporary_name(name: &str) -> bool {
    let (start, end) = TEMPORARY;
    let digits = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    digits.is_some_and(|digits| digits.len() == RANDOM_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The extended attribute in which Linux has a file's access control list.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// A list of a thousand entries fits.
const LONGEST_ACCESS_LIST: usize = 8 << 10;

/// The permission bits of a staged file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// These, under any umask.
    Exactly(u32),
    /// 0644 less the umask, but never closed to its owner. Only for contents that may be seen.
    UmaskDecides,
}

/// What a staged file shall look like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes<'a> {
    pub(super) mode: Mode,
    /// User and group, if they are to be kept.
    pub(super) owner: Option<(u32, u32)>,
    /// The file whose access control list it shall have, if that has one.
    pub(super) like: Option<&'a Path>,
}

/// A finished file under a temporary name. Dropping it removes it, unless it got its real name.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    /// Whether the file had to be left to another group than it should have.
    pub(super) group_lost: bool,
    renamed: bool,
}

impl Staged {
    /// Makes the file at `path`, where nothing may stand, with everything on the disk.
    pub(super) fn new(path: PathBuf, bytes: &[u8], attributes: Attributes<'_>) -> Result<Staged, Reason> {
        let mut file = create(&path, attributes.mode)?;
        // From here on the file is removed on every failure.
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
            // What others may is what a new group may.
            Mode::Exactly(mode) if staged.group_lost => mode & (!0o070 | (mode & 0o007) << 3),
            Mode::Exactly(mode) => mode,
            Mode::UmaskDecides => created.mode() & 0o7777 | 0o600,
        };
        let list_lost = attributes.like.is_some_and(|like| copy_access_list(like, &file).is_err());
        // Beside a list the group's bits say how much of it holds; without it they would give that to the group.
        let mode = if list_lost { mode & 0o7700 } else { mode };
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(staged)
    }

    /// Renames the file onto `target`, in the place of what stands there.
    pub(super) fn replace(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }

    /// Renames the file to `target`, where nothing may stand: `AlreadyExists` if something appeared there.
    pub(super) fn appear(mut self, target: &Path) -> io::Result<()> {
        match renameat_with(CWD, &self.path, CWD, target, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            result => {
                self.renamed = result.is_ok();
                return Ok(result?);
            }
        }
        // A file system that cannot do it in one step. A link does not overwrite either, and dropping `self` then
        // takes the temporary name away. Without links too, what is left is a rename just after a look.
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
            // Nobody is left to tell, and what remains is a private file under a name that says whose it is.
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

/// Gives `to` the access control list of the file at `from`, if that has one.
fn copy_access_list(from: &Path, to: &File) -> io::Result<()> {
    let mut list = [0; LONGEST_ACCESS_LIST];
    match lgetxattr(from, ACCESS_LIST, &mut list[..]) {
        Ok(length) => Ok(fsetxattr(to, ACCESS_LIST, &list[..length], XattrFlags::empty())?),
        // There is none, or the file system knows none.
        Err(Errno::NODATA | Errno::NOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a rename was refused because of what the target is (a mount point, such as a file bound into a container),
/// so that writing it in place may still do.
pub(super) fn only_in_place(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::BUSY | Errno::XDEV))
}

/// Opens a file to be written in place; nothing is changed yet.
pub(super) fn open_in_place(target: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(target)
}

/// Writes `bytes` over the whole of `file`. Not atomic: whoever calls this has a backup on the disk.
pub(super) fn overwrite(mut file: &File, bytes: &[u8], mode: u32) -> io::Result<()> {
    let set_mode = |mode| file.set_permissions(Permissions::from_mode(mode));
    // Neither the old nor the new contents may be seen by anyone who may not see both, also after a loss of power: the
    // narrower mode is on the disk before new contents are, and the wider one after them.
    let before = file.metadata()?.mode() & 0o7777;
    let meanwhile = before & mode;
    if meanwhile != before {
        set_mode(meanwhile)?;
        file.sync_all()?;
    }
    file.write_all(bytes)?;
    // Cut only now: without a free block on the disk, the old ones are still there to write over.
    file.set_len(bytes.len() as u64)?;
    file.sync_all()?;
    if meanwhile != mode {
        set_mode(mode)?;
        file.sync_all()?;
    }
    Ok(())
}
