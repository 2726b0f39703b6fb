//! Whether somebody else could have put something in the place of a file: then it is not believed.

use rustix::process::geteuid;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use leverage_error::{Error, Kind, Result};

/// What should stand at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    File,
    Folder,
}

/// What is known of a file or folder.
#[derive(Debug, Clone, Copy)]
struct Seen {
    owner: u32,
    mode: u32,
    is_folder: bool,
    is_file: bool,
}

impl From<Metadata> for Seen {
    fn from(metadata: Metadata) -> Self {
        let kind = metadata.file_type();
        Self { owner: metadata.uid(), mode: metadata.mode(), is_folder: kind.is_dir(), is_file: kind.is_file() }
    }
}

/// Checks `path`, which is below `data`, and every folder on the way to it. Below `data` there may be no
/// symbolic link, and everything is the user's; above, folders may be the system's too.
///
/// # Errors
///
/// Which of them somebody else could have changed.
pub(super) fn check(data: &Path, path: &Path, expected: Expected) -> Result<()> {
    let unreadable = |path: &Path, error: io::Error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("{} is missing", path.display()),
            _ => format!("{} can't be checked", path.display()),
        };
        Error::new(Kind::Plugin, message).cause(error)
    };
    let me = geteuid().as_raw();
    let base = fs::canonicalize(data).map_err(|error| unreadable(data, error))?;
    for folder in base.ancestors() {
        let seen: Seen = fs::metadata(folder).map_err(|error| unreadable(folder, error))?.into();
        refuse_if(folder, judge_above(&seen, me))?;
    }
    let inner = path.strip_prefix(data).unwrap_or(path);
    let parts: Vec<Component<'_>> = inner.components().collect();
    let mut way = PathBuf::from(data);
    for (at, part) in parts.iter().enumerate() {
        way.push(part);
        let seen: Seen = fs::symlink_metadata(&way).map_err(|error| unreadable(&way, error))?.into();
        let expected = if at + 1 == parts.len() { expected } else { Expected::Folder };
        refuse_if(&way, judge(&seen, me, expected))?;
    }
    Ok(())
}

fn refuse_if(path: &Path, verdict: Option<Verdict>) -> Result<()> {
    let Some(verdict) = verdict else { return Ok(()) };
    let shown = path.display();
    let error = Error::new(Kind::Plugin, format!("{shown} {}", verdict.what));
    Err(if verdict.is_mode {
        error.hint(format!("if nobody did, `chmod go-w {shown}` makes it yours alone"))
    } else {
        error
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    what: String,
    /// Whether a change of the mode would do.
    is_mode: bool,
}

/// What is wrong with something of the store.
fn judge(seen: &Seen, me: u32, expected: Expected) -> Option<Verdict> {
    let wrong = |what: &str| Some(Verdict { what: what.to_owned(), is_mode: false });
    match expected {
        Expected::File if !seen.is_file => return wrong("is a symbolic link or no regular file"),
        Expected::Folder if !seen.is_folder => return wrong("is a symbolic link or no folder"),
        _ => {}
    }
    if seen.owner != me {
        return Some(Verdict { what: format!("belongs to another user (id {})", seen.owner), is_mode: false });
    }
    others_may_write(seen)
}

/// What is wrong with a folder above the store.
fn judge_above(seen: &Seen, me: u32) -> Option<Verdict> {
    if seen.owner != me && seen.owner != 0 {
        return Some(Verdict { what: format!("belongs to another user (id {})", seen.owner), is_mode: false });
    }
    // With the sticky bit nobody can take away what belongs to another, as in /tmp.
    const STICKY: u32 = 0o1000;
    if seen.mode & STICKY == 0 { others_may_write(seen) } else { None }
}

fn others_may_write(seen: &Seen) -> Option<Verdict> {
    let what = || format!("may be written by others (mode {:04o})", seen.mode & 0o7777);
    (seen.mode & 0o022 != 0).then(|| Verdict { what: what(), is_mode: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: u32 = 1000;
    const FILE: Seen = Seen { owner: ME, mode: 0o100_500, is_folder: false, is_file: true };
    const FOLDER: Seen = Seen { owner: ME, mode: 0o040_700, is_folder: true, is_file: false };

    #[test]
    fn the_store_is_the_users_alone() {
        assert_eq!(judge(&FILE, ME, Expected::File), None);
        assert_eq!(judge(&FOLDER, ME, Expected::Folder), None);
        let says = |seen: Seen, expected| judge(&seen, ME, expected).unwrap().what;
        assert!(says(Seen { owner: 0, ..FILE }, Expected::File).contains("another user (id 0)"));
        assert!(says(Seen { mode: 0o100_520, ..FILE }, Expected::File).contains("(mode 0520)"));
        assert!(says(Seen { mode: 0o040_702, ..FOLDER }, Expected::Folder).contains("(mode 0702)"));
        assert!(says(FOLDER, Expected::File).contains("symbolic link"));
        assert!(says(Seen { is_file: false, ..FILE }, Expected::File).contains("symbolic link"));
        assert!(says(FILE, Expected::Folder).contains("symbolic link"));
    }

    #[test]
    fn above_it_the_system_may_own_folders_but_no_stranger() {
        assert_eq!(judge_above(&Seen { owner: 0, ..FOLDER }, ME), None);
        assert_eq!(judge_above(&Seen { owner: 0, mode: 0o041_777, ..FOLDER }, ME), None);
        assert!(judge_above(&Seen { owner: 0, mode: 0o040_777, ..FOLDER }, ME).is_some());
        assert!(judge_above(&Seen { owner: 7, ..FOLDER }, ME).is_some());
        assert!(judge_above(&Seen { mode: 0o040_770, ..FOLDER }, ME).is_some());
    }
}
