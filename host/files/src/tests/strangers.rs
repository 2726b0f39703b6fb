//! Somebody else at work at the same time: other programs, other projects' runs, and other users.

use std::os::unix::fs::chown;

use rustix::fs::{XattrFlags, lgetxattr, setxattr};

use super::commit::{Run, Step, commit_watched, steps};
use super::crashes::crash_after;
use super::recover::recover;
use super::*;

/// Takes all steps of a run but the last, and dies.
fn crash_before_the_end(writes: &[Write], place: &Place) {
    crash_after(steps(writes).len() - 1, writes, place);
}

#[test]
fn what_is_changed_between_two_installs_is_kept() {
    let place = Place::new();
    let one = place.put("one", "old", 0o600);
    let two = place.put("two", "old", 0o600);
    let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
    let error = commit_watched(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::write(&two, "theirs").unwrap();
        }
    })
    .unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed) && error.stranded.is_empty(), "{error}");
    assert_eq!((text(&one), text(&two)), ("old".into(), "theirs".into()));
    assert_eq!(recover(&place.backups.state).unwrap(), None);
}

#[test]
fn what_is_changed_after_its_install_is_not_rolled_back() {
    for before in [Some("old"), None] {
        let place = Place::new();
        let one = place.path("one");
        before.inspect(|text| drop(place.put("one", text, 0o600)));
        let two = place.put("two", "old", 0o600);
        let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
        let error = commit_watched(&writes, &place.backups, |step| {
            if step == Step::Install(1) {
                fs::write(&one, "theirs").unwrap();
                fs::write(&two, "theirs").unwrap();
            }
        })
        .unwrap_err();
        let said = "one could not be put back (it was changed by another program in the meantime)";
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!((text(&one), text(&two)), ("theirs".into(), "theirs".into()));
        let told = recover(&place.backups.state).unwrap().unwrap().warnings;
        assert!(told[0].starts_with(&format!("{} was changed by somebody else since", one.display())), "{told:?}");
        assert_eq!((text(&one), text(&two)), ("theirs".into(), "theirs".into()));
    }
}

#[test]
fn a_run_that_fails_leaves_no_file_under_a_temporary_name() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    let mut run = Run::new(&writes, &place.backups);
    for step in steps(&writes).into_iter().take_while(|step| *step != Step::Stage(0)) {
        run.take(step).unwrap();
    }
    let journal = Journal::read(&place.backups.state).unwrap().unwrap();
    let staged = journal.record.files[0].staged_path();
    fs::write(&staged, "half").unwrap();
    run.take(Step::Stage(0)).unwrap_err();
    assert!(run.roll_back().is_empty());
    assert!(!staged.exists());
    assert_eq!(recover(&place.backups.state).unwrap(), None);
}

#[test]
fn a_new_file_lands_where_it_was_to_be_or_nowhere() {
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
    let error = recover(&place.backups.state).unwrap_err();
    assert!(error.to_string().contains("somebody else may have written it"), "{why}: {error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("unless a run of yours wrote it")));
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
        recover(&place.backups.state).unwrap().unwrap();
    }
}

#[test]
fn a_journal_or_record_that_others_may_have_written_is_not_followed() {
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
    recover(&place.backups.state).unwrap().unwrap();

    commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap();
    let record = place.run_folder().join("run.json");
    fs::set_permissions(&record, fs::Permissions::from_mode(0o622)).unwrap();
    let runs = earlier_runs(&place.backups.state).unwrap();
    assert!(matches!(runs[0].record, Err(Unusable::Untrusted(_))), "{runs:?}");
}

#[test]
fn what_projects_share_is_recovered_under_the_lock_that_they_share() {
    let mut place = Place::new();
    place.backups.state = place.path("home/state");
    let shared = place.path("home/.lock");
    let config = place.put("home/config", "old", 0o600);
    std::fs::create_dir(&place.backups.state).unwrap();
    let alone = place.put("alone", "old", 0o600);
    crash_before_the_end(&[write(&alone, "new", Privacy::Private)], &place);
    let held = Lock::acquire(&shared, Duration::ZERO).unwrap();
    // A run that touched nothing there needs it not.
    assert!(begin(&place.backups.state, Some(&shared), Duration::ZERO).unwrap().1.is_some());

    crash_before_the_end(&[write(&config, "new", Privacy::Private)], &place);
    let error = begin(&place.backups.state, Some(&shared), Duration::ZERO).unwrap_err();
    assert!(matches!(error.reason, Reason::Locked(_)) && error.path == shared, "{error}");
    assert_eq!(text(&config), "new", "another run may be at work on it");
    drop(held);

    // Whoever writes there next starts from what was there before.
    let (lock, told) = begin_shared(&shared, Duration::ZERO).unwrap();
    assert_eq!((told.len(), text(&config)), (1, "old".to_owned()));
    drop(lock);
    let (_lock, nothing) = begin(&place.backups.state, Some(&shared), Duration::ZERO).unwrap();
    assert_eq!(nothing, None);
}

#[test]
fn the_newest_run_is_the_one_that_was_committed_last() {
    let place = Place::new();
    let config = place.put("config", "1", 0o600);
    let mut names = Vec::new();
    for (contents, now) in [("2", "2026-11-23T19:58:00Z"), ("3", "2026-11-23T19:57:00Z"), ("4", "2025-01-01T00:00:00Z")]
    {
        let backups = Backups { now: now.parse().unwrap(), ..place.backups.clone() };
        commit(&[write(&config, contents, Privacy::Private)], &backups).unwrap();
        names.push(earlier_runs(&place.backups.state).unwrap().remove(0).name);
    }
    assert_eq!(names, ["20261123T195800Z", "20261123T195800Z-2", "20261123T195800Z-3"]);
}

/// A user's reading besides the owner's, where the group may nothing; as Linux has it in the attribute.
const LIST: &[u8] = b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\x39\x30\0\0\x04\0\0\0\xff\xff\xff\xff\
    \x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
const NAME: &str = "system.posix_acl_access";

fn list(path: &Path) -> Vec<u8> {
    let mut list = [0; 256];
    let length = lgetxattr(path, NAME, &mut list[..]).unwrap();
    list[..length].to_vec()
}

#[test]
fn an_access_control_list_is_kept_and_put_back() {
    let place = Place::new();
    let shared = place.put("shared", "old", 0o600);
    let private = place.put("private", "old", 0o600);
    for path in [&shared, &private] {
        setxattr(path, NAME, LIST, XattrFlags::empty()).expect("a file system with access control lists");
        assert_eq!(mode(path), 0o640);
    }
    let writes = || [write(&shared, "new", Privacy::Shared), write(&private, "new", Privacy::Private)];
    let failed = commit_watched(&writes(), &place.backups, |step| {
        if step == Step::Settle {
            assert_eq!((mode(&shared), mode(&private)), (0o640, 0o600));
            assert_eq!(list(&shared), LIST);
            // Its list is there, and its mask lets nobody in.
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
    recover(&place.backups.state).unwrap().unwrap();
    for path in [&shared, &private] {
        assert_eq!((text(path), mode(path), list(path)), ("old".into(), 0o640, LIST.to_vec()));
    }
}
