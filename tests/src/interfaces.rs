//! Libraries of plugins that were built with other versions of `leverage-plugin-api`, or by another compiler.
//! Each is built in a separate workspace below cargo's target folder, and only when something changed.
//!
//! Released versions are kept in `tests/abi/`, frozen, with the source of a plugin. The others are today's source with
//! a patch: changes that a later minor version may make, and changes that none must make.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use toml::{Table, Value};

use crate::nested::{self, Toolchain};
use crate::tools::own_folder;
use crate::tree::Tree;

/// The released versions of `leverage-plugin-api`, with the [`fingerprint`] of the kept files of each.
pub const RELEASED: [(&str, &str); 1] = [("1.0.0", "ad7c6d34115a119d")];

/// The version of the interface that a plugin is built with, and its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interface {
    /// One of [`RELEASED`], with the plugin for it.
    Released(&'static str),
    /// The version of this repository, with the plugin for the first release.
    Today,
    /// A later minor version, with a plugin that uses its additions.
    Tomorrow,
    /// Today's version with the patch of this name, which breaks the interface.
    Changed(&'static str),
}

impl Interface {
    /// A name for folders and tests.
    pub fn name(self) -> String {
        match self {
            Self::Released(version) => format!("v{version}"),
            Self::Today => "today".to_owned(),
            Self::Tomorrow => "tomorrow".to_owned(),
            Self::Changed(patch) => patch.to_owned(),
        }
    }

    /// Builds the plugin's library, a debug build, once in this process.
    ///
    /// # Panics
    ///
    /// The build fails.
    pub fn library(self, toolchain: Toolchain<'_>) -> PathBuf {
        static BUILT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        let library = nested::target(toolchain).join(format!("debug/lib{}.so", self.package()));
        if !built.contains(&library) {
            nested::cargo(toolchain, &self.stage(), &["build", "--package", &self.package()]);
            built.insert(library.clone());
        }
        library
    }

    /// The name of the plugin's package. It is unique, because all are built into one folder.
    fn package(self) -> String {
        self.name().replace(['-', '.'], "_")
    }

    /// Writes a workspace of the plugin and its `leverage-plugin-api`.
    fn stage(self) -> PathBuf {
        let (api, patch) = match self {
            Self::Released(version) => (kept(version).join("plugin-api"), None),
            Self::Today => (own_folder("../plugin-api"), None),
            Self::Tomorrow => (own_folder("../plugin-api"), Some("tomorrow")),
            Self::Changed(patch) => (own_folder("../plugin-api"), Some(patch)),
        };
        let written_for = if let Self::Released(version) = self { version } else { RELEASED[0].0 };
        let staged = tempfile::tempdir().expect("a temporary folder");
        let (root, name) = (staged.path(), self.name());
        sync(&api, &root.join(&name).join("plugin-api"));
        if let Some(patch) = patch {
            apply(&own_folder("abi").join(format!("{patch}.patch")), &root.join(&name).join("plugin-api"));
        }
        let plugin = root.join(&name).join("plugin");
        sync(&kept(written_for).join("plugin"), &plugin);
        let manifest = fs::read_to_string(plugin.join("Cargo.toml")).expect("the plugin's manifest");
        let manifest = manifest.replacen("\"tiny\"", &format!("{:?}", self.package()), 1);
        fs::write(plugin.join("Cargo.toml"), manifest).expect("the plugin's manifest");
        if self == Self::Tomorrow {
            fs::copy(own_folder("abi/tomorrow.rs"), plugin.join("src/lib.rs")).expect("the plugin of tomorrow");
        }
        fs::write(root.join("Cargo.toml"), workspace_manifest(&name)).expect("a workspace's manifest");
        let workspace = nested::folder().join(name);
        sync(root, &workspace);
        workspace
    }
}

/// The kept files of a released version.
fn kept(version: &str) -> PathBuf {
    own_folder("abi").join(format!("v{version}"))
}

/// The manifest of this repository's workspace, from which `leverage-plugin-api` inherits, with the members below
/// `folder`: cargo tells packages apart by their paths in the workspace.
fn workspace_manifest(folder: &str) -> String {
    let text = fs::read_to_string(own_folder("../Cargo.toml")).expect("the workspace's manifest");
    let mut manifest: Table = text.parse().expect("the workspace's manifest");
    manifest.remove("profile");
    let workspace = manifest["workspace"].as_table_mut().expect("a workspace");
    workspace.remove("default-members");
    workspace.insert(
        "members".to_owned(),
        Value::from(["plugin", "plugin-api"].map(|member| format!("{folder}/{member}")).to_vec()),
    );
    manifest.to_string()
}

/// Copies the files of `from` to `to`. An unchanged file keeps its time, so that it is not built again.
fn sync(from: &Path, to: &Path) {
    for (path, entry) in Tree::of(from).entries() {
        let path = to.join(path);
        match &entry.contents {
            None => fs::create_dir_all(path).expect("a folder below the target folder"),
            Some(contents) if fs::read(&path).is_ok_and(|now| now == *contents) => {}
            Some(contents) => {
                fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
                fs::write(path, contents).expect("a file below the target folder");
            }
        }
    }
}

/// Applies a patch of `tests/abi`.
fn apply(patch: &Path, folder: &Path) {
    let file = fs::File::open(patch).expect("a patch of tests/abi");
    let output = Command::new("patch")
        .args(["--strip=1", "--no-backup-if-mismatch", "--batch"])
        .current_dir(folder)
        .stdin(file)
        .output()
        .expect("this test needs `patch`: `apt-get install patch`, `dnf install patch`");
    assert!(
        output.status.success(),
        "{} no longer applies to `plugin-api`: make its changes by hand and create the patch again \
         (`diff -ru`)\n{}",
        patch.display(),
        String::from_utf8_lossy(&output.stdout)
    );
}

/// A hash over the paths and contents of all kept files of a released version.
pub fn fingerprint(version: &str) -> String {
    let mut hash = Sha256::new();
    for (path, entry) in Tree::of(&kept(version)).entries() {
        if let Some(contents) = &entry.contents {
            hash.update(format!("{} {}\n", path.display(), contents.len()));
            hash.update(contents);
        }
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
