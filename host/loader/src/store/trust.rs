//! Checks that no other user can replace a file: owner, mode and links of the file and of each folder above it.

use rustix::process::geteuid;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use leverage_error::{Error, Kind, Result};

/// What a path is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    File,
    Folder,
}

/// Owner, mode and type of a file or folder.
#[derive(Debug, Clone, Copy)]
struct PathStatus {
    owner: u32,
    mode: u32,
    is_folder: bool,
    is_file: bool,
}

impl From<Metadata> for PathStatus {
    fn from(metadata: Metadata) -> Self {
        let kind = metadata.file_type();
        Self { owner: metadata.uid(), mode: metadata.mode(), is_folder: kind.is_dir(), is_file: kind.is_file() }
    }
}

/// Checks `path`, which is below `data`, and every folder above it. Below `data`, symbolic links are refused, and everything
/// must belong to the user. Folders above can belong to root, too.
///
/// # Errors
///
/// Another user can change one of them.
pub(super) fn check(data: &Path, path: &Path, expected: Expected) -> Result<()> {
    let unreadable = |path: &Path, error: io::Error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("`{}` not found", path.display()),
            _ => format!("cannot check `{}`", path.display()),
        };
        Error::new(Kind::Plugin, message).cause(error)
    };
    let me = geteuid().as_raw();
    let base = fs::canonicalize(data).map_err(|error| unreadable(data, error))?;
    for folder in base.ancestors() {
        let status: PathStatus = fs::metadata(folder).map_err(|error| unreadable(folder, error))?.into();
        refuse_if(folder, find_problem_above(&status, me))?;
    }
    let inner = path.strip_prefix(data).unwrap_or(path);
    let parts: Vec<Component<'_>> = inner.components().collect();
    let mut way = PathBuf::from(data);
    for (at, part) in parts.iter().enumerate() {
        way.push(part);
        let status: PathStatus = fs::symlink_metadata(&way).map_err(|error| unreadable(&way, error))?.into();
        let expected = if at + 1 == parts.len() { expected } else { Expected::Folder };
        refuse_if(&way, find_problem(&status, me, expected))?;
    }
    Ok(())
}

fn refuse_if(path: &Path, problem: Option<Problem>) -> Result<()> {
    let Some(problem) = problem else { return Ok(()) };
    let shown = path.display();
    let error = Error::new(Kind::Plugin, format!("`{shown}` {}", problem.what));
    Err(if problem.is_mode {
        error.hint(format!("if nobody else modified it, run `chmod go-w {shown}`"))
    } else {
        error
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Problem {
    what: String,
    /// Whether changing the mode solves it.
    is_mode: bool,
}

/// Finds a problem of a path in the store.
fn find_problem(status: &PathStatus, me: u32, expected: Expected) -> Option<Problem> {
    let wrong = |what: &str| Some(Problem { what: what.to_owned(), is_mode: false });
    match expected {
        Expected::File if !status.is_file => return wrong("is a symbolic link or not a regular file"),
        Expected::Folder if !status.is_folder => return wrong("is a symbolic link or not a folder"),
        _ => {}
    }
    if status.owner != me {
        return Some(Problem { what: format!("belongs to another user (uid {})", status.owner), is_mode: false });
    }
    find_writable_by_others(status)
}

/// Finds a problem of a folder above the store.
fn find_problem_above(status: &PathStatus, me: u32) -> Option<Problem> {
    if status.owner != me && status.owner != 0 {
        return Some(Problem { what: format!("belongs to another user (uid {})", status.owner), is_mode: false });
    }
    // With the sticky bit, as in /tmp, users cannot replace files of others.
    const STICKY: u32 = 0o1000;
    if status.mode & STICKY == 0 { find_writable_by_others(status) } else { None }
}

fn find_writable_by_others(status: &PathStatus) -> Option<Problem> {
    let what = || format!("is writable by other users (mode {:04o})", status.mode & 0o7777);
    (status.mode & 0o022 != 0).then(|| Problem { what: what(), is_mode: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: u32 = 1000;
    const FILE: PathStatus = PathStatus { owner: ME, mode: 0o100_500, is_folder: false, is_file: true };
    const FOLDER: PathStatus = PathStatus { owner: ME, mode: 0o040_700, is_folder: true, is_file: false };

    #[test]
    fn find_problem_accepts_own_files_only() {
        assert_eq!(find_problem(&FILE, ME, Expected::File), None);
        assert_eq!(find_problem(&FOLDER, ME, Expected::Folder), None);
        let says = |status: PathStatus, expected| find_problem(&status, ME, expected).unwrap().what;
        assert!(says(PathStatus { owner: 0, ..FILE }, Expected::File).contains("another user (uid 0)"));
        assert!(says(PathStatus { mode: 0o100_520, ..FILE }, Expected::File).contains("(mode 0520)"));
        assert!(says(PathStatus { mode: 0o040_702, ..FOLDER }, Expected::Folder).contains("(mode 0702)"));
        assert!(says(FOLDER, Expected::File).contains("symbolic link"));
        assert!(says(PathStatus { is_file: false, ..FILE }, Expected::File).contains("symbolic link"));
        assert!(says(FILE, Expected::Folder).contains("symbolic link"));
    }

    #[test]
    fn find_problem_above_accepts_folders_of_root() {
        assert_eq!(find_problem_above(&PathStatus { owner: 0, ..FOLDER }, ME), None);
        assert_eq!(find_problem_above(&PathStatus { owner: 0, mode: 0o041_777, ..FOLDER }, ME), None);
        assert!(find_problem_above(&PathStatus { owner: 0, mode: 0o040_777, ..FOLDER }, ME).is_some());
        assert!(find_problem_above(&PathStatus { owner: 7, ..FOLDER }, ME).is_some());
        assert!(find_problem_above(&PathStatus { mode: 0o040_770, ..FOLDER }, ME).is_some());
    }
}
