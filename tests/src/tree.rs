//! The contents of a folder, to check that a run changed only what it should.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Everything in a folder, by its path in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree(BTreeMap<PathBuf, Entry>);

/// A file, folder or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its permission bits.
    pub mode: u32,
    /// Its contents, if it is a file, or where it leads, if it is a link.
    pub contents: Option<Vec<u8>>,
    /// A folder's would change with the files in it.
    inode_and_mtime: Option<(u64, i64, i64)>,
}

impl Tree {
    /// The present contents of `folder`.
    ///
    /// # Panics
    ///
    /// It can't be read.
    pub fn of(folder: &Path) -> Self {
        let mut entries = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(&next).expect("a folder that can be read") {
                let path = entry.expect("a folder that can be read").path();
                let metadata = path.symlink_metadata().expect("a file that can be looked at");
                let contents = if metadata.is_symlink() {
                    let target = fs::read_link(&path).expect("a link that can be read");
                    Some(target.into_os_string().into_encoded_bytes())
                } else if metadata.is_dir() {
                    folders.push(path.clone());
                    None
                } else {
                    Some(fs::read(&path).expect("a file that can be read"))
                };
                let times = (!metadata.is_dir()).then(|| (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()));
                let entry = Entry { mode: metadata.mode() & 0o7777, contents, inode_and_mtime: times };
                entries.insert(path.strip_prefix(folder).expect("it is inside").to_owned(), entry);
            }
        }
        Self(entries)
    }

    /// The entries, by path.
    pub fn entries(&self) -> impl Iterator<Item = (&Path, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_path(), entry))
    }

    /// The entry at `path`.
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Entry> {
        self.0.get(path.as_ref())
    }

    /// The paths that `later` has other bytes, another mode or another file at; also those that are new
    /// or gone. A file that was written again with the same bytes is another file.
    pub fn touched<'a>(&'a self, later: &'a Self) -> Vec<&'a Path> {
        let changed = self.0.iter().filter(|(path, entry)| later.0.get(*path) != Some(*entry));
        let new = later.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        changed.chain(new).map(|(path, _)| path.as_path()).collect()
    }

    /// The files that contain `needle`.
    pub fn files_with(&self, needle: &str) -> Vec<&Path> {
        let holds = |contents: &[u8]| contents.windows(needle.len()).any(|window| window == needle.as_bytes());
        self.entries().filter(|(_, entry)| entry.contents.as_deref().is_some_and(holds)).map(|(path, _)| path).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn touched_finds_rewritten_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str| fs::write(path(name), "same").unwrap();
        for name in ["kept", "written", "replaced", "moded", "gone"] {
            write(name);
        }
        let before = Tree::of(folder.path());
        assert_eq!(before.touched(&Tree::of(folder.path())), Vec::<&Path>::new());

        let later = fs::metadata(path("written")).unwrap().modified().unwrap() + std::time::Duration::from_nanos(1);
        fs::File::options().write(true).open(path("written")).unwrap().set_modified(later).unwrap();
        write("temporary");
        fs::rename(path("temporary"), path("replaced")).unwrap();
        fs::set_permissions(path("moded"), fs::Permissions::from_mode(0o640)).unwrap();
        fs::remove_file(path("gone")).unwrap();
        write("new");
        let after = Tree::of(folder.path());
        let expected = ["gone", "moded", "replaced", "written", "new"].map(Path::new);
        assert_eq!(before.touched(&after), expected);
        assert_eq!(after.files_with("sam").len(), 5);
    }
}
