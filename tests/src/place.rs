//! The place of one test: a home folder, a project and downloaded access keys.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;

use crate::moto::Keys;
use crate::tools::artifacts;
use crate::transcript::Transcript;
use crate::tree::Tree;

/// The short name of the projects in the tests.
pub const SHORT_NAME: &str = "ex";

/// A temporary folder with `home/`, `project/` (a git repository) and `keys/`.
pub struct Place {
    root: TempDir,
    pub(crate) transcript: Arc<Mutex<Transcript>>,
}

impl Place {
    /// An empty one.
    ///
    /// # Panics
    ///
    /// The temporary folder can't be written.
    #[allow(clippy::new_without_default, reason = "a temporary folder is no default value")]
    pub fn new() -> Self {
        let place = Self::empty();
        for folder in ["home", "project/.git", "keys"] {
            fs::create_dir_all(place.path(folder)).expect("a temporary folder can be written");
        }
        place
    }

    /// One without any folder.
    pub(crate) fn empty() -> Self {
        let root = tempfile::Builder::new().prefix("leverage-test-").tempdir().expect("a temporary folder");
        let place = Self { root, transcript: Arc::default() };
        place.name(place.root.path().to_str().expect("a path in UTF-8"), "PLACE");
        place.name(artifacts().to_str().expect("a path in UTF-8"), "TARGET");
        place
    }

    /// Shows this value under this name in snapshots.
    pub fn name(&self, value: impl Into<String>, name: &str) {
        self.transcript.lock().unwrap_or_else(PoisonError::into_inner).name(value, name);
    }

    /// The output of programs since the last call, for a snapshot.
    pub fn transcript(&self) -> String {
        self.transcript.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A text for a snapshot.
    pub fn filter(&self, text: &str) -> String {
        self.transcript.lock().unwrap_or_else(PoisonError::into_inner).filter(text)
    }

    /// A path in it, such as `project/build.env`.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(path)
    }

    /// The project's root.
    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// The folder of the AWS files of the project `ex`.
    pub fn aws(&self) -> PathBuf {
        self.home().join(".aws").join(SHORT_NAME)
    }

    /// Writes a file of the project.
    pub fn put(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().expect("it is inside")).expect("a temporary folder can be written");
        fs::write(path, text).expect("a temporary folder can be written");
    }

    /// Writes a file beside the AWS files, as private as those are.
    pub fn put_aws(&self, name: &str, text: &str) {
        DirBuilder::new().recursive(true).mode(0o700).create(self.aws()).expect("a folder for the AWS files");
        let path = self.aws().join(name);
        fs::write(&path, text).expect("a temporary folder can be written");
        fs::set_permissions(path, Permissions::from_mode(0o600)).expect("the owner may do that");
    }

    /// Writes the file with access keys that the AWS console offers, with this text in it.
    pub fn put_csv(&self, text: &str) -> PathBuf {
        let path = self.path("keys/accessKeys.csv");
        fs::write(&path, text).expect("a temporary folder can be written");
        path
    }

    /// Writes the file with these access keys that the AWS console offers.
    pub fn put_keys(&self, keys: &Keys) -> PathBuf {
        self.put_csv(&format!("Access key ID,Secret access key\n{},{}\n", keys.id, keys.secret))
    }

    /// A file's text.
    pub fn text(&self, path: impl AsRef<Path>) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Everything that is in it now.
    pub fn tree(&self) -> Tree {
        Tree::of(self.root.path())
    }
}
