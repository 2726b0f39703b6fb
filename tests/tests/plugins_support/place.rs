//! A place to try plugins in: an AWS of its own, a project, and the folder of a user's plugins.

#![allow(dead_code, reason = "each test file uses a part of it")]

use leverage::core::visible::is_safe;
use leverage::sandbox::project::{self, Project};
use leverage::sandbox::{Config, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_leverage-under-test");

/// A plugin of `tests/plugins`, built by `cargo test --workspace`.
pub fn plugin(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test has a path");
    let folder = own.parent().and_then(Path::parent).expect("the test is in target/<profile>/deps");
    let library = folder.join(format!("examples/libtest_{name}.so"));
    assert!(library.exists(), "{} is missing: run `cargo test --workspace`", library.display());
    library
}

/// What a command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }

    /// Everything, after checking that it does nothing to a terminal.
    #[track_caller]
    pub fn all(&self) -> String {
        let all = format!("{}{}", self.out, self.err);
        let bad = all.lines().find(|line| !is_safe(line));
        assert_eq!(bad, None, "{all:?}");
        all
    }

    /// Checks the exit code and that each of `parts` was said.
    #[track_caller]
    pub fn expect(&self, code: i32, parts: &[&str]) -> &Self {
        let all = self.all();
        assert_eq!(self.code, code, "{all}");
        for part in parts {
            assert!(all.contains(part), "{part:?} is not in: {all}");
        }
        self
    }
}

/// The place.
pub struct Place {
    pub folder: TempDir,
    pub sandbox: Sandbox,
    pub project: Project,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sandbox = Sandbox::start(Config::default()).expect("a sandbox");
        let project = project::write(folder.path(), &sandbox).expect("a sample project");
        fs::create_dir(project.root.join(".git")).expect("a repository's root");
        Self { folder, sandbox, project }
    }

    /// `$XDG_DATA_HOME`.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of the user's plugins.
    pub fn store(&self) -> PathBuf {
        self.data().join("leverage/plugins")
    }

    /// The lock file.
    pub fn lock_file(&self) -> PathBuf {
        self.store().join("plugins.toml")
    }

    /// The copies in the store.
    pub fn copies(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.store()).into_iter().flatten().flatten().map(|entry| entry.path());
        entries
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sha256-")))
            .collect()
    }

    /// The only copy's library.
    pub fn copy(&self) -> PathBuf {
        let copies = self.copies();
        assert_eq!(copies.len(), 1, "{copies:?}");
        copies[0].join("plugin.so")
    }

    /// Whether the library at `path` was opened since this was last asked.
    pub fn was_opened(&self, path: &Path) -> bool {
        fs::remove_file(format!("{}.opened", path.display())).is_ok()
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(self.project.environment(&self.sandbox)).env("XDG_DATA_HOME", self.data());
        command.current_dir(&self.project.root).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command().args(arguments))
    }

    /// Adds a plugin of `tests/plugins`, which works.
    pub fn add(&self, name: &str, options: &[&str]) {
        let library = plugin(name);
        let mut arguments = vec!["plugin", "add", "--yes", library.to_str().expect("UTF-8")];
        arguments.extend(options);
        self.run(&arguments).expect(0, &[]);
    }

    /// `credentials configure --type KIND`, with the keys of the management account.
    pub fn configure(&self, kind: &str, options: &[&str]) -> Said {
        let keys = self.project.keys_of(&self.sandbox.users().management);
        let mut arguments = vec!["credentials", "configure", "--type", kind];
        arguments.extend(["--credentials-file", keys.to_str().expect("UTF-8")]);
        arguments.extend(options);
        self.run(&arguments)
    }

    /// Every file of the home folder and the project, with its contents. Locks are not contents.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for folder in [&self.project.home, &self.project.root] {
            collect(folder, &mut files);
        }
        files
    }
}

pub fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, files);
        } else if entry.file_name() != ".lock" {
            let contents = fs::read(&path).unwrap_or_default();
            files.insert(path, contents);
        }
    }
}

/// The permission bits of a file or folder.
pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it exists").permissions().mode() & 0o7777
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode can be set");
}

/// A copy of a library in which `from`, which must occur, is `to` in each place, filled up with spaces.
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
