//! The files of a run, with the changes of outputs that are not written yet.
//!
//! Plugins see tokens instead of secrets, and the changes of the outputs before them. Nothing is written here;
//! [`PendingFiles::into_writes`] returns the writes.

mod roots;
mod targets;

use leverage_plugin_api::model::{FileChange, Root};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

use super::utf8;
use leverage_core::secrets::Vault;
use leverage_error::{Kind, Result};
use leverage_files::{Files, Privacy, Snapshot, Write};

pub(crate) use roots::Roots;
use targets::{Folders, Target};

/// The AWS CLI's shared config file.
pub(crate) const CONFIG: &str = "config";
/// The AWS CLI's shared credentials file.
pub(crate) const CREDENTIALS: &str = "credentials";

/// The files of a run.
pub(crate) struct PendingFiles<'a> {
    files: &'a dyn Files,
    vault: &'a Vault,
    roots: Roots<'a>,
    /// Resolved when the first output writes.
    folders: Option<Folders>,
    /// By root and path.
    files_by_path: BTreeMap<(Root, String), PendingFile>,
}

struct PendingFile {
    path: PathBuf,
    /// The path with all symbolic links resolved.
    target: PathBuf,
    snapshot: Option<Snapshot>,
    /// The text of the snapshot with tokens, if it contains secrets.
    concealed: Option<String>,
    /// The new text with tokens.
    after: Option<String>,
}

impl PendingFile {
    fn current(&self) -> Option<&str> {
        self.after.as_deref().or_else(|| self.before())
    }

    fn before(&self) -> Option<&str> {
        let plain = || str::from_utf8(&self.snapshot.as_ref()?.bytes).ok();
        self.concealed.as_deref().or_else(plain)
    }
}

/// A change that is not written yet. Secrets are tokens.
pub(crate) struct PendingChange<'a> {
    pub path: PathBuf,
    pub before: Option<&'a str>,
    pub after: &'a str,
}

impl<'a> PendingFiles<'a> {
    /// Creates the files of a run, none of them read yet.
    pub fn new(files: &'a dyn Files, vault: &'a Vault, roots: Roots<'a>) -> Self {
        Self { files, vault, roots, folders: None, files_by_path: BTreeMap::new() }
    }

    /// Discards all files, so that they are read again.
    pub fn discard(&mut self) {
        self.files_by_path.clear();
    }

    /// The text of a file with all pending changes; none if the file does not exist. `file_variables` are the variables that
    /// the manifest of the plugin declares.
    pub fn read(&mut self, root: Root, path: &str, file_variables: &[String]) -> Result<Option<&str>> {
        Ok(self.file(root, path, file_variables)?.current())
    }

    /// The AWS CLI's config and credentials file of a root with all pending changes; empty if a file does not exist.
    pub fn read_shared_files(&mut self, root: Root) -> Result<(&str, &str)> {
        self.file(root, CONFIG, &[])?;
        self.file(root, CREDENTIALS, &[])?;
        let current = |path: &str| {
            let file = self.files_by_path.get(&(root, path.to_owned()));
            file.and_then(PendingFile::current).unwrap_or_default()
        };
        Ok((current(CONFIG), current(CREDENTIALS)))
    }

    /// Adds the change of an output, whose manifest declares `file_variables`. `builtin` is the name of an output that is
    /// built in.
    ///
    /// # Errors
    ///
    /// The path leads out of its root, the output must not write there, the file cannot be read, or the text has an unknown
    /// token.
    pub fn change(&mut self, change: FileChange, file_variables: &[String], builtin: Option<&str>) -> Result<()> {
        // Checked here and not only before the commit, because here the plugin is known.
        self.vault.reveal(&change.text)?;
        let (root, path) = (change.root, change.path.as_str());
        let full = self.roots.full_path(root, path, file_variables)?;
        let real = self.files.real_path(&full)?;
        if root == Root::Project {
            roots::check_real_path(&self.files.real_path(&self.roots.project)?, &real, path)?;
        }
        let target = Target { root, path, full: &full, real: &real, builtin };
        let folders = match &self.folders {
            Some(folders) => folders,
            None => self.folders.insert(Folders::new(&self.roots, self.files)?),
        };
        target.check(folders)?;
        target.check_text(&change.text)?;
        self.file(root, path, file_variables)?.after = Some(change.text);
        Ok(())
    }

    /// The folder of the AWS CLI's shared files of a root.
    pub fn folder(&self, root: Root) -> &Path {
        if root == Root::AwsHome { &self.roots.aws_home } else { &self.roots.aws }
    }

    /// Whether an output changed the file.
    pub fn is_changed(&self, root: Root, path: &str) -> bool {
        self.files_by_path.get(&(root, path.to_owned())).is_some_and(|file| file.after.is_some())
    }

    /// The pending changes, without files that stay the same.
    pub fn changes(&self) -> impl Iterator<Item = PendingChange<'_>> {
        self.files_by_path.values().filter_map(|file| {
            let after = file.after.as_deref()?;
            let before = file.before();
            let same = before.is_some_and(|before| self.is_same(before, after));
            (!same).then(|| PendingChange { path: file.path.clone(), before, after })
        })
    }

    /// Whether two texts are the same with their tokens revealed.
    fn is_same(&self, before: &str, after: &str) -> bool {
        match (self.vault.reveal(before), self.vault.reveal(after)) {
            (Ok(before), Ok(after)) => *before == *after,
            _ => false,
        }
    }

    /// The writes of all changes, with tokens revealed.
    ///
    /// # Errors
    ///
    /// An unknown token.
    pub fn into_writes(self) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        for ((root, path), file) in self.files_by_path {
            let Some(after) = &file.after else { continue };
            let mut revealed = self.vault.reveal(after)?;
            // The bytes are moved, so that no copy of the secrets is left behind.
            let contents = Zeroizing::new(std::mem::take(&mut *revealed).into_bytes());
            // An existing file of `~/.aws` itself keeps its mode, a new one is private.
            let is_new = file.snapshot.is_none();
            let private = root == Root::Aws || (root == Root::AwsHome && is_new) || *contents != *after.as_bytes();
            let write = Write {
                path: file.path,
                target: file.target,
                before: file.snapshot,
                contents: Some(contents),
                privacy: if private { Privacy::Private } else { Privacy::Shared },
                mode: None,
                backup_as: Path::new(Roots::name(root)).join(path),
            };
            if write.is_needed() {
                writes.push(write);
            }
        }
        Ok(writes)
    }

    fn file(&mut self, root: Root, path: &str, file_variables: &[String]) -> Result<&mut PendingFile> {
        let full = self.roots.full_path(root, path, file_variables)?;
        let vault = self.vault;
        match self.files_by_path.entry((root, path.to_owned())) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(unknown) => {
                let target = self.files.real_path(&full)?;
                if root == Root::Project {
                    roots::check_real_path(&self.files.real_path(&self.roots.project)?, &target, path)?;
                }
                let snapshot = self.files.read_real(&target, &full)?;
                let concealed = match &snapshot {
                    Some(snapshot) => {
                        match vault.conceal(utf8::decode(&snapshot.bytes, &full.display().to_string(), Kind::Files)?)? {
                            Cow::Owned(concealed) => Some(concealed),
                            Cow::Borrowed(_) => None,
                        }
                    }
                    None => None,
                };
                Ok(unknown.insert(PendingFile { path: full, target, snapshot, concealed, after: None }))
            }
        }
    }
}
