//! A model of a disk that can lose power: from a folder and the calls that change it, it computes the possible states after
//! a power failure.
//!
//! Only the first read of the folder has an effect. The model guarantees what POSIX does, which is less than most file
//! systems do: contents are on the disk once the file is synced, and a name once its folder is synced. Everything else can
//! survive or be lost, each change independently and in any order. A rename between folders may survive in only one of them.

use leverage_tests::random::Random;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::calls::Call;

/// The umask of the traced runs.
pub const UMASK: u32 = 0o022;

/// Which unsynced changes are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// None, as when the program is killed.
    Nothing,
    /// Everything.
    Everything,
    /// Contents. Names survive, with the contents that were synced last, or none.
    Contents,
    /// Contents, but not their lengths: files contain zeros.
    Zeros,
    /// Names. Contents survive if a name for them does.
    Names,
    /// A selection that depends on this seed.
    Some(u64),
}

/// What a path contains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Folder { mode: u32 },
    File(Contents),
    Link { to: PathBuf },
}

/// Everything in a folder, by relative path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image(BTreeMap<PathBuf, Entry>);

/// A file or folder: its present state, and its state when it was last synced.
#[derive(Debug)]
enum Node {
    File { now: Contents, synced: Contents },
    Folder { mode: u32, now: Names, synced: Names, since: Vec<Vec<(OsString, Option<usize>)>> },
    Link { to: PathBuf },
}

type Names = BTreeMap<OsString, usize>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Contents {
    mode: u32,
    bytes: Vec<u8>,
}

/// A disk.
pub struct Disk {
    folder: PathBuf,
    nodes: Vec<Node>,
    /// Open files and folders, with the position of the next write.
    open: HashMap<u64, (usize, usize)>,
}

impl Disk {
    /// A disk with the contents of `folder`, all synced.
    ///
    /// # Panics
    ///
    /// The folder can't be read.
    pub fn of(folder: &Path) -> Self {
        let mut disk = Self { folder: folder.to_owned(), nodes: Vec::new(), open: HashMap::new() };
        disk.look_at(folder);
        disk
    }

    fn look_at(&mut self, path: &Path) -> usize {
        let metadata = path.symlink_metadata().expect("a file that can be looked at");
        let mode = metadata.permissions().mode() & 0o7777;
        let number = self.nodes.len();
        if metadata.is_dir() {
            self.nodes.push(Node::Folder { mode, now: Names::new(), synced: Names::new(), since: Vec::new() });
            for entry in fs::read_dir(path).expect("a folder that can be read") {
                let entry = entry.expect("a folder that can be read");
                let child = self.look_at(&entry.path());
                self.set_name(number, vec![(entry.file_name(), Some(child))]);
            }
            self.sync(number);
        } else if metadata.is_symlink() {
            self.nodes.push(Node::Link { to: fs::read_link(path).expect("a link that can be read") });
        } else {
            let now = Contents { mode, bytes: fs::read(path).expect("a file that can be read") };
            self.nodes.push(Node::File { synced: now.clone(), now });
        }
        number
    }

    /// Closes all files.
    pub fn close_all(&mut self) {
        self.open.clear();
    }

    /// Applies a call that wrote `bytes`. Returns whether anything changed.
    ///
    /// # Panics
    ///
    /// The model does not know the call.
    pub fn apply(&mut self, call: &Call, bytes: &[u8]) -> bool {
        let Some(result) = call.result.and_then(|result| u64::try_from(result).ok()) else { return false };
        if call.is(&["close"]) {
            self.open.remove(&call.args[0]);
            return false;
        }
        if !call.is_below(&self.folder) {
            return false;
        }
        let opened = self.open.get(&call.args[0]).map(|(number, _)| *number);
        let opened = || opened.unwrap_or_else(|| panic!("what is open is not known: {call:?}"));
        let mode = || u32::try_from(call.mode().expect("a call with a mode")).expect("permission bits");
        let path = &call.paths[0];
        match call.name.as_str() {
            "open" | "openat" => {
                let is_new = self.find(path).is_none() && call.opens_to_create();
                if is_new {
                    let now = Contents { mode: mode() & !UMASK, bytes: Vec::new() };
                    let node = Node::File { synced: now.clone(), now };
                    self.add(path, node);
                }
                assert!(!call.truncates(), "a file is emptied when it is opened, which is not known: {call:?}");
                self.open.extend(self.find(path).map(|number| (result, (number, 0))));
                is_new
            }
            "write" | "pwrite64" => {
                self.write(call, &bytes[..usize::try_from(result).expect("as much as was asked for")]);
                true
            }
            "ftruncate" => {
                let length = usize::try_from(call.args[1]).expect("a short file");
                self.contents(opened()).bytes.resize(length, 0);
                true
            }
            "fsync" | "fdatasync" => {
                self.sync(opened());
                true
            }
            "mkdir" | "mkdirat" => {
                let (now, synced) = (Names::new(), Names::new());
                self.add(path, Node::Folder { mode: mode() & !UMASK, now, synced, since: Vec::new() });
                true
            }
            "fchmod" => {
                self.contents(opened()).mode = mode();
                true
            }
            "unlink" | "unlinkat" | "rmdir" => {
                let (folder, name) = self.place(path);
                self.set_name(folder, vec![(name, None)]);
                true
            }
            "rename" | "renameat" | "renameat2" => {
                self.rename(path, &call.paths[1]);
                true
            }
            "link" | "linkat" => {
                let number = self.find(path).expect("what is linked to");
                let (folder, name) = self.place(&call.paths[1]);
                self.set_name(folder, vec![(name, Some(number))]);
                true
            }
            "flock" | "fchown" => false,
            _ => {
                assert!(!call.changes(), "it changes the folder in a way that is not known: {call:?}");
                false
            }
        }
    }

    fn write(&mut self, call: &Call, bytes: &[u8]) {
        let (number, position) = *self.open.get(&call.args[0]).expect("a file that is open");
        let start =
            if call.is(&["pwrite64"]) { usize::try_from(call.args[3]).expect("a short file") } else { position };
        let end = start + bytes.len();
        let contents = &mut self.contents(number).bytes;
        contents.resize(contents.len().max(end), 0);
        contents[start..end].copy_from_slice(bytes);
        if call.is(&["write"]) {
            self.open.insert(call.args[0], (number, end));
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let number = self.find(from).expect("what is renamed");
        let ((old_folder, old), (new_folder, new)) = (self.place(from), self.place(to));
        if old_folder == new_folder {
            self.set_name(new_folder, vec![(old, None), (new, Some(number))]);
        } else {
            self.set_name(old_folder, vec![(old, None)]);
            self.set_name(new_folder, vec![(new, Some(number))]);
        }
    }

    /// The state after a power failure.
    pub fn after(&self, loss: Loss) -> Image {
        let mut image = BTreeMap::new();
        let mut coin = Coin::new(loss);
        // The order does not depend on the random choices.
        let contents: Vec<Contents> = self.nodes.iter().map(|node| node.contents_after(&mut coin)).collect();
        let names: Vec<Names> = self.nodes.iter().map(|node| node.names_after(&mut coin)).collect();
        let mut next = vec![(PathBuf::new(), 0)];
        while let Some((path, number)) = next.pop() {
            let entry = match &self.nodes[number] {
                Node::Folder { mode, .. } => {
                    next.extend(names[number].iter().map(|(name, child)| (path.join(name), *child)));
                    Entry::Folder { mode: *mode }
                }
                Node::File { .. } => Entry::File(contents[number].clone()),
                Node::Link { to } => Entry::Link { to: to.clone() },
            };
            image.insert(path, entry);
        }
        Image(image)
    }

    fn find(&self, path: &Path) -> Option<usize> {
        let inside = path.strip_prefix(&self.folder).ok()?;
        inside.iter().try_fold(0, |number, name| match &self.nodes[number] {
            Node::Folder { now, .. } => now.get(name).copied(),
            _ => None,
        })
    }

    /// The parent folder of `path`, and its name there.
    fn place(&self, path: &Path) -> (usize, OsString) {
        let folder = path.parent().and_then(|folder| self.find(folder));
        let name = path.file_name().map(OsStr::to_owned);
        folder.zip(name).unwrap_or_else(|| panic!("{} is in no folder that is known", path.display()))
    }

    fn add(&mut self, path: &Path, node: Node) {
        let (folder, name) = self.place(path);
        self.nodes.push(node);
        self.set_name(folder, vec![(name, Some(self.nodes.len() - 1))]);
    }

    /// Changes names in a folder atomically.
    fn set_name(&mut self, folder: usize, changes: Vec<(OsString, Option<usize>)>) {
        let Node::Folder { now, since, .. } = &mut self.nodes[folder] else { panic!("names are in folders") };
        apply(now, &changes);
        since.push(changes);
    }

    fn sync(&mut self, number: usize) {
        match &mut self.nodes[number] {
            Node::File { now, synced } => synced.clone_from(now),
            Node::Folder { now, synced, since, .. } => {
                synced.clone_from(now);
                since.clear();
            }
            Node::Link { .. } => {}
        }
    }

    fn contents(&mut self, number: usize) -> &mut Contents {
        match &mut self.nodes[number] {
            Node::File { now, .. } => now,
            other => panic!("it has no contents that can be written: {other:?}"),
        }
    }
}

fn apply(names: &mut Names, changes: &[(OsString, Option<usize>)]) {
    for (name, number) in changes {
        match number {
            Some(number) => names.insert(name.clone(), *number),
            None => names.remove(name),
        };
    }
}

impl Node {
    fn contents_after(&self, coin: &mut Coin) -> Contents {
        match self {
            Node::File { now, synced } if now != synced => Contents {
                mode: if coin.keeps_contents() { now.mode } else { synced.mode },
                bytes: coin.bytes(now, synced),
            },
            Node::File { now, .. } => now.clone(),
            _ => Contents::default(),
        }
    }

    fn names_after(&self, coin: &mut Coin) -> Names {
        let Node::Folder { synced, since, .. } = self else { return Names::new() };
        let mut names = synced.clone();
        for changes in since.iter().filter(|_| coin.keeps_names()) {
            apply(&mut names, changes);
        }
        names
    }
}

/// Decides which changes are lost.
struct Coin {
    loss: Loss,
    random: Random,
}

impl Coin {
    fn new(loss: Loss) -> Self {
        let seed = if let Loss::Some(seed) = loss { seed } else { 0 };
        Self { loss, random: Random::new(seed) }
    }

    fn keeps_names(&mut self) -> bool {
        match self.loss {
            Loss::Nothing | Loss::Contents | Loss::Zeros => true,
            Loss::Everything | Loss::Names => false,
            Loss::Some(_) => self.random.below(2) == 0,
        }
    }

    fn keeps_contents(&mut self) -> bool {
        match self.loss {
            Loss::Nothing | Loss::Names => true,
            Loss::Everything | Loss::Contents | Loss::Zeros => false,
            Loss::Some(_) => self.random.below(2) == 0,
        }
    }

    fn bytes(&mut self, now: &Contents, synced: &Contents) -> Vec<u8> {
        let (now, synced) = (&now.bytes, &synced.bytes);
        match self.loss {
            Loss::Nothing | Loss::Names => now.clone(),
            Loss::Everything | Loss::Contents => synced.clone(),
            Loss::Zeros => vec![0; now.len()],
            Loss::Some(_) => match self.random.below(4) {
                0 => now.clone(),
                1 => synced.clone(),
                2 => vec![0; now.len()],
                // A part of each change.
                _ => {
                    let middle = self.random.below(now.len() + 1);
                    now[..middle].iter().chain(synced.iter().skip(middle)).copied().collect()
                }
            },
        }
    }
}

impl Image {
    /// Replaces the contents of `folder` with this state.
    ///
    /// # Panics
    ///
    /// The folder can't be written.
    pub fn put(&self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder that can be read") {
            let path = entry.expect("a folder that can be read").path();
            let is_folder = path.symlink_metadata().expect("a file that can be looked at").is_dir();
            let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.expect("a folder that can be written");
        }
        // Folders sort before their contents.
        for (path, entry) in self.0.iter().filter(|(path, _)| !path.as_os_str().is_empty()) {
            let path = folder.join(path);
            match entry {
                Entry::Folder { mode } => fs::DirBuilder::new().mode(*mode).create(path),
                Entry::Link { to } => symlink(to, path),
                // Two names of one file become two files. leverage never changes a file under one name and reads it under another.
                Entry::File(Contents { mode, bytes }) => {
                    fs::write(&path, bytes).and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(*mode)))
                }
            }
            .expect("a folder that can be written");
        }
    }

    /// The files that contain one of these and are readable for other users.
    pub fn open_to_others(&self, secrets: &[String]) -> Vec<&Path> {
        let holds =
            |bytes: &[u8], secret: &String| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        let is_open = |entry: &Entry| match entry {
            Entry::File(Contents { mode, bytes }) => mode & 0o077 != 0 && secrets.iter().any(|it| holds(bytes, it)),
            _ => false,
        };
        self.0.iter().filter(|(_, entry)| is_open(entry)).map(|(path, _)| path.as_path()).collect()
    }
}
