//! Whether files are old, new, or neither: compares the present files with those before and after a complete run.
//!
//! The program's own files (the lock, backups, the journal, temporary files) are not compared.

use leverage_tests::tree::{Entry, Tree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The program's own files in the folder of the AWS files.
const KEPT: [&str; 4] = [".lock", "backups", ".journal", ".journal.tmp"];

/// The folder of the AWS files, within a place.
const AWS_FOLDER: &str = "home/.aws/ex";

/// Whether the file is the program's own.
pub fn is_kept(path: &Path) -> bool {
    KEPT.iter().any(|kept| path.starts_with(Path::new(AWS_FOLDER).join(kept))) || is_temporary(path)
}

/// Whether the file has a temporary name.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(".leverage-") && name.ends_with(".tmp")
}

/// Temporary files and a journal, which must not remain after a run that was not killed.
pub fn leftovers(now: &Tree) -> Vec<&Path> {
    let is_left = |path: &&Path| is_temporary(path) || path.ends_with(".journal") || path.ends_with(".journal.tmp");
    now.entries().map(|(path, _)| path).filter(is_left).collect()
}

/// Whether a run left its journal, so that the next one must recover.
pub fn has_journal(now: &Tree) -> bool {
    now.get(Path::new(AWS_FOLDER).join(".journal")).is_some()
}

/// The files of a run before it and after it.
pub struct States {
    old: Tree,
    new: Tree,
}

/// The state of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Every file is as before.
    Old,
    /// Every file is as after the run.
    New,
    /// Some are as before, and some as after the run.
    Mixed,
    /// These are neither.
    Torn(Vec<PathBuf>),
}

impl States {
    /// The files of an undisturbed run.
    ///
    /// # Panics
    ///
    /// The run changed nothing.
    pub fn new(old: Tree, new: Tree) -> Self {
        let states = Self { old, new };
        assert!(states.changed().len() >= 3, "an undisturbed run changes files, not {:?}", states.changed());
        states
    }

    /// The present state.
    pub fn of(&self, now: &Tree) -> State {
        let changed = self.changed();
        let (mut old, mut new, mut torn) = (0, 0, Vec::new());
        for path in self.all(now) {
            let entry = now.get(path);
            match (alike(entry, self.old.get(path)), alike(entry, self.new.get(path))) {
                (true, true) => {}
                (true, false) => old += 1,
                (false, true) => new += 1,
                (false, false) => torn.push(path.to_owned()),
            }
        }
        match (torn.is_empty(), old, new) {
            (false, ..) => State::Torn(torn),
            (true, _, 0) => State::Old,
            (true, 0, _) => State::New,
            _ => State::Mixed,
        }
        .checked(changed.len(), old + new)
    }

    /// The files that the run changes.
    pub fn changed(&self) -> Vec<&Path> {
        let differs = |path: &&Path| !alike(self.old.get(path), self.new.get(path));
        self.all(&self.new).into_iter().filter(differs).collect()
    }

    /// Whether the file existed before.
    pub fn was_there(&self, path: &Path) -> bool {
        self.old.get(path).is_some()
    }

    /// The files that existed before and have no copy in the backups.
    pub fn lost_originals(&self, now: &Tree) -> Vec<&Path> {
        let backups = Path::new(AWS_FOLDER).join("backups");
        let copied = |contents: &Option<Vec<u8>>| {
            now.entries().any(|(path, entry)| path.starts_with(&backups) && entry.contents == *contents)
        };
        let lost = |path: &&Path| self.old.get(path).is_some_and(|entry| !copied(&entry.contents));
        self.changed().into_iter().filter(lost).collect()
    }

    /// Every file before, after or now, without the program's own.
    fn all<'a>(&'a self, now: &'a Tree) -> BTreeSet<&'a Path> {
        let trees = [&self.old, &self.new, now];
        let files = trees.iter().flat_map(|tree| tree.entries()).filter(|(_, entry)| entry.contents.is_some());
        files.map(|(path, _)| path).filter(|path| !is_kept(path)).collect()
    }
}

impl State {
    /// If the counts do not add up, this suite has an error.
    fn checked(self, changed: usize, counted: usize) -> Self {
        assert!(matches!(self, Self::Torn(_)) || changed == counted, "{changed} files change, {counted} were counted");
        self
    }
}

/// Whether both have the same contents and mode, or both are missing.
fn alike(one: Option<&Entry>, other: Option<&Entry>) -> bool {
    let essence = |entry: &Entry| (entry.mode, entry.contents.clone());
    one.map(essence) == other.map(essence)
}
