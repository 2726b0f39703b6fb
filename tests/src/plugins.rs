//! Plugins of `tests/plugins`, and the user's plugins in a [`World`].

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::tools::artifacts;
use crate::world::World;

/// A plugin of `tests/plugins`.
///
/// # Panics
///
/// It was not built.
pub fn plugin(name: &str) -> PathBuf {
    let library = artifacts().join(format!("examples/libtest_{name}.so"));
    assert!(library.exists(), "{} is missing: run `cargo test --workspace`", library.display());
    library
}

impl World {
    /// The folder of the user's plugins.
    pub fn store(&self) -> PathBuf {
        self.data().join("leverage/plugins")
    }

    /// The lock file, which lists the plugins.
    pub fn lock_file(&self) -> PathBuf {
        self.store().join("plugins.toml")
    }

    /// The copies in the store.
    pub fn copies(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.store()).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_copy =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sha256-"));
        entries.filter(is_copy).collect()
    }

    /// The only copy's library.
    ///
    /// # Panics
    ///
    /// There is another number of them.
    pub fn copy(&self) -> PathBuf {
        let copies = self.copies();
        assert_eq!(copies.len(), 1, "{copies:?}");
        copies[0].join("plugin.so")
    }

    /// Whether the library at `path` was opened since the last call.
    pub fn was_opened(&self, path: &Path) -> bool {
        fs::remove_file(format!("{}.opened", path.display())).is_ok()
    }

    /// Adds a plugin of `tests/plugins`, which works.
    pub fn add(&self, name: &str, options: &[&str]) {
        let library = plugin(name);
        self.command().args(["plugin", "add", "--yes"]).args([library]).args(options).outcome().success();
    }
}

/// The permission bits of a file or folder.
///
/// # Panics
///
/// It does not exist.
pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it exists").permissions().mode() & 0o7777
}

/// Sets them.
///
/// # Panics
///
/// Another user owns it.
pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode can be set");
}

/// A copy of a library in which `from`, which must occur, is `to` in each place, filled up with spaces.
///
/// # Panics
///
/// `from` does not occur, or `to` is longer.
pub fn patched(library: &Path, from: &[u8], to: &[u8], copy: &Path) {
    let mut to = to.to_vec();
    assert!(to.len() <= from.len(), "{} is too long", String::from_utf8_lossy(&to));
    to.resize(from.len(), b' ');
    let mut bytes = fs::read(library).expect("a library");
    let mut at = 0;
    let mut found = 0;
    while let Some(next) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + next..at + next + to.len()].copy_from_slice(&to);
        at += next + from.len();
        found += 1;
    }
    assert!(found > 0, "{} is not in {}", String::from_utf8_lossy(from), library.display());
    fs::write(copy, bytes).expect("a copy");
}
