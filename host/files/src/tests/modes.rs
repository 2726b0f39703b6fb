//! Tests of permission bits under every umask, and of owners. Each case has its own process, to which its umask belongs.

use std::ffi::OsStr;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::process::{Command, Stdio};

use rustix::fs::Mode;

use super::*;

const CASE: &str = "FILES_TEST_CASE";
const ARGUMENT: &str = "FILES_TEST_ARGUMENT";

/// Runs the test `child` below in a new process; returns whether it passed.
pub(super) fn in_child(case: &str, argument: &OsStr) -> bool {
    let module = module_path!();
    let test = format!("{}::child", module.split_once("::").unwrap().1);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--nocapture"])
        .env(CASE, case)
        .env(ARGUMENT, argument)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let output_text = String::from_utf8_lossy(&output.stdout);
    assert!(output_text.contains("running 1 test"), "{output_text}");
    output.status.success()
}

#[test]
fn child() {
    let Ok(case) = std::env::var(CASE) else { return };
    let argument = std::env::var_os(ARGUMENT).unwrap();
    match case.as_str() {
        "lock" => drop(Lock::acquire(Path::new(&argument), Duration::ZERO).unwrap()),
        "umask" => modes_under(u32::from_str_radix(argument.to_str().unwrap(), 8).unwrap()),
        _ => panic!("unknown case: {case}"),
    }
}

#[test]
fn modes_are_equal_under_every_umask() {
    for umask in ["000", "022", "077", "177", "777"] {
        assert!(in_child("umask", umask.as_ref()), "umask {umask}: FILES_TEST_CASE=umask FILES_TEST_ARGUMENT={umask}");
    }
}

fn modes_under(umask: u32) {
    let place = Place::new();
    // The mode before, the privacy, and the mode after.
    let existing = [
        (0o644, Privacy::Private, 0o600),
        (0o600, Privacy::Private, 0o600),
        (0o777, Privacy::Private, 0o600),
        (0o664, Privacy::Shared, 0o664),
        (0o600, Privacy::Shared, 0o600),
        (0o755, Privacy::Shared, 0o755),
    ];
    let name = |mode: u32, privacy| format!("existing/{privacy:?}-{mode:o}");
    for (mode, privacy, _) in existing {
        place.put(&name(mode, privacy), "old", mode);
    }
    rustix::process::umask(Mode::from_raw_mode(umask as _));
    let lock = Lock::acquire(&place.path("run/lock"), Duration::ZERO).unwrap();
    let mut writes: Vec<Write> =
        existing.iter().map(|&(mode, privacy, _)| write(&place.path(&name(mode, privacy)), "new", privacy)).collect();
    let private = place.path("private/deep/credentials");
    let shared = place.path("shared/deep/common.tfvars");
    writes.extend([write(&private, CANARY, Privacy::Private), write(&shared, "new", Privacy::Shared)]);
    let committed = commit(&writes, &place.backups).unwrap();

    for (before, privacy, after) in existing {
        assert_eq!(mode(&place.path(&name(before, privacy))), after, "{before:o} {privacy:?}");
    }
    assert_eq!((mode(&private), mode(&place.path("run/lock"))), (0o600, 0o600));
    assert_eq!(mode(&shared), 0o644 & !umask | 0o600);
    for folder in ["private", "private/deep", "run", "state", "state/backups"] {
        assert_eq!(mode(&place.path(folder)), 0o700, "{folder}");
    }
    assert_eq!(mode(&place.run_folder()), 0o700);
    for folder in ["shared", "shared/deep"] {
        assert_eq!(mode(&place.path(folder)), 0o777 & !umask | 0o700, "{folder}");
    }
    for written in committed.written {
        assert!(written.backup.is_none_or(|backup| mode(&backup) == 0o600));
    }
    drop(lock);
    assert!(!place.path("run").exists(), "a lock alone in its folder is removed with it");
}

#[test]
fn is_needed_detects_too_wide_private_file() {
    let place = Place::new();
    let path = place.put("credentials", "same", 0o644);
    assert!(write(&path, "same", Privacy::Private).is_needed());
    assert!(!write(&path, "same", Privacy::Shared).is_needed());
    assert!(write(&path, "other", Privacy::Shared).is_needed());
    assert!(write(&place.path("new"), "", Privacy::Shared).is_needed());
    commit(&[write(&path, "same", Privacy::Private)], &place.backups).unwrap();
    assert!(!write(&path, "same", Privacy::Private).is_needed());
}

#[test]
fn commit_sets_requested_mode_but_keeps_private_files_private() {
    let place = Place::new();
    for (privacy, given) in [(Privacy::Shared, 0o640), (Privacy::Private, 0o600)] {
        let mut again = write(&place.path("again"), "x", privacy);
        again.mode = Some(0o640);
        commit(&[again], &place.backups).unwrap();
        assert_eq!(mode(&place.path("again")), given);
        let mut removal = write(&place.path("again"), "", privacy);
        removal.contents = None;
        commit(&[removal], &place.backups).unwrap();
        assert!(!place.path("again").exists());
    }
}

#[test]
fn commit_keeps_modes_of_existing_folders() {
    let place = Place::new();
    fs::DirBuilder::new().mode(0o755).create(place.path("aws")).unwrap();
    let before = mode(&place.path("aws"));
    commit(&[write(&place.path("aws/bb/credentials"), "keys", Privacy::Private)], &place.backups).unwrap();
    assert_eq!((mode(&place.path("aws")), mode(&place.path("aws/bb"))), (before, 0o700));
}

#[test]
fn writing_a_file_of_another_owner_is_refused() {
    if rustix::process::geteuid().is_root() {
        println!("not run: root may give files to other users; `as_root` tests what then happens");
        return;
    }
    let place = Place::new();
    let path = place.put("config", "old", 0o640);
    let before = place.state();
    let attributes =
        stage::Attributes { mode: permissions::Mode::Exactly(0o600), owner: Some((12_345, 0)), access_list_of: None };
    let refusal = stage::Staged::new(path.with_file_name("staged"), b"new", attributes).unwrap_err();
    assert!(matches!(refusal, Reason::OtherOwner(12_345)));
    assert_eq!(place.state(), before);
}

/// What only root can set up. `.ci/run` runs these tests as root.
mod as_root {
    use super::*;

    #[test]
    #[ignore = "needs root: `.ci/run` as root runs it"]
    fn writing_a_file_of_another_owner_keeps_the_owner() {
        let place = Place::new();
        let path = place.put("config", "old", 0o640);
        chown(&path, Some(12_345), Some(54_321)).unwrap();
        commit(&[write(&path, "new", Privacy::Shared)], &place.backups).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.uid(), metadata.gid(), mode(&path)), (12_345, 54_321, 0o640));
    }
}
