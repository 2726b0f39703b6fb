//! The store: private copies of the added plugins, and the lock file beside them.
//!
//! `$XDG_DATA_HOME/leverage/plugins/` contains `plugins.toml` and a folder `sha256-…/` for each library (0700, the library
//! 0500). Libraries are opened from there only, after checks of owner, mode and hash.

mod trust;

use jiff::Timestamp;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

use crate::lock_file::{self, Entries, Entry};
use leverage_core::hash::Hash;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Backups, Disk, Files, Privacy, Write};
use trust::Expected;

/// The name of the lock file.
const LOCK_FILE: &str = "plugins.toml";
/// The name of a library in its folder.
const LIBRARY: &str = "plugin.so";
/// The prefix of the names of incomplete folders.
const INCOMPLETE: &str = ".adding-";
/// How long to wait for another `leverage plugin`.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// The folder of a user's added plugins.
#[derive(Debug, Clone)]
pub struct Store {
    /// `$XDG_DATA_HOME`. Symbolic links on the way to it are the user's choice.
    data: PathBuf,
}

impl Store {
    /// The store below a data folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// The user's store in `$XDG_DATA_HOME`, by default `~/.local/share`; `None` if neither is known.
    ///
    /// A relative path counts as unset, as the XDG specification says: it would be in the current project.
    pub fn of_user(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let absolute = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        data.map(Self::new)
    }

    /// The folder of the lock file and the copies.
    pub fn folder(&self) -> PathBuf {
        self.data.join("leverage/plugins")
    }

    /// The path of the lock file.
    pub fn lock_file(&self) -> PathBuf {
        self.folder().join(LOCK_FILE)
    }

    /// Reads the entries of the added plugins.
    ///
    /// # Errors
    ///
    /// The lock file cannot be read, or other users can write it.
    pub fn entries(&self) -> Result<Entries> {
        let path = self.lock_file();
        if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(Entries::new());
        }
        trust::check(&self.data, &path, Expected::File)?;
        let Some(snapshot) = Disk.read(&path)? else { return Ok(Entries::new()) };
        let name = path.display().to_string();
        let text = std::str::from_utf8(&snapshot.bytes)
            .map_err(|_| Error::new(Kind::Plugin, format!("`{name}` is not UTF-8")))?;
        lock_file::parse(text, &name)
    }

    /// Changes the entries under the lock. Removes copies without an entry, also if `change` fails. `notify` gets messages
    /// about an interrupted run that is rolled back.
    ///
    /// # Errors
    ///
    /// That of `change`, after which the entries are unchanged, or a file cannot be written.
    pub fn change<T>(
        &self,
        now: Timestamp,
        notify: &dyn Fn(&str),
        change: impl FnOnce(&mut Entries) -> Result<T>,
    ) -> Result<T> {
        let folder = self.folder();
        let (_lock, recovered) = Disk.lock_and_recover(&folder, None, LOCK_TIMEOUT)?;
        if let Some(recovered) = recovered {
            notify(&recovered.to_string());
            recovered.warnings.iter().for_each(|warning| notify(warning));
        }
        trust::check(&self.data, &folder, Expected::Folder)?;
        let before = self.entries()?;
        let mut entries = before.clone();
        let result = change(&mut entries);
        let kept = if result.is_ok() && entries != before {
            self.write(&entries, now)?;
            &entries
        } else {
            &before
        };
        self.remove_unused_copies(kept);
        result
    }

    fn write(&self, entries: &Entries, now: Timestamp) -> Result<()> {
        let path = self.lock_file();
        let write = Write {
            before: Disk.read(&path)?,
            target: Disk.real_path(&path)?,
            path,
            contents: Some(Zeroizing::new(lock_file::render(entries)?.into_bytes())),
            privacy: Privacy::Private,
            mode: None,
            backup_as: LOCK_FILE.into(),
        };
        if write.is_needed() {
            Disk.commit(&[write], &Backups::new(self.folder(), "plugin", now))?;
        }
        Ok(())
    }

    /// Copies a library into the store. Call it within [`Store::change`].
    ///
    /// # Errors
    ///
    /// The copy cannot be written.
    pub fn put(&self, bytes: &[u8], hash: Hash) -> Result<()> {
        let target = self.copy(hash);
        if self.checked(hash).is_ok() {
            return Ok(());
        }
        let failed = |error: io::Error| {
            Error::new(Kind::Files, format!("failed to copy the plugin to `{}`", target.display())).cause(error)
        };
        if fs::symlink_metadata(&target).is_ok() {
            // Left by a crash, or modified by others.
            fs::remove_dir_all(&target).or_else(|_| fs::remove_file(&target)).map_err(failed)?;
        }
        self.put_new(bytes, &target).map_err(failed)
    }

    fn put_new(&self, bytes: &[u8], target: &Path) -> io::Result<()> {
        let folder = tempfile::Builder::new()
            .prefix(INCOMPLETE)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(self.folder())?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o500).open(folder.path().join(LIBRARY))?;
        file.set_permissions(Permissions::from_mode(0o500))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        File::open(folder.path())?.sync_all()?;
        fs::rename(folder.path(), target)?;
        // The folder is renamed, so do not remove it.
        let _ = folder.keep();
        File::open(self.folder())?.sync_all()
    }

    /// Checks the library of an entry: no other user can write it, and its hash is that of the entry. Returns its path.
    /// `id` is the plugin's id, for errors.
    ///
    /// # Errors
    ///
    /// A check fails.
    pub fn library(&self, id: &str, entry: &Entry) -> Result<PathBuf> {
        self.checked(entry.hash).map_err(|error| {
            let error = error.context(format!("cannot open plugin `{id}`"));
            if !error.hints.is_empty() {
                return error;
            }
            error.hint(format!("run `leverage plugin remove {id}`, then add the plugin from a file that you trust"))
        })
    }

    /// Checks the copy of a library; returns its path.
    fn checked(&self, hash: Hash) -> Result<PathBuf> {
        let path = self.copy(hash).join(LIBRARY);
        trust::check(&self.data, &path, Expected::File)?;
        let found = fs::read(&path)
            .map(|bytes| Hash::of(&bytes))
            .map_err(|error| Error::new(Kind::Plugin, format!("failed to read `{}`", path.display())).cause(error))?;
        if found == hash {
            return Ok(path);
        }
        let cause = format!("expected the hash {hash}, found {found}");
        Err(Error::new(Kind::Plugin, format!("`{}` was modified", path.display())).cause(cause))
    }

    fn copy(&self, hash: Hash) -> PathBuf {
        self.folder().join(hash.to_string())
    }

    /// Removes copies without an entry. A failure is harmless: such a copy is never opened.
    fn remove_unused_copies(&self, entries: &Entries) {
        let needed: Vec<OsString> = entries.values().map(|entry| entry.hash.to_string().into()).collect();
        for found in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            let name = found.file_name();
            let is_copy =
                name.to_str().is_some_and(|name| name.parse::<Hash>().is_ok() || name.starts_with(INCOMPLETE));
            if is_copy && !needed.contains(&name) && found.file_type().is_ok_and(|kind| kind.is_dir()) {
                let _ = fs::remove_dir_all(found.path());
            }
        }
    }
}
