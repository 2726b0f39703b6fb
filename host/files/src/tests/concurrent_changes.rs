//! Tests of changes at the same time: by other programs, other projects' runs, and other users.

use std::os::unix::fs::chown;

use rustix::fs::{XattrFlags, lgetxattr, setxattr};

use super::crashes::{crash_after, recover};
use super::*;
use crate::commit::{Step, commit_with_observer};
use crate::journal::Journal;
use crate::past_run::list_past_runs;
use crate::start::{lock_and_recover, lock_shared_and_recover};

/// Takes all steps of a run except the last, and interrupts it.
fn crash_before_the_end(writes: &[Write], place: &Place) {
    crash_after(steps(writes).len() - 1, writes, place);
}

#[test]
fn commit_keeps_file_modified_between_two_installs() {
    let place = Place::new();
    let one = place.put("one", "old", 0o600);
    let two = place.put("two", "old", 0o600);
    let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
    let error = commit_with_observer(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::write(&two, "theirs").unwrap();
        }
    })
    .unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed) && error.stranded.is_empty(), "{error}");
    assert_eq!((text(&one), text(&two)), ("old".into(), "theirs".into()));
    assert_eq!(recover(&place).unwrap(), None);
}

#[test]
fn roll_back_keeps_file_modified_after_its_install() {
    for before in [Some("old"), None] {
        let place = Place::new();
        let one = place.path("one");
        before.inspect(|text| drop(place.put("one", text, 0o600)));
        let two = place.put("two", "old", 0o600);
        let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
        let error = commit_with_observer(&writes, &place.backups, |step| {
            if step == Step::Install(1) {
                fs::write(&one, "theirs").unwrap();
                fs::write(&two, "theirs").unwrap();
            }
        })
        .unwrap_err();
        let [stranded] = &error.stranded[..] else { panic!("{error:?}") };
        assert_eq!(stranded.path, one);
        assert!(matches!(stranded.error, Reason::Changed), "{stranded:?}");
        assert_eq!((text(&one), text(&two)), ("theirs".into(), "theirs".into()));
        let warnings = recover(&place).unwrap().unwrap().warnings;
        assert!(warnings[0].starts_with(&format!("`{}` was modified since", one.display())), "{warnings:?}");
        assert_eq!((text(&one), text(&two)), ("theirs".into(), "theirs".into()));
    }
}

#[test]
fn roll_back_removes_files_with_temporary_names() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    let mut run = Transaction::new(&writes, &place.backups);
    for step in steps(&writes).into_iter().take_while(|step| *step != Step::Stage(0)) {
        run.take(step).unwrap();
    }
    let journal = Journal::read(&place.backups.state).unwrap().unwrap();
    let staged = journal.record.files[0].staged_path();
    fs::write(&staged, "half").unwrap();
    run.take(Step::Stage(0)).unwrap_err();
    assert!(run.roll_back().is_empty());
    assert!(!staged.exists());
    assert_eq!(recover(&place).unwrap(), None);
}

#[test]
fn commit_creates_file_at_planned_place_or_nowhere() {
    let place = Place::new();
    fs::create_dir(place.path("config")).unwrap();
    fs::create_dir(place.path("elsewhere")).unwrap();
    let writes = [write(&place.path("config/common.tfvars"), "new", Privacy::Shared)];
    fs::remove_dir(place.path("config")).unwrap();
    symlink("elsewhere", place.path("config")).unwrap();
    let error = commit(&writes, &place.backups).unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed), "{error}");
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
}

/// The journal is not trusted, and the file stays as the interrupted run left it.
#[track_caller]
fn is_not_recovered(place: &Place, config: &Path, why: &str) {
    let journal = place.backups.state.join(".journal");
    let error = recover(place).unwrap_err();
    assert!(matches!(error.reason, Reason::Journal(RecordError::Untrusted(_))), "{why}: {error:?}");
    assert_eq!(error.hints()[1], format!("unless one of your runs wrote it, run `rm {}`", journal.display()));
    assert_eq!(text(config), "new", "{why}");
}

/// What only root can set up. `.ci/run` runs these tests as root.
mod as_root {
    use super::*;

    #[test]
    #[ignore = "needs root: `.ci/run` as root runs it"]
    fn recovery_refuses_a_journal_of_another_owner() {
        let place = Place::new();
        let config = place.put("config", "old", 0o600);
        crash_before_the_end(&[write(&config, "new", Privacy::Private)], &place);
        let journal = place.backups.state.join(".journal");
        chown(&journal, Some(12_345), None).unwrap();
        is_not_recovered(&place, &config, "of another owner");
        chown(&journal, Some(0), None).unwrap();
        recover(&place).unwrap().unwrap();
    }
}

#[test]
fn record_writable_by_others_is_not_trusted() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_before_the_end(&writes, &place);
    let journal = place.backups.state.join(".journal");
    for wide in [0o620, 0o602, 0o666] {
        fs::set_permissions(&journal, fs::Permissions::from_mode(wide)).unwrap();
        is_not_recovered(&place, &config, &format!("{wide:o}"));
    }
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o600)).unwrap();
    recover(&place).unwrap().unwrap();

    commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap();
    let record = place.run_folder().join("run.json");
    fs::set_permissions(&record, fs::Permissions::from_mode(0o622)).unwrap();
    let runs = list_past_runs(&place.backups.state).unwrap();
    assert!(matches!(runs[0].record, Err(RecordError::Untrusted(_))), "{runs:?}");
}

#[test]
fn recovery_of_shared_files_takes_shared_lock() {
    let mut place = Place::new();
    place.backups.state = place.path("home/state");
    let shared = place.path("home/.lock");
    let config = place.put("home/config", "old", 0o600);
    fs::create_dir(&place.backups.state).unwrap();
    let alone = place.put("alone", "old", 0o600);
    crash_before_the_end(&[write(&alone, "new", Privacy::Private)], &place);
    let held = Lock::acquire(&shared, Duration::ZERO).unwrap();
    // An interrupted run without files there does not need the shared lock.
    assert!(lock_and_recover(&place.backups.state, Some(&shared), Duration::ZERO).unwrap().1.is_some());

    crash_before_the_end(&[write(&config, "new", Privacy::Private)], &place);
    let error = lock_and_recover(&place.backups.state, Some(&shared), Duration::ZERO).unwrap_err();
    assert!(matches!(error.reason, Reason::Locked(_)) && error.path == shared, "{error}");
    assert_eq!(text(&config), "new", "another run may be writing it");
    drop(held);

    // The next run that writes there restores them first.
    let (lock, recovered) = lock_shared_and_recover(&shared, Duration::ZERO).unwrap();
    assert_eq!((recovered.len(), text(&config)), (1, "old".to_owned()));
    drop(lock);
    let (_lock, nothing) = lock_and_recover(&place.backups.state, Some(&shared), Duration::ZERO).unwrap();
    assert_eq!(nothing, None);
}

#[test]
fn list_past_runs_starts_with_last_committed() {
    let place = Place::new();
    let config = place.put("config", "1", 0o600);
    let mut names = Vec::new();
    for (contents, now) in [("2", "2026-11-23T19:58:00Z"), ("3", "2026-11-23T19:57:00Z"), ("4", "2025-01-01T00:00:00Z")]
    {
        let backups = Backups { now: now.parse().unwrap(), ..place.backups.clone() };
        commit(&[write(&config, contents, Privacy::Private)], &backups).unwrap();
        names.push(list_past_runs(&place.backups.state).unwrap().remove(0).name);
    }
    assert_eq!(names, ["20261123T195800Z", "20261123T195800Z-2", "20261123T195800Z-3"]);
}

/// An access control list as Linux stores it: another user can read, and the group has no access.
const LIST: &[u8] = b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\x39\x30\0\0\x04\0\0\0\xff\xff\xff\xff\
    \x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
const NAME: &str = "system.posix_acl_access";

fn list(path: &Path) -> Vec<u8> {
    let mut list = [0; 256];
    let length = lgetxattr(path, NAME, &mut list[..]).unwrap();
    list[..length].to_vec()
}

#[test]
fn commit_and_recovery_keep_access_control_list() {
    let place = Place::new();
    let shared = place.put("shared", "old", 0o600);
    let private = place.put("private", "old", 0o600);
    for path in [&shared, &private] {
        setxattr(path, NAME, LIST, XattrFlags::empty()).expect("a file system with access control lists");
        assert_eq!(mode(path), 0o640);
    }
    let writes = || [write(&shared, "new", Privacy::Shared), write(&private, "new", Privacy::Private)];
    let failed = commit_with_observer(&writes(), &place.backups, |step| {
        if step == Step::Sync {
            assert_eq!((mode(&shared), mode(&private)), (0o640, 0o600));
            assert_eq!(list(&shared), LIST);
            // The list is kept, and its mask denies all access.
            assert_eq!(list(&private)[30], 0);
            fs::rename(place.path("state"), place.path("away")).unwrap();
        }
    });
    assert!(failed.is_err());
    for path in [&shared, &private] {
        assert_eq!((text(path), mode(path), list(path)), ("old".into(), 0o640, LIST.to_vec()));
    }
    fs::remove_dir_all(place.path("away")).unwrap();
    fs::create_dir(place.path("state")).unwrap();
    crash_before_the_end(&writes(), &place);
    recover(&place).unwrap().unwrap();
    for path in [&shared, &private] {
        assert_eq!((text(path), mode(path), list(path)), ("old".into(), 0o640, LIST.to_vec()));
    }
}
