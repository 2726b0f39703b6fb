//! System calls: which of them touch files, which paths they name, and how they can fail.
//!
//! Pure. Calls that are not in the table touch no file; they are counted, and a run may be killed before them.

use nix::errno::Errno;
use nix::libc::{self, c_long};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};

/// The argument of a call that identifies its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A path, below the working folder.
    Path(usize),
    /// A path that may begin at the open folder before it.
    At(usize),
    /// Two paths: from, to.
    Paths(usize, usize),
    /// Two paths, each after the open folder that it may begin at.
    PathsAt(usize, usize),
    /// An open file.
    Open,
}

/// A call that touches files.
#[derive(Debug)]
pub struct Kind {
    number: c_long,
    /// Its name.
    pub name: &'static str,
    /// Its file.
    pub subject: Subject,
}

macro_rules! table {
    ($($(#[$on:meta])* $number:ident $name:literal $subject:expr;)*) => {
        &[$($(#[$on])* Kind { number: libc::$number, name: $name, subject: $subject }),*]
    };
}

use Subject::{At, Open, Path as Named, Paths, PathsAt};

const KINDS: &[Kind] = table! {
    #[cfg(target_arch = "x86_64")] SYS_open "open" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_stat "stat" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_lstat "lstat" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_readlink "readlink" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_mkdir "mkdir" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_rmdir "rmdir" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_unlink "unlink" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_chmod "chmod" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_chown "chown" Named(0);
    #[cfg(target_arch = "x86_64")] SYS_rename "rename" Paths(0, 1);
    #[cfg(target_arch = "x86_64")] SYS_link "link" Paths(0, 1);
    #[cfg(target_arch = "x86_64")] SYS_symlink "symlink" Named(1);
    SYS_openat "openat" At(1);
    SYS_newfstatat "newfstatat" At(1);
    SYS_statx "statx" At(1);
    SYS_readlinkat "readlinkat" At(1);
    SYS_mkdirat "mkdirat" At(1);
    SYS_unlinkat "unlinkat" At(1);
    SYS_fchmodat "fchmodat" At(1);
    SYS_fchownat "fchownat" At(1);
    SYS_symlinkat "symlinkat" At(2);
    SYS_renameat "renameat" PathsAt(1, 3);
    SYS_renameat2 "renameat2" PathsAt(1, 3);
    SYS_linkat "linkat" PathsAt(1, 3);
    SYS_close "close" Open;
    SYS_fstat "fstat" Open;
    SYS_getdents64 "getdents64" Open;
    SYS_read "read" Open;
    SYS_pread64 "pread64" Open;
    SYS_write "write" Open;
    SYS_pwrite64 "pwrite64" Open;
    SYS_writev "writev" Open;
    SYS_fsync "fsync" Open;
    SYS_fdatasync "fdatasync" Open;
    SYS_ftruncate "ftruncate" Open;
    SYS_fallocate "fallocate" Open;
    SYS_fchmod "fchmod" Open;
    SYS_fchown "fchown" Open;
    SYS_flock "flock" Open;
};

/// Calls that change or sync the disk.
const CHANGING: [&str; 21] = [
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "fchmod",
    "chown",
    "fchown",
    "fchownat",
    "ftruncate",
    "fallocate",
    "flock",
];

/// Calls that change or sync an open file.
const WRITING: [&str; 5] = ["write", "pwrite64", "writev", "fsync", "fdatasync"];

/// Calls that a signal may interrupt, so that they have to be made again.
const INTERRUPTED: [&str; 13] = [
    "open",
    "openat",
    "read",
    "pread64",
    "write",
    "pwrite64",
    "writev",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fchmod",
    "fchown",
    "flock",
];

/// The description of this call; `None` if it touches no file.
pub fn kind(number: u64) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| u64::try_from(kind.number) == Ok(number))
}

/// A system call of a run.
#[derive(Debug, Clone)]
pub struct Call {
    /// The thread that makes it.
    pub thread: Pid,
    /// Its name; that of a call that touches no file is its number.
    pub name: String,
    /// Its arguments, from the registers.
    pub args: [u64; 6],
    /// The files that it affects: those that it names, or the open one. Empty if they are outside of the place.
    pub paths: Vec<PathBuf>,
    /// Its result; a negative one is an error number. `None` if it never ended.
    pub result: Option<i64>,
}

impl Call {
    /// Whether it is this one.
    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// Whether it is this one, of those that touch no file.
    pub fn is_numbered(&self, number: c_long) -> bool {
        self.name == number.to_string()
    }

    /// Whether it is about a file below `folder`.
    pub fn is_below(&self, folder: &Path) -> bool {
        self.paths.iter().any(|path| path.starts_with(folder))
    }

    /// The flags of a call that opens a file.
    fn flags(&self) -> Option<i32> {
        let argument = match self.name.as_str() {
            "openat" => self.args[2],
            "open" => self.args[1],
            _ => return None,
        };
        // The upper half of the register is not part of the argument.
        Some(argument.to_le_bytes()[..4].try_into().map(i32::from_le_bytes).expect("four bytes"))
    }

    /// Whether it opens a file and empties it.
    pub fn truncates(&self) -> bool {
        self.flags().is_some_and(|flags| flags & libc::O_TRUNC != 0)
    }

    /// Whether it opens a file and makes it if there is none.
    pub fn opens_to_create(&self) -> bool {
        self.flags().is_some_and(|flags| flags & libc::O_CREAT != 0)
    }

    /// Whether it creates a file, and fails if the file exists.
    pub fn opens_exclusively(&self) -> bool {
        self.flags().is_some_and(|flags| flags & (libc::O_CREAT | libc::O_EXCL) == libc::O_CREAT | libc::O_EXCL)
    }

    /// Whether it makes a file or a folder.
    pub fn creates(&self) -> bool {
        self.opens_to_create() || self.is(&["mkdir", "mkdirat"])
    }

    /// The permission bits that it gives a file or folder.
    pub fn mode(&self) -> Option<u64> {
        let mode = match self.name.as_str() {
            "openat" if self.opens_to_create() => self.args[3],
            "open" | "mkdirat" | "fchmodat" if self.name != "open" || self.opens_to_create() => self.args[2],
            "mkdir" | "fchmod" | "chmod" => self.args[1],
            _ => return None,
        };
        Some(mode & 0o7777)
    }

    /// Whether the disk may look different after it than before it.
    pub fn changes(&self) -> bool {
        self.opens_to_create() || self.is(&CHANGING) || self.is(&WRITING)
    }

    /// The errors to inject.
    pub fn faults(&self) -> Vec<Errno> {
        let mut errors = vec![Errno::EIO, Errno::EACCES];
        if self.changes() {
            errors.extend([Errno::ENOSPC, Errno::EDQUOT, Errno::EROFS]);
        }
        if self.is(&INTERRUPTED) {
            errors.push(Errno::EINTR);
        }
        errors
    }
}
