//! The environment of a run: mounts, permissions, the umask.
//!
//! As root, tests change it directly; as another user, they use a user namespace if the system allows it. Otherwise
//! [`Ground::mounts`] is false, and a test that needs a mount reports what it does instead.

use nix::libc;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{getegid, geteuid};
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lets root write what the permission bits forbid.
const CAP_DAC_OVERRIDE: libc::c_ulong = 1;
/// Lets root read what the permission bits forbid.
const CAP_DAC_READ_SEARCH: libc::c_ulong = 2;

/// What this system allows.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// Whether file systems can be mounted.
    pub mounts: bool,
}

impl Ground {
    /// Gives this process its own mount namespace. Must be called before a second thread starts.
    pub fn enter() -> Self {
        let (uid, gid) = (geteuid(), getegid());
        let own = || -> io::Result<()> {
            if uid.is_root() {
                unshare(CloneFlags::CLONE_NEWNS)?;
            } else {
                unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
                fs::write("/proc/self/setgroups", "deny")?;
                fs::write("/proc/self/uid_map", format!("0 {uid} 1"))?;
                fs::write("/proc/self/gid_map", format!("0 {gid} 1"))?;
            }
            make_private()?;
            Ok(())
        };
        Self { mounts: own().is_ok() }
    }
}

/// Makes later mounts private to this process.
fn make_private() -> nix::Result<()> {
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
}

/// A mounted file system. Dropping this unmounts it.
pub struct Mounted(PathBuf);

impl Mounted {
    /// An empty tmpfs with this many pages and files.
    ///
    /// # Panics
    ///
    /// It can't be mounted.
    pub fn tmpfs(folder: &Path, pages: usize, files: usize) -> Self {
        let room = format!("nr_blocks={pages},nr_inodes={files},mode=0755");
        mount(Some("none"), folder, Some("tmpfs"), MsFlags::empty(), Some(room.as_str())).expect("a tmpfs");
        Self(folder.to_owned())
    }

    /// Changes the size of a [`Mounted::tmpfs`].
    ///
    /// # Panics
    ///
    /// More is used already.
    pub fn resize(&self, pages: usize, files: usize) {
        let room = format!("nr_blocks={pages},nr_inodes={files}");
        mount(Some("none"), &self.0, Some("tmpfs"), MsFlags::MS_REMOUNT, Some(room.as_str())).expect("another size");
    }

    /// A read-only bind mount of the folder onto itself.
    ///
    /// # Panics
    ///
    /// It can't be mounted.
    pub fn read_only(folder: &Path) -> Self {
        let bind = MsFlags::MS_BIND;
        mount(Some(folder), folder, None::<&str>, bind, None::<&str>).expect("a bind mount");
        let mounted = Self(folder.to_owned());
        let read_only = bind | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
        mount(None::<&str>, folder, None::<&str>, read_only, None::<&str>).expect("a read-only bind mount");
        mounted
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // The remaining mounts end with this process.
        let _ = umount2(&self.0, MntFlags::MNT_DETACH);
    }
}

/// Bind-mounts `file` onto itself for the command only, so that no rename can replace it.
pub fn bind(command: &mut Command, file: &Path) {
    let file = CString::new(file.as_os_str().as_bytes()).expect("a path without NUL");
    let bind = move || {
        unshare(CloneFlags::CLONE_NEWNS)?;
        make_private()?;
        mount(Some(file.as_c_str()), file.as_c_str(), None::<&str>, MsFlags::MS_BIND, None::<&str>)?;
        Ok(())
    };
    // SAFETY: only system calls between fork and exec; the path was allocated before.
    unsafe { command.pre_exec(bind) };
}

/// Runs the command under this umask.
pub fn under_umask(command: &mut Command, mask: u32) {
    let set = move || {
        umask(Mode::from_bits_truncate(mask));
        Ok(())
    };
    // SAFETY: one system call, between fork and exec.
    unsafe { command.pre_exec(set) };
}

/// Applies permission bits to the command, even as root.
pub fn bound_by_permissions(command: &mut Command) {
    let drop = || {
        for capability in [CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH] {
            // SAFETY: it takes only numbers. A process that cannot drop a capability has none.
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        }
        Ok(())
    };
    // SAFETY: only system calls between fork and exec.
    unsafe { command.pre_exec(drop) };
}
