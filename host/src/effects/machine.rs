//! The only module that reaches this machine without an effect in between: variables, folders, clock, and the few files that
//! commands handle outside a transaction.

use jiff::Timestamp;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use leverage_error::{Error, Kind, Result};

/// The arguments of this process, the program first.
pub(crate) fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// The value of an environment variable; `None` if it is unset or empty.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The value of an environment variable, which need not be UTF-8.
pub(crate) fn environment_os(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The names of all environment variables that start with `prefix`.
pub(crate) fn environment_names(prefix: &str) -> impl Iterator<Item = OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(move |name| name.as_encoded_bytes().starts_with(prefix.as_bytes()))
}

/// The user's home folder.
pub(crate) fn home() -> Result<PathBuf> {
    std::env::home_dir().ok_or_else(|| Error::new(Kind::Internal, "home folder not found").hint("set `HOME`"))
}

/// The folder that the command runs in.
pub(crate) fn working_folder() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::new(Kind::Files, "failed to get the working folder").cause(error))
}

/// The file of this program.
pub(crate) fn current_program() -> Result<PathBuf> {
    std::env::current_exe()
        .map_err(|error| Error::new(Kind::Internal, "failed to find the program file of leverage").cause(error))
}

/// The current time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Standard input.
pub(crate) fn stdin() -> Box<dyn Read> {
    Box::new(io::stdin())
}

/// Whether the user can be asked: standard input and standard error are terminals.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The path without links and `..`.
pub(crate) fn canonical_path(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// The path as seen from the root; as it is, if the working folder is gone.
pub(crate) fn absolute_path(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

/// The bytes of a regular file. Another kind could be endless, or nobody writes to it.
pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    fs::read(path)
}

/// Whether anything has this path, a dangling link included.
pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether a regular file, or a link to one, has this path.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// The names in a folder, each with whether it is a folder; nothing if the folder cannot be read.
pub(crate) fn entries(folder: &Path) -> Vec<(String, bool)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        Some((entry.file_name().into_string().ok()?, entry.path().is_dir()))
    };
    entries.filter_map(entry).collect()
}

/// Creates a file that must not exist, and the folders above it.
pub(crate) fn create_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}
