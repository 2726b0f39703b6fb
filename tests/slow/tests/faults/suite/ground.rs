//! What a run stands on: mounts, permissions, the umask. Takes a command or a folder, and what it shall meet.
//!
//! Root does what a test needs by itself; others do it in a namespace of their own, where the system lets them. Where
//! it does not, [`Ground::mounts`] says so, and who would mount says what is done in its place.

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

/// What this system permits.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// Whether file systems can be mounted.
    pub mounts: bool,
}

impl Ground {
    /// Gives this process mounts of its own, which end with it. To be called before there is a second thread.
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

/// Keeps what is mounted from here on to this process.
fn make_private() -> nix::Result<()> {
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
}

/// A mounted file system; it is taken away when this is dropped.
pub struct Mounted(PathBuf);

impl Mounted {
    /// An empty file system in memory, with room for so many pages and files.
    ///
    /// # Panics
    ///
    /// It can't be mounted.
    pub fn tmpfs(folder: &Path, pages: usize, files: usize) -> Self {
        let room = format!("nr_blocks={pages},nr_inodes={files},mode=0755");
        mount(Some("none"), folder, Some("tmpfs"), MsFlags::empty(), Some(room.as_str())).expect("a tmpfs");
        Self(folder.to_owned())
    }

    /// Changes the room on a file system that [`Mounted::tmpfs`] made.
    ///
    /// # Panics
    ///
    /// More is used already.
    pub fn resize(&self, pages: usize, files: usize) {
        let room = format!("nr_blocks={pages},nr_inodes={files}");
        mount(Some("none"), &self.0, Some("tmpfs"), MsFlags::MS_REMOUNT, Some(room.as_str())).expect("another size");
    }

    /// The folder itself, which nobody may write to through this path.
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
        // What stays mounted ends with this process.
        let _ = umount2(&self.0, MntFlags::MNT_DETACH);
    }
}

/// Binds `file` onto itself for the command alone, so that it can't be renamed over.
pub fn bind(command: &mut Command, file: &Path) {
    let file = CString::new(file.as_os_str().as_bytes()).expect("a path without NUL");
    let bind = move || {
        unshare(CloneFlags::CLONE_NEWNS)?;
        make_private()?;
        mount(Some(file.as_c_str()), file.as_c_str(), None::<&str>, MsFlags::MS_BIND, None::<&str>)?;
        Ok(())
    };
    // SAFETY: system calls alone, between fork and exec; the path was made before.
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

/// Lets permission bits hold for the command, also if it is root's.
pub fn bound_by_permissions(command: &mut Command) {
    let drop = || {
        for capability in [CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH] {
            // SAFETY: it takes numbers alone. Who may not drop a capability has none.
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        }
        Ok(())
    };
    // SAFETY: system calls alone, between fork and exec.
    unsafe { command.pre_exec(drop) };
}
