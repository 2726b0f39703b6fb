//! The user's own copies of plugins, and the lock file beside them.
//!
//! `$XDG_DATA_HOME/leverage/plugins/` holds `plugins.toml` and one folder `sha256-…/` for each library
//! (0700, the library 0500). A library is opened from there and nowhere else, and only after owner, mode
//! and hash were checked.

mod trust;

use jiff::Timestamp;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

use super::lock::{self, Entries, Entry};
use leverage_core::hash::Hash;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Backups, Disk, Files, Privacy, Write};
use trust::Expected;

/// The lock file's name.
const LOCK_FILE: &str = "plugins.toml";
/// A library's name in its folder.
const LIBRARY: &str = "plugin.so";
/// What the names of unfinished folders start with.
const UNFINISHED: &str = ".adding-";
/// How long to wait for another `leverage plugin`.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder of a user's plugins.
#[derive(Debug, Clone)]
pub struct Store {
    /// `$XDG_DATA_HOME`: whatever leads there is the user's choice, symbolic links included.
    data: PathBuf,
}

impl Store {
    /// The store below a data folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// The user's store, by the environment: `$XDG_DATA_HOME`, else `~/.local/share`.
    ///
    /// A relative path counts as unset, as its specification says; it would be a folder of whichever
    /// project the command runs in.
    pub fn of_user(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let absolute = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        data.map(Self::new)
    }

    /// The folder that holds everything.
    pub fn folder(&self) -> PathBuf {
        self.data.join("leverage/plugins")
    }

    /// The lock file.
    pub fn lock_file(&self) -> PathBuf {
        self.folder().join(LOCK_FILE)
    }

    /// The plugins that were added.
    ///
    /// # Errors
    ///
    /// The lock file can't be read, or others could have written it.
    pub fn entries(&self) -> Result<Entries> {
        let path = self.lock_file();
        if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(Entries::new());
        }
        trust::check(&self.data, &path, Expected::File)?;
        let Some(snapshot) = Disk.read(&path)? else { return Ok(Entries::new()) };
        let name = path.display().to_string();
        let text = std::str::from_utf8(&snapshot.bytes)
            .map_err(|_| Error::new(Kind::Plugin, format!("{name} is not UTF-8")))?;
        lock::parse(text, &name)
    }

    /// Changes the entries, while no other `leverage plugin` does; removes the copies that no entry
    /// needs any more, also if `change` fails. `tell` is told of a run before it that did not end.
    ///
    /// # Errors
    ///
    /// That of `change`, after which the entries are as they were, or a file that can't be written.
    pub fn change<T>(
        &self,
        now: Timestamp,
        tell: &dyn Fn(&str),
        change: impl FnOnce(&mut Entries) -> Result<T>,
    ) -> Result<T> {
        let folder = self.folder();
        let (_lock, recovered) = Disk.lock_and_recover(&folder, None, PATIENCE)?;
        if let Some(recovered) = recovered {
            tell(&recovered.to_string());
            recovered.warnings.iter().for_each(|warning| tell(warning));
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
        self.sweep(kept);
        result
    }

    fn write(&self, entries: &Entries, now: Timestamp) -> Result<()> {
        let path = self.lock_file();
        let write = Write {
            before: Disk.read(&path)?,
            target: Disk.real_path(&path)?,
            path,
            contents: Some(Zeroizing::new(lock::render(entries)?.into_bytes())),
            privacy: Privacy::Private,
            mode: None,
            backup_as: LOCK_FILE.into(),
        };
        if write.is_needed() {
            Disk.commit(&[write], &Backups::new(self.folder(), "plugin", now))?;
        }
        Ok(())
    }

    /// Puts a copy of a library into the store. Called within [`Store::change`].
    ///
    /// # Errors
    ///
    /// It can't be written.
    pub fn put(&self, bytes: &[u8], hash: Hash) -> Result<()> {
        let target = self.copy(hash);
        if self.checked(hash).is_ok() {
            return Ok(());
        }
        let failed = |error: io::Error| {
            Error::new(Kind::Files, format!("failed to copy the plugin to {}", target.display())).cause(error)
        };
        if fs::symlink_metadata(&target).is_ok() {
            // Of our name, and not what it should be: left by a crash, or tampered with.
            fs::remove_dir_all(&target).or_else(|_| fs::remove_file(&target)).map_err(failed)?;
        }
        self.put_new(bytes, &target).map_err(failed)
    }

    fn put_new(&self, bytes: &[u8], target: &Path) -> io::Result<()> {
        let folder = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(self.folder())?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o500).open(folder.path().join(LIBRARY))?;
        file.set_permissions(Permissions::from_mode(0o500))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        File::open(folder.path())?.sync_all()?;
        fs::rename(folder.path(), target)?;
        // It has its real name now, so there is nothing to remove.
        let _ = folder.keep();
        File::open(self.folder())?.sync_all()
    }

    /// The path of an entry's library, checked: nobody else could have changed it, and it is the one that
    /// was agreed to.
    ///
    /// # Errors
    ///
    /// Which of these does not hold; `id` names the plugin in it.
    pub fn library(&self, id: &str, entry: &Entry) -> Result<PathBuf> {
        self.checked(entry.hash).map_err(|mut error| {
            error.message = format!("the plugin {id} was not opened: {}", error.message);
            if !error.hints.is_empty() {
                return error;
            }
            error.hint(format!("`leverage plugin remove {id}`, then add the plugin again from a file that you trust"))
        })
    }

    fn checked(&self, hash: Hash) -> Result<PathBuf> {
        let path = self.copy(hash).join(LIBRARY);
        trust::check(&self.data, &path, Expected::File)?;
        let found = fs::read(&path)
            .map(|bytes| Hash::of(&bytes))
            .map_err(|error| Error::new(Kind::Plugin, format!("{} can't be read", path.display())).cause(error))?;
        if found == hash {
            return Ok(path);
        }
        Err(Error::new(
            Kind::Plugin,
            format!("{} has changed: its hash is {found} and should be {hash}", path.display()),
        ))
    }

    fn copy(&self, hash: Hash) -> PathBuf {
        self.folder().join(hash.to_string())
    }

    /// Removes copies without an entry. What can't be removed is never opened either.
    fn sweep(&self, entries: &Entries) {
        let needed: Vec<OsString> = entries.values().map(|entry| entry.hash.to_string().into()).collect();
        for found in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            let name = found.file_name();
            let is_copy =
                name.to_str().is_some_and(|name| name.parse::<Hash>().is_ok() || name.starts_with(UNFINISHED));
            if is_copy && !needed.contains(&name) && found.file_type().is_ok_and(|kind| kind.is_dir()) {
                let _ = fs::remove_dir_all(found.path());
            }
        }
    }
}
