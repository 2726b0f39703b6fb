//! Tests of the whole crate on real files. They do not depend on permission bits, which do not apply to root.

mod concurrent_changes;
mod crashes;
mod failures;
mod modes;

use std::error::Error;
use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::commit::{Transaction, commit, steps};
use crate::lock::Lock;
use crate::read::{read, read_all};
use crate::real_path::real_path;
use crate::*;

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A temporary folder with the state folder of a project.
struct Place {
    root: TempDir,
    backups: Backups,
}

impl Place {
    fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        let now = "2026-11-23T19:58:00Z".parse().unwrap();
        let backups = Backups::new(root.path().join("state"), "test", now);
        // The folder of the lock exists before a commit starts.
        fs::DirBuilder::new().mode(0o700).create(&backups.state).unwrap();
        Place { root, backups }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn put(&self, name: &str, contents: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn run_folder(&self) -> PathBuf {
        self.backups.folder().join("20261123T195800Z")
    }

    /// Every file, folder and link with mode and contents, to compare before and after.
    fn state(&self) -> Vec<(PathBuf, u32, String)> {
        let mut state = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let metadata = path.symlink_metadata().unwrap();
                let contents = match metadata.file_type() {
                    kind if kind.is_symlink() => fs::read_link(&path).unwrap().display().to_string(),
                    kind if kind.is_file() => fs::read_to_string(&path).unwrap(),
                    _ => String::new(),
                };
                if metadata.is_dir() {
                    folders.push(path.clone());
                }
                state.push((path, metadata.mode(), contents));
            }
        }
        state.sort();
        state
    }
}

/// The message of an error with its causes.
fn shown(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", shown(source)),
        None => error.to_string(),
    }
}

/// A write of `contents` to `path`, based on its present state.
fn write(path: &Path, contents: &str, privacy: Privacy) -> Write {
    Write {
        path: path.to_owned(),
        target: real_path(path).unwrap(),
        before: read(path).unwrap(),
        contents: Some(Zeroizing::new(contents.as_bytes().to_vec())),
        privacy,
        mode: None,
        backup_as: path.file_name().unwrap().into(),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn read_returns_contents_or_none() {
    let place = Place::new();
    assert!(read(&place.path("none")).unwrap().is_none());
    assert!(read(&place.path("no/folder/none")).unwrap().is_none());
    let path = place.put("config", "[default]\r\n", 0o640);
    let snapshot = read(&path).unwrap().unwrap();
    assert_eq!(*snapshot.bytes, b"[default]\r\n");
    assert_eq!(snapshot.mode(), 0o640);
    assert_eq!(snapshot.path(), fs::canonicalize(path).unwrap());
    assert!(read(&place.put("empty", "", 0o600)).unwrap().unwrap().bytes.is_empty());
}

#[test]
fn read_all_reads_file_longer_than_expected() {
    let place = Place::new();
    let long = "0123456789".repeat(1000);
    let file = File::open(place.put("long", &long, 0o600)).unwrap();
    assert_eq!(*read_all(&file, 3).unwrap(), long.as_bytes());
    assert!(read_all(&file, u64::MAX).is_err());
}

#[test]
fn read_rejects_everything_but_regular_files() {
    let place = Place::new();
    let refusal = |path: &Path| shown(&read(path).unwrap_err());
    assert!(refusal(place.root.path()).contains("found a folder"));
    assert!(refusal(Path::new("/dev/null")).contains("found a device"));
    let socket = place.path("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(refusal(&socket).contains("found a socket"));
    let pipe = place.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(refusal(&pipe).contains("found a pipe"));
    symlink("loop", place.path("loop")).unwrap();
    assert!(refusal(&place.path("loop")).contains("loop`: symbolic links form a loop"));
    assert!(refusal(&place.path("loop/config")).contains("symbolic links form a loop"));
}

#[test]
fn commit_writes_and_backs_up_new_and_existing_files() {
    let place = Place::new();
    let config = place.put("aws/config", "old", 0o644);
    let fresh = place.path("aws/deep/er/credentials");
    let mut nested = write(&config, "new", Privacy::Shared);
    nested.backup_as = "aws/config".into();
    let committed = commit(&[nested, write(&fresh, "keys", Privacy::Private)], &place.backups).unwrap();

    let backup = place.run_folder().join("aws/config");
    assert_eq!((text(&config), text(&fresh), text(&backup)), ("new".into(), "keys".into(), "old".into()));
    let written =
        [Written { path: config.clone(), backup: Some(backup.clone()) }, Written { path: fresh.clone(), backup: None }];
    assert_eq!(committed, Committed { written: written.to_vec(), warnings: vec![] });
    assert_eq!((mode(&config), mode(&fresh), mode(&backup)), (0o644, 0o600, 0o600));
    for folder in ["aws/deep", "aws/deep/er", "state", "state/backups", "state/backups/20261123T195800Z/aws"] {
        assert_eq!(mode(&place.path(folder)), 0o700, "{folder}");
    }
    // No temporary file remains.
    assert_eq!(fs::read_dir(place.path("aws")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(place.path("aws/deep/er")).unwrap().count(), 1);
}

#[test]
fn commit_of_new_files_keeps_only_its_record() {
    let place = Place::new();
    commit(&[write(&place.path("new"), "x", Privacy::Shared)], &place.backups).unwrap();
    let kept: Vec<_> = fs::read_dir(place.run_folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(kept, [backup::RECORD]);
    let before = place.state();
    assert_eq!(commit(&[], &place.backups).unwrap(), Committed { written: vec![], warnings: vec![] });
    assert_eq!(place.state(), before);
}

#[test]
fn commit_never_overwrites_a_backup() {
    let place = Place::new();
    let config = place.put("config", "one", 0o600);
    for contents in ["two", "three", "four"] {
        commit(&[write(&config, contents, Privacy::Private)], &place.backups).unwrap();
    }
    let backup = |run: &str| text(&place.backups.folder().join(run).join("config"));
    assert_eq!(backup("20261123T195800Z"), "one");
    assert_eq!(backup("20261123T195800Z-2"), "two");
    assert_eq!(backup("20261123T195800Z-3"), "three");
}

#[test]
fn prune_keeps_newest_runs_and_other_folders() {
    let mut place = Place::new();
    let config = place.put("config", "0", 0o600);
    let others = ["notes", "20200101", "20200101T000000Z.old"];
    for other in others {
        place.put(&format!("state/backups/{other}/kept"), "", 0o600);
    }
    place.put("state/backups/20200101T000000Z", "a file, not the folder of a run", 0o600);
    symlink("notes", place.backups.folder().join("20200102T000000Z")).unwrap();
    for second in 1..=14 {
        place.backups.now = Timestamp::from_second(1_800_000_000 + second).unwrap();
        let committed = commit(&[write(&config, &second.to_string(), Privacy::Private)], &place.backups).unwrap();
        assert_eq!(committed.warnings, Vec::<String>::new());
    }
    let mut names: Vec<_> = fs::read_dir(place.backups.folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 10 + others.len() + 2, "{names:?}");
    assert!(place.path("state/backups/notes/kept").exists());
    let oldest = place.backups.folder().join("20270115T080005Z/config");
    assert_eq!(text(&oldest), "4");

    // The clock was set back: the backup of the current run is still kept.
    place.backups.now = Timestamp::from_second(1).unwrap();
    let committed = commit(&[write(&config, "last", Privacy::Private)], &place.backups).unwrap();
    assert_eq!(text(committed.written[0].backup.as_ref().unwrap()), "14");
    assert!(!oldest.exists());
}

#[test]
fn commit_follows_symbolic_links_and_keeps_them() {
    let place = Place::new();
    let real = place.put("dotfiles/config", "old", 0o600);
    fs::create_dir(place.path("aws")).unwrap();
    symlink("../dotfiles/config", place.path("aws/middle")).unwrap();
    symlink("middle", place.path("aws/config")).unwrap();
    let link = place.path("aws/config");
    commit(&[write(&link, "new", Privacy::Private)], &place.backups).unwrap();
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("middle"));
    assert_eq!(text(&real), "new");
    assert_eq!(text(&place.run_folder().join("config")), "old");
    assert_eq!(fs::read_dir(place.path("aws")).unwrap().count(), 2);
}

#[test]
fn commit_creates_target_of_dangling_link() {
    let place = Place::new();
    let link = place.path("config");
    symlink("vault/deep/config", &link).unwrap();
    assert!(read(&link).unwrap().is_none());
    commit(&[write(&link, "new", Privacy::Private)], &place.backups).unwrap();
    assert!(link.is_symlink());
    assert_eq!(text(&place.path("vault/deep/config")), "new");

    // The same for a folder on the path.
    symlink("elsewhere/aws", place.path("aws")).unwrap();
    commit(&[write(&place.path("aws/bb/config"), "new", Privacy::Private)], &place.backups).unwrap();
    assert_eq!(text(&place.path("elsewhere/aws/bb/config")), "new");
    assert!(place.path("aws").is_symlink());
}

#[test]
fn commit_warns_of_hard_links() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let other = place.path("other");
    fs::hard_link(&config, &other).unwrap();
    let committed = commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap();
    let warning = format!("`{}` had 2 hard links; the other names keep the previous contents", config.display());
    assert_eq!(committed.warnings, [warning]);
    assert_eq!((text(&config), text(&other)), ("new".into(), "old".into()));
}

#[test]
fn lock_excludes_other_holders() {
    let place = Place::new();
    let path = place.path("state/lock");
    let held = Lock::acquire(&path, Duration::ZERO).unwrap();
    assert_eq!((mode(&path), mode(&place.path("state"))), (0o600, 0o700));
    let error = Lock::acquire(&path, Duration::from_millis(30)).unwrap_err();
    assert!(matches!(error.reason, Reason::Locked(_)));
    let expected = "lock`: another run still holds the lock after 0.03 s";
    assert!(shown(&error).ends_with(expected), "{error}");

    let (ready, started) = mpsc::channel();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            ready.send(()).unwrap();
            Lock::acquire(&path, Duration::from_secs(60)).map(drop)
        });
        started.recv().unwrap();
        drop(held);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn lock_acquired_after_removal_of_its_file_is_valid() {
    let place = Place::new();
    let path = place.path("aws/bb/.lock");
    let held = Lock::acquire(&path, Duration::ZERO).unwrap();
    let open = || {
        let files = fs::read_dir("/proc/self/fd").unwrap().flatten();
        files.filter(|file| fs::read_link(file.path()).is_ok_and(|target| target == path)).count()
    };
    thread::scope(|scope| {
        let waiting = scope.spawn(|| Lock::acquire(&path, Duration::from_secs(60)).unwrap());
        while open() < 2 {
            thread::yield_now();
        }
        drop(held);
        let got = waiting.join().unwrap();
        assert!(Lock::is_held(&path), "others see the lock");
        drop(got);
    });
    assert!(!path.exists(), "a lock alone in its folder is removed");
}

#[test]
fn lock_with_changing_file_excludes_other_holders() {
    let place = Place::new();
    let path = place.path("aws/bb/.lock");
    let holders = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let _lock = Lock::acquire(&path, Duration::from_secs(60)).unwrap();
                    assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                    holders.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    let lock = Lock::acquire(&path, Duration::ZERO).unwrap();
    place.put("aws/bb/config", "x", 0o600);
    drop(lock);
    assert!(path.exists(), "a lock beside other files stays");
}

#[test]
fn lock_excludes_other_processes() {
    let place = Place::new();
    let path = place.path("lock");
    let held = Lock::acquire(&path, Duration::ZERO).unwrap();
    assert!(!modes::in_child("lock", path.as_os_str()));
    drop(held);
    assert!(modes::in_child("lock", path.as_os_str()));
}

#[test]
fn debug_output_never_shows_contents() {
    let place = Place::new();
    let config = place.put("config", CANARY, 0o600);
    let writes = [write(&config, &format!("{CANARY}2"), Privacy::Private)];
    let mut run = Transaction::new(&writes, &place.backups);
    let mut shown = format!("{writes:?} {run:?}");
    for step in steps(&writes) {
        run.take(step).unwrap();
        shown += &format!("{run:?}");
        for (path, ..) in place.state() {
            shown += &path.display().to_string();
        }
    }
    assert!(shown.contains("<40 bytes>"));
    assert!(!shown.contains(CANARY), "{shown}");
}
