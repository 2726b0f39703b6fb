//! Tests of interrupted runs: after every step, during recovery, and with edits by others in between. A killed process runs
//! no destructors, which `mem::forget` simulates.

use std::mem;

use super::*;
use crate::commit::{Step, commit_with_observer};
use crate::journal::Journal;
use crate::past_run::list_past_runs;
use crate::recover::Recovery;
use crate::start::{find_interrupted_run, lock_and_recover};

/// Creates files of every kind; returns the writes of a run that changes all of them.
fn writes_of_all_kinds(place: &Place) -> Vec<Write> {
    let shared = place.put("project/common.tfvars", "old", 0o640);
    let wide = place.put("aws/credentials", CANARY, 0o644);
    let same = place.put("aws/same", "same", 0o664);
    let removed = place.put("aws/removed", "to go", 0o600);
    let real = place.put("dotfiles/config", "old", 0o600);
    symlink("../dotfiles/config", place.path("aws/config")).unwrap();
    let mut removal = write(&removed, "", Privacy::Private);
    removal.contents = None;
    assert_eq!(text(&real), "old");
    vec![
        write(&shared, "new, and longer", Privacy::Shared),
        write(&wide, "n", Privacy::Private),
        write(&same, "same", Privacy::Private),
        write(&place.path("fresh/deep/credentials"), "new", Privacy::Private),
        removal,
        write(&place.path("aws/config"), "new", Privacy::Private),
    ]
}

/// Recovers the interrupted run of `place`, if there is one.
pub(super) fn recover(place: &Place) -> Result<Option<RecoveredRun>, FileError> {
    Recovery::prepare(&place.backups.state)?.map(Recovery::run).transpose()
}

/// Takes the first `taken` steps of a run, and interrupts it.
pub(super) fn crash_after(taken: usize, writes: &[Write], place: &Place) {
    let mut run = Transaction::new(writes, &place.backups);
    for step in steps(writes).into_iter().take(taken) {
        run.take(step).unwrap();
    }
    mem::forget(run);
}

fn recovered(warnings: Vec<String>) -> Option<RecoveredRun> {
    Some(RecoveredRun { title: "test at 2026-11-23T19:58:00Z".to_owned(), warnings })
}

#[test]
fn crash_after_any_step_leaves_all_old_or_all_new() {
    let all = steps(&writes_of_all_kinds(&Place::new())).len();
    assert_eq!(all, 21);
    for taken in 0..=all {
        let place = Place::new();
        let writes = writes_of_all_kinds(&place);
        let before = place.state();
        crash_after(taken, &writes, &place);
        let crashed = place.state();
        let what = recover(&place).unwrap();
        if taken == all {
            assert_eq!((what, place.state()), (None, crashed), "a completed run is not rolled back");
            assert!(!place.path("aws/removed").exists());
            assert_eq!(text(&place.path("fresh/deep/credentials")), "new");
        } else {
            assert_eq!(what, (taken > 1).then(|| recovered(vec![])).flatten(), "after {taken}");
            assert_eq!(place.state(), before, "after {taken}");
        }
        assert_eq!(recover(&place).unwrap(), None);
    }
}

#[test]
fn crash_during_recovery_is_recovered() {
    let template = Place::new();
    let writes = writes_of_all_kinds(&template);
    let all = steps(&writes).len();
    for taken in 2..all {
        for done in 0..=writes.len() {
            let place = Place::new();
            let writes = writes_of_all_kinds(&place);
            let before = place.state();
            crash_after(taken, &writes, &place);
            let mut recovery = Recovery::prepare(&place.backups.state).unwrap().unwrap();
            for index in 0..done {
                recovery.restore(index).unwrap();
            }
            // The next file is partly staged, or the backups are partly removed.
            match recovery.journal.record.files.get(done).map(RecordedFile::staged_path) {
                Some(path) if path.parent().unwrap().exists() => fs::write(path, "ol").unwrap(),
                Some(_) => {}
                None => fs::remove_dir_all(place.run_folder()).unwrap(),
            }
            assert_eq!(recover(&place).unwrap(), recovered(vec![]));
            assert_eq!(place.state(), before, "after {taken} steps and {done} files");
        }
    }
}

#[test]
fn recovery_removes_incomplete_journal() {
    let place = Place::new();
    let before = place.state();
    place.put("state/.journal.tmp", "{\"version\":1,\"comm", 0o600);
    assert_eq!(recover(&place).unwrap(), None);
    assert_eq!(place.state(), before);
}

#[test]
fn recovery_keeps_files_modified_since_and_their_backups() {
    type Edit = fn(&Path);
    let edits: [(&str, Edit); 5] = [
        ("contents", |path| fs::write(path, "theirs").unwrap()),
        ("replaced", |path| {
            fs::remove_file(path).unwrap();
            fs::write(path, "theirs").unwrap();
        }),
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("a folder", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
        ("a link", |path| {
            fs::rename(path, path.with_extension("real")).unwrap();
            symlink(path.with_extension("real"), path).unwrap();
        }),
    ];
    for (name, edit) in edits {
        let place = Place::new();
        let one = place.put("one", "old", 0o600);
        let two = place.put("two", "old", 0o600);
        let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
        crash_after(steps(&writes).len() - 1, &writes, &place);
        edit(&one);
        let ours = |(path, ..): &(PathBuf, u32, String)| path.starts_with(&place.backups.state) || *path == two;
        let theirs: Vec<_> = place.state().into_iter().filter(|entry| !ours(entry)).collect();

        let backup = place.run_folder().join("one");
        let warning = format!(
            "`{}` was modified since; left unchanged; its previous contents are in `{}`",
            one.display(),
            backup.display()
        );
        assert_eq!(recover(&place).unwrap(), recovered(vec![warning]), "{name}");
        assert_eq!((text(&two), text(&backup)), ("old".into(), "old".into()), "{name}");
        let left: Vec<_> = place.state().into_iter().filter(|entry| !ours(entry)).collect();
        assert_eq!(left, theirs, "{name}");
        assert_eq!(recover(&place).unwrap(), None);
    }
}

#[test]
fn recovery_keeps_new_file_modified_since() {
    let place = Place::new();
    let fresh = place.path("fresh");
    let writes = [write(&fresh, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    fs::write(&fresh, "theirs").unwrap();
    let warning = format!("`{}` was modified since; left unchanged", fresh.display());
    assert_eq!(recover(&place).unwrap(), recovered(vec![warning]));
    assert_eq!(text(&fresh), "theirs");
}

#[test]
fn recovery_warns_of_missing_folders_and_continues() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let far = place.put("far/off", "old", 0o600);
    let (fresh, deep) = (place.path("far/fresh"), place.path("made/fresh"));
    let files = [&config, &far, &fresh, &deep];
    let writes = files.map(|path| write(path, "new", Privacy::Private));
    crash_after(steps(&writes).len() - 1, &writes, &place);
    fs::remove_dir_all(place.path("far")).unwrap();
    fs::remove_dir_all(place.path("made")).unwrap();
    fs::write(place.path("far"), "a file now").unwrap();
    let what = recover(&place).unwrap();
    let warning = |path: &Path, what: &str| {
        format!("`{}` is not restored, because its folder does not exist; {what}", path.display())
    };
    let copy = place.run_folder().join("off");
    let held = format!("its previous contents are in `{}`", copy.display());
    let expected = vec![warning(&far, &held), warning(&fresh, "it did not exist before that run")];
    assert_eq!(what, recovered(expected));
    assert_eq!((text(&config), text(&copy)), ("old".into(), "old".into()));
}

/// Interrupts a run that overwrites its only file, after `written` bytes of it.
fn tear(place: &Place, old: &str, new: &str, written: usize) -> PathBuf {
    let config = place.put("config", old, 0o644);
    let writes = [write(&config, new, Privacy::Private)];
    crash_after(5, &writes, place);
    let mut journal = Journal::read(&place.backups.state).unwrap().unwrap();
    fs::remove_file(journal.record.files[0].staged_path()).unwrap();
    journal.mark_in_place(0).unwrap();
    let torn = [&new.as_bytes()[..written], old.as_bytes().get(written..).unwrap_or_default()].concat();
    fs::write(&config, torn).unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    config
}

#[test]
fn recovery_restores_torn_file_and_keeps_its_contents() {
    for (old, new) in [("the old contents", "new"), ("old", "the new contents"), ("a\nb\n", "a\nc\n")] {
        for written in 0..=new.len() {
            let place = Place::new();
            let config = tear(&place, old, new, written);
            let inode = fs::metadata(&config).unwrap().ino();
            let torn = text(&config);
            let what = recover(&place).unwrap().unwrap();
            let metadata = fs::metadata(&config).unwrap();
            assert_eq!((text(&config), mode(&config), metadata.ino()), (old.into(), 0o644, inode));
            if torn == old || torn == new {
                assert_eq!((what.warnings.len(), place.run_folder().exists()), (0, false));
                continue;
            }
            let copy = format!("config.found-{}", Digest::of(torn.as_bytes()).short());
            let kept = place.run_folder().join(copy);
            assert_eq!((text(&kept), mode(&kept)), (torn, 0o600));
            let warning = format!(
                "`{}` was partly written and is restored; the partly written contents are in `{}`",
                config.display(),
                kept.display()
            );
            assert_eq!(what.warnings, [warning]);
        }
    }
}

#[test]
fn recovery_reports_what_an_interrupted_one_kept() {
    let place = Place::new();
    let config = tear(&place, "the old contents", "new", 2);
    let mut killed = Recovery::prepare(&place.backups.state).unwrap().unwrap();
    killed.restore(0).unwrap();
    drop(killed);
    assert_eq!(text(&config), "the old contents");
    let what = recover(&place).unwrap().unwrap();
    let kept = place.run_folder().join(format!("config.found-{}", Digest::of(b"nee old contents").short()));
    assert_eq!(text(&kept), "nee old contents");
    assert!(what.warnings.len() == 1 && what.warnings[0].ends_with(&format!("`{}`", kept.display())), "{what:?}");
}

#[test]
fn recovery_without_backups_keeps_edited_file() {
    let place = Place::new();
    let config = tear(&place, "old", "new", 0);
    fs::remove_dir_all(place.run_folder()).unwrap();
    fs::write(&config, "theirs").unwrap();
    let warning = format!("`{}` was modified since; left unchanged", config.display());
    assert_eq!(recover(&place).unwrap(), recovered(vec![warning]));
    assert_eq!((text(&config), recover(&place).unwrap()), ("theirs".into(), None));
}

#[test]
fn recovery_fails_on_damaged_backup() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    let copy = place.run_folder().join("config");
    fs::write(&copy, "rotten").unwrap();
    let before = place.state();
    let error = recover(&place).unwrap_err();
    let expected =
        format!("failed to restore `{}`: backup `{}` is damaged or missing", config.display(), copy.display());
    assert_eq!(shown(&error), expected);
    let journal = place.backups.state.join(".journal");
    let hints = [
        format!("a run was interrupted: restore `{}` yourself", config.display()),
        format!("then run `rm {}`, and run the command again", journal.display()),
    ];
    assert_eq!(error.hints(), hints);
    assert_eq!(place.state(), before);
}

#[test]
fn unusable_journal_stops_every_run() {
    let place = Place::new();
    let config = place.put("config", CANARY, 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    let path = place.backups.state.join(".journal");
    let whole = text(&path);
    assert!(!whole.contains(CANARY) && mode(&path) == 0o600, "{whole}");
    let mut damaged: Vec<String> = (0..whole.len()).map(|end| whole[..end].to_owned()).collect();
    damaged.extend([
        whole.replace("\"run\": \"2026", "\"run\": \"../2026"),
        whole.replace(".leverage-", "../leverage-"),
        whole.replace(".tmp\"", ".tmp.bak\""),
        whole.replace("\"backup\": \"config\"", "\"backup\": \"../config\""),
        whole.replace("\"backup\": \"config\"", "\"backup\": \"\""),
        whole.replace("\"target\": \"/", "\"target\": \""),
        whole.replace("\"command\"", "\"unknown\""),
        whole.replace("\"version\": 1", "\"version\": 2"),
    ]);
    for text in damaged {
        assert_ne!(text, whole);
        fs::write(&path, &text).unwrap();
        let before = place.state();
        let error = recover(&place).unwrap_err();
        let usable = matches!(error.reason, Reason::Journal(RecordError::Damaged(_) | RecordError::Version(_)));
        assert!(usable, "{error:?}");
        assert_eq!(error.to_string(), format!("failed to read journal `{}`", path.display()));
        assert!(!error.hints().is_empty());
        // A commit without recovery does not overwrite it.
        let refused = commit(&[write(&config, "newer", Privacy::Private)], &place.backups).unwrap_err();
        assert_eq!(refused.cause.action, Action::Journal, "{refused}");
        assert_eq!(place.state(), before, "{text}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(recover(&place).unwrap(), recovered(vec![]));
}

#[test]
fn find_interrupted_run_ignores_running_one() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let state = &place.backups.state;
    assert_eq!(find_interrupted_run(state).unwrap(), None);
    let (lock, none) = lock_and_recover(state, None, Duration::ZERO).unwrap();
    assert_eq!(none, None);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(find_interrupted_run(state).unwrap(), None);
    drop(lock);
    let before = place.state();
    assert_eq!(find_interrupted_run(state).unwrap(), Some("test at 2026-11-23T19:58:00Z".to_owned()));
    assert_eq!(place.state(), before);
    let (_lock, what) = lock_and_recover(state, None, Duration::ZERO).unwrap();
    assert_eq!((what, text(&config)), (recovered(vec![]), "old".into()));
}

#[test]
fn recovery_restores_what_roll_back_could_not() {
    let place = Place::new();
    let config = place.put("near/config", "old", 0o600);
    let other = place.put("other", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&other, "new", Privacy::Private)];
    let error = commit_with_observer(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::rename(place.path("near"), place.path("away")).unwrap();
            fs::rename(&other, place.path("other.away")).unwrap();
            fs::create_dir(&other).unwrap();
        }
    })
    .unwrap_err();
    assert_eq!(error.stranded.len(), 1);
    fs::rename(place.path("away"), place.path("near")).unwrap();
    fs::remove_dir(&other).unwrap();
    fs::rename(place.path("other.away"), &other).unwrap();
    assert_eq!(text(&config), "new");
    assert_eq!(recover(&place).unwrap(), recovered(vec![]));
    assert_eq!((text(&config), text(&other)), ("old".into(), "old".into()));
}

#[test]
fn recovery_restores_path_that_is_not_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let config = place.root.path().join(std::ffi::OsStr::from_bytes(b"c\xffonfig"));
    fs::write(&config, "old").unwrap();
    let mut writes = [write(&config, "new", Privacy::Private)];
    writes[0].backup_as = std::ffi::OsStr::from_bytes(b"c\xff").into();
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(text(&config), "new");
    assert_eq!(recover(&place).unwrap(), recovered(vec![]));
    assert_eq!(text(&config), "old");
}

#[test]
fn commit_and_recovery_support_backups_on_another_device() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(place.root.path()), "TMPDIR must be outside of /dev/shm");
    symlink(elsewhere.path(), place.backups.folder()).unwrap();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(recover(&place).unwrap(), recovered(vec![]));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap();
    assert_eq!(recover(&place).unwrap(), None);
    let runs = list_past_runs(&place.backups.state).unwrap();
    assert_eq!(runs[0].record.as_ref().unwrap().command, "test");
    assert_eq!((text(&config), text(&runs[0].folder.join("config"))), ("new".into(), "old".into()));
}
