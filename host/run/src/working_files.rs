//! The files of a run: as they stand, and as they are going to be.
//!
//! Plugins see texts with tokens for secrets. An output that changes a file sees what those before it
//! made of it. Nothing is written here; [`WorkingFiles::writes`] says what is to be.

use leverage_plugin_api::model::{FileChange, Root};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use zeroize::Zeroizing;

use super::shared_files::{CONFIG, CREDENTIALS};
use leverage_core::secrets::Vault;
use leverage_error::visible::is_safe;
use leverage_error::{Error, Kind, Result};
use leverage_files::{Files, Privacy, Snapshot, Write};

/// The texts of a run.
pub(super) struct WorkingFiles<'a> {
    files: &'a dyn Files,
    vault: &'a Vault,
    roots: Roots<'a>,
    /// By root and path.
    texts: BTreeMap<(Root, String), Text>,
}

/// Where paths start.
pub(super) struct Roots<'a> {
    /// `~/.aws/<short name>`.
    pub aws: PathBuf,
    /// `~/.aws`.
    pub aws_home: PathBuf,
    /// The project's root.
    pub project: PathBuf,
    /// The environment's variables, some of which name files.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

/// The variables that may name a file for plugins: by any other, one could have any file read.
const FILE_VARIABLES: [&str; 1] = ["GITHUB_ENV"];

impl Roots<'_> {
    /// The file at `path` below `root`.
    ///
    /// # Errors
    ///
    /// A path that leads out of its root, or a variable that names no file.
    fn full(&self, root: Root, path: &str) -> Result<PathBuf> {
        check_path(path)?;
        let folder = match root {
            Root::Aws => &self.aws,
            Root::AwsHome => &self.aws_home,
            Root::Project => &self.project,
            Root::Environment if FILE_VARIABLES.contains(&path) => {
                let named = (self.environment)(path).map(PathBuf::from).filter(|path| path.is_absolute());
                return named.ok_or_else(|| {
                    Error::new(Kind::Plan, format!("the variable {path} names no file"))
                        .hint("this output works only where it is set: in a step of a GitHub Actions job")
                });
            }
            Root::Environment => {
                return Err(Error::new(Kind::ProtocolViolation, format!("may not use a file that {path:?} names")));
            }
            _ => return Err(Error::new(Kind::ProtocolViolation, "names a root that this leverage does not know")),
        };
        Ok(folder.join(path))
    }

    /// The name of the root's folder in a backup.
    fn name(root: Root) -> &'static str {
        match root {
            Root::Aws => "aws",
            Root::AwsHome => "aws-home",
            Root::Environment => "environment",
            _ => "project",
        }
    }
}

struct Text {
    path: PathBuf,
    /// The real file.
    target: PathBuf,
    snapshot: Option<Snapshot>,
    /// The snapshot's text, if there are secrets in it.
    concealed: Option<String>,
    after: Option<String>,
}

impl Text {
    fn now(&self) -> Option<&str> {
        self.after.as_deref().or_else(|| self.before())
    }

    fn before(&self) -> Option<&str> {
        let plain = || str::from_utf8(&self.snapshot.as_ref()?.bytes).ok();
        self.concealed.as_deref().or_else(plain)
    }
}

/// A file that is going to change. Secrets are tokens.
pub(super) struct Change<'a> {
    pub path: PathBuf,
    pub before: Option<&'a str>,
    pub after: &'a str,
}

impl<'a> WorkingFiles<'a> {
    /// Files below these roots.
    pub fn new(files: &'a dyn Files, vault: &'a Vault, roots: Roots<'a>) -> Self {
        Self { files, vault, roots, texts: BTreeMap::new() }
    }

    /// Forgets what was read, so that it is read again.
    pub fn forget(&mut self) {
        self.texts.clear();
    }

    /// The text of a file as the outputs so far made it, if there is one.
    pub fn read(&mut self, root: Root, path: &str) -> Result<Option<&str>> {
        Ok(self.text(root, path)?.now())
    }

    /// The AWS CLI's config and credentials file of `root`, likewise; empty where there is none.
    pub fn read_shared_files(&mut self, root: Root) -> Result<(&str, &str)> {
        self.text(root, CONFIG)?;
        self.text(root, CREDENTIALS)?;
        let now = |path: &str| self.texts.get(&(root, path.to_owned())).and_then(Text::now).unwrap_or_default();
        Ok((now(CONFIG), now(CREDENTIALS)))
    }

    /// Takes what an output wants a file to be.
    ///
    /// # Errors
    ///
    /// A path that leads out of its root, a file that can't be read, or a token that was not given out.
    pub fn change(&mut self, change: FileChange) -> Result<()> {
        // A token that was not given out is told while it is known whose it is.
        self.vault.reveal(&change.text)?;
        let text = self.text(change.root, &change.path)?;
        text.after = Some(change.text);
        Ok(())
    }

    /// The folder of the root's shared files.
    pub fn folder(&self, root: Root) -> &Path {
        if root == Root::AwsHome { &self.roots.aws_home } else { &self.roots.aws }
    }

    /// Whether an output changed this file.
    pub fn is_changed(&self, root: Root, path: &str) -> bool {
        self.texts.get(&(root, path.to_owned())).is_some_and(|text| text.after.is_some())
    }

    /// The files that are going to change.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        self.texts.values().filter_map(|text| {
            let after = text.after.as_deref()?;
            let before = text.before();
            let same = before.is_some_and(|before| self.is_same(before, after));
            (!same).then(|| Change { path: text.path.clone(), before, after })
        })
    }

    /// Whether two texts hold the same once their tokens are secrets again.
    fn is_same(&self, before: &str, after: &str) -> bool {
        match (self.vault.reveal(before), self.vault.reveal(after)) {
            (Ok(before), Ok(after)) => *before == *after,
            _ => false,
        }
    }

    /// What is to be written, secrets in their places.
    ///
    /// # Errors
    ///
    /// A token that was not given out.
    pub fn into_writes(self) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        for ((root, path), text) in self.texts {
            let Some(after) = &text.after else { continue };
            let mut revealed = self.vault.reveal(after)?;
            // The same bytes, moved: no copy of the secrets is left behind.
            let contents = Zeroizing::new(std::mem::take(&mut *revealed).into_bytes());
            // A file of `~/.aws` itself may have readers already; a new one gets none.
            let is_new = text.snapshot.is_none();
            let private = root == Root::Aws || (root == Root::AwsHome && is_new) || *contents != *after.as_bytes();
            let write = Write {
                path: text.path,
                target: text.target,
                before: text.snapshot,
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

    fn text(&mut self, root: Root, path: &str) -> Result<&mut Text> {
        let full = self.roots.full(root, path)?;
        let vault = self.vault;
        match self.texts.entry((root, path.to_owned())) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(unknown) => {
                let target = self.files.real_path(&full)?;
                if root == Root::Project {
                    check_real_path(&self.files.real_path(&self.roots.project)?, &target, path)?;
                }
                let snapshot = self.files.read_real(&target, &full)?;
                let concealed = match &snapshot {
                    Some(snapshot) => match vault.conceal(utf8(&snapshot.bytes, &full)?)? {
                        Cow::Owned(concealed) => Some(concealed),
                        Cow::Borrowed(_) => None,
                    },
                    None => None,
                };
                Ok(unknown.insert(Text { path: full, target, snapshot, concealed, after: None }))
            }
        }
    }
}

/// Refuses a path that leads out of its root, or that a terminal would obey whenever it is listed.
fn check_path(path: &str) -> Result<()> {
    if !is_safe(path) {
        return Err(Error::new(
            Kind::ProtocolViolation,
            format!("names the file {path:?}, which holds control characters"),
        ));
    }
    let inside = !path.is_empty()
        && !path.contains(['\0', '\\'])
        && Path::new(path).components().all(|component| matches!(component, Component::Normal(_)));
    if inside {
        return Ok(());
    }
    Err(Error::new(Kind::ProtocolViolation, format!("names the file {path:?}, which leads out of its folder")))
}

/// Refuses a path that leads out of the project by a symbolic link: a project may be a stranger's, and
/// must not have files elsewhere read or written. `~/.aws` is the user's own; links there are followed.
fn check_real_path(project: &Path, target: &Path, path: &str) -> Result<()> {
    if target.starts_with(project) {
        return Ok(());
    }
    Err(Error::new(
        Kind::ProtocolViolation,
        format!("names the file {path:?}, which leads out of the project by a link"),
    )
    .hint("put the file itself into the project"))
}

/// A file's text.
///
/// # Errors
///
/// It is not UTF-8.
pub(super) fn utf8<'a>(bytes: &'a [u8], path: &Path) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::new(Kind::Files, format!("{} is not UTF-8 at line {line}", path.display()))
            .hint("save the file as UTF-8, then run the command again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_variables_name_files() {
        let environment = |name: &str| Some(if name == "GITHUB_ENV" { "/tmp/x" } else { "/etc/passwd" }.to_owned());
        let roots = Roots {
            aws: PathBuf::from("/a"),
            aws_home: PathBuf::from("/"),
            project: PathBuf::from("/p"),
            environment: &environment,
        };
        assert_eq!(roots.full(Root::Environment, "GITHUB_ENV"), Ok(PathBuf::from("/tmp/x")));
        assert_eq!(roots.full(Root::Environment, "SECRETS").unwrap_err().kind, Kind::ProtocolViolation);
        assert_eq!(roots.full(Root::AwsHome, "../x").unwrap_err().kind, Kind::ProtocolViolation);
        for unusable in [None, Some("relative".to_owned())] {
            let environment = |_: &str| unusable.clone();
            let roots = Roots {
                environment: &environment,
                aws: PathBuf::new(),
                aws_home: PathBuf::new(),
                project: PathBuf::new(),
            };
            assert_eq!(roots.full(Root::Environment, "GITHUB_ENV").unwrap_err().kind, Kind::Plan);
        }
    }

    #[test]
    fn a_path_never_leads_out_of_its_root() {
        for path in ["", "/etc/passwd", "../../.ssh/authorized_keys", "a/../../b", "./a", "a\0b", "a\u{1b}[2Jb"] {
            assert_eq!(check_path(path).map_err(|error| error.kind), Err(Kind::ProtocolViolation), "{path:?}");
        }
        assert_eq!(check_path("config/common.tfvars"), Ok(()));
    }
}
