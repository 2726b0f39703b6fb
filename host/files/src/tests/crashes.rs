//! Runs that are killed: after every step, within recovery, and with somebody at work in between. A process that dies
//! runs no destructors, so a run that is forgotten stands for it.

use std::mem;

use super::commit::{Run, steps};
use super::journal::Journal;
use super::recover::{Recovery, recover};
use super::*;

/// Files of every kind, and the writes of a run that changes all of them.
fn stage_for_all_kinds(place: &Place) -> Vec<Write> {
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

/// Takes so many steps of a run, and then dies.
pub(super) fn crash_after(taken: usize, writes: &[Write], place: &Place) {
    let mut run = Run::new(writes, &place.backups);
    for step in steps(writes).into_iter().take(taken) {
        run.take(step).unwrap();
    }
    mem::forget(run);
}

fn recovered(warnings: Vec<String>) -> Option<Recovered> {
    Some(Recovered { run: "test of 2026-11-23T19:58:00Z".to_owned(), warnings })
}

#[test]
fn a_crash_after_any_step_leaves_all_old_or_all_new() {
    let all = steps(&stage_for_all_kinds(&Place::new())).len();
    assert_eq!(all, 21);
    for taken in 0..=all {
        let place = Place::new();
        let writes = stage_for_all_kinds(&place);
        let before = place.state();
        crash_after(taken, &writes, &place);
        let crashed = place.state();
        let what = recover(&place.backups.state).unwrap();
        if taken == all {
            assert_eq!((what, place.state()), (None, crashed), "a run that is done stays");
            assert!(!place.path("aws/removed").exists());
            assert_eq!(text(&place.path("fresh/deep/credentials")), "new");
        } else {
            assert_eq!(what, (taken > 1).then(|| recovered(vec![])).flatten(), "after {taken}");
            assert_eq!(place.state(), before, "after {taken}");
        }
        assert_eq!(recover(&place.backups.state).unwrap(), None);
    }
}

#[test]
fn a_crash_within_recovery_changes_nothing_of_that() {
    let template = Place::new();
    let writes = stage_for_all_kinds(&template);
    let all = steps(&writes).len();
    for taken in 2..all {
        for done in 0..=writes.len() {
            let place = Place::new();
            let writes = stage_for_all_kinds(&place);
            let before = place.state();
            crash_after(taken, &writes, &place);
            let mut recovery = Recovery::of(&place.backups.state).unwrap().unwrap();
            for index in 0..done {
                recovery.put_back(index).unwrap();
            }
            // The next file is staged in part, or the backups are gone in part.
            match recovery.journal.record.files.get(done).map(record::RecordedFile::staged_path) {
                Some(path) if path.parent().unwrap().exists() => fs::write(path, "ol").unwrap(),
                Some(_) => {}
                None => fs::remove_dir_all(place.run_folder()).unwrap(),
            }
            assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![]));
            assert_eq!(place.state(), before, "after {taken} steps and {done} files");
        }
    }
}

#[test]
fn a_journal_that_was_not_finished_is_swept_away() {
    let place = Place::new();
    let before = place.state();
    place.put("state/.journal.tmp", "{\"version\":1,\"comm", 0o600);
    assert_eq!(recover(&place.backups.state).unwrap(), None);
    assert_eq!(place.state(), before);
}

#[test]
fn what_somebody_changed_in_between_stays_and_its_copy_is_kept() {
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
        let sentence = format!(
            "{} was changed by somebody else since, and stays so; what it held before that run is in {}",
            one.display(),
            backup.display()
        );
        assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![sentence]), "{name}");
        assert_eq!((text(&two), text(&backup)), ("old".into(), "old".into()), "{name}");
        let left: Vec<_> = place.state().into_iter().filter(|entry| !ours(entry)).collect();
        assert_eq!(left, theirs, "{name}");
        assert_eq!(recover(&place.backups.state).unwrap(), None);
    }
}

#[test]
fn a_new_file_that_somebody_changed_is_not_removed() {
    let place = Place::new();
    let fresh = place.path("fresh");
    let writes = [write(&fresh, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    fs::write(&fresh, "theirs").unwrap();
    let sentence = format!("{} was changed by somebody else since, and stays so", fresh.display());
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![sentence]));
    assert_eq!(text(&fresh), "theirs");
}

#[test]
fn a_folder_that_went_away_stops_nothing_and_what_it_may_bring_back_is_told() {
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
    let what = recover(&place.backups.state).unwrap();
    let sentence = |path: &Path, what: &str| {
        format!("the folder of {} is not there: should it come back with what that run wrote, {what}", path.display())
    };
    let copy = place.run_folder().join("off");
    let held = format!("what it held before that run is in {}", copy.display());
    let expected = vec![sentence(&far, &held), sentence(&fresh, "before that run there was no such file")];
    assert_eq!(what, recovered(expected));
    assert_eq!((text(&config), text(&copy)), ("old".into(), "old".into()));
}

/// A run whose only file is written in place, which dies when so many bytes of it are written.
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
fn a_file_torn_in_place_is_put_back_and_what_it_held_is_kept() {
    for (old, new) in [("the old contents", "new"), ("old", "the new contents"), ("a\nb\n", "a\nc\n")] {
        for written in 0..=new.len() {
            let place = Place::new();
            let config = tear(&place, old, new, written);
            let inode = fs::metadata(&config).unwrap().ino();
            let torn = text(&config);
            let what = recover(&place.backups.state).unwrap().unwrap();
            let metadata = fs::metadata(&config).unwrap();
            assert_eq!((text(&config), mode(&config), metadata.ino()), (old.into(), 0o644, inode));
            if torn == old || torn == new {
                assert_eq!((what.warnings.len(), place.run_folder().exists()), (0, false));
                continue;
            }
            let copy = format!("config.found-{}", Digest::of(torn.as_bytes()).short());
            let kept = place.run_folder().join(copy);
            assert_eq!((text(&kept), mode(&kept)), (torn, 0o600));
            let sentence = format!(
                "{} was half written, and is as it was before; what it held is in {}",
                config.display(),
                kept.display()
            );
            assert_eq!(what.warnings, [sentence]);
        }
    }
}

#[test]
fn what_a_recovery_that_was_killed_kept_is_told_by_the_next_one() {
    let place = Place::new();
    let config = tear(&place, "the old contents", "new", 2);
    let mut killed = Recovery::of(&place.backups.state).unwrap().unwrap();
    killed.put_back(0).unwrap();
    drop(killed);
    assert_eq!(text(&config), "the old contents");
    let what = recover(&place.backups.state).unwrap().unwrap();
    let kept = place.run_folder().join(format!("config.found-{}", Digest::of(b"nee old contents").short()));
    assert_eq!(text(&kept), "nee old contents");
    assert!(what.warnings.len() == 1 && what.warnings[0].ends_with(&kept.display().to_string()), "{what:?}");
}

#[test]
fn what_is_edited_once_the_copies_are_gone_stays() {
    let place = Place::new();
    let config = tear(&place, "old", "new", 0);
    fs::remove_dir_all(place.run_folder()).unwrap();
    fs::write(&config, "theirs").unwrap();
    let sentence = format!("{} was changed by somebody else since, and stays so", config.display());
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![sentence]));
    assert_eq!((text(&config), recover(&place.backups.state).unwrap()), ("theirs".into(), None));
}

#[test]
fn recovery_needs_a_sound_copy_and_says_so() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    let copy = place.run_folder().join("config");
    fs::write(&copy, "rotten").unwrap();
    let before = place.state();
    let error = recover(&place.backups.state).unwrap_err();
    let said = format!("failed to put back {}: its backup {} is damaged or missing", config.display(), copy.display());
    assert_eq!(error.to_string(), said);
    let journal = place.backups.state.join(".journal");
    let hint = format!(
        "a run did not end: put {} right, then remove {} and run the command again",
        config.display(),
        journal.display()
    );
    assert_eq!(error.hint(), Some(hint));
    assert_eq!(place.state(), before);
}

#[test]
fn a_journal_that_cannot_be_relied_on_stops_every_run() {
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
        let error = recover(&place.backups.state).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("failed to read the journal {}: it ", path.display())),
            "{error}"
        );
        assert!(error.hint().is_some());
        // Nor does a run that did not look for it write another over it.
        let refused = commit(&[write(&config, "newer", Privacy::Private)], &place.backups).unwrap_err();
        assert_eq!(refused.cause.action, Action::Journal, "{refused}");
        assert_eq!(place.state(), before, "{text}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![]));
}

#[test]
fn a_run_under_way_is_not_taken_for_an_unfinished_one() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let state = &place.backups.state;
    assert_eq!(unfinished(state).unwrap(), None);
    let (lock, none) = begin(state, None, Duration::ZERO).unwrap();
    assert_eq!(none, None);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(unfinished(state).unwrap(), None);
    drop(lock);
    let before = place.state();
    assert_eq!(unfinished(state).unwrap(), Some("test of 2026-11-23T19:58:00Z".to_owned()));
    assert_eq!(place.state(), before);
    let (_lock, what) = begin(state, None, Duration::ZERO).unwrap();
    assert_eq!((what, text(&config)), (recovered(vec![]), "old".into()));
}

#[test]
fn what_a_run_could_not_put_back_the_next_one_does() {
    let place = Place::new();
    let config = place.put("near/config", "old", 0o600);
    let other = place.put("other", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&other, "new", Privacy::Private)];
    let error = commit::commit_watched(&writes, &place.backups, |step| {
        if step == commit::Step::Install(1) {
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
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![]));
    assert_eq!((text(&config), text(&other)), ("old".into(), "old".into()));
}

#[test]
fn a_path_that_is_no_text_is_recovered_too() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let config = place.root.path().join(std::ffi::OsStr::from_bytes(b"c\xffonfig"));
    fs::write(&config, "old").unwrap();
    let mut writes = [write(&config, "new", Privacy::Private)];
    writes[0].backup_as = std::ffi::OsStr::from_bytes(b"c\xff").into();
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(text(&config), "new");
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![]));
    assert_eq!(text(&config), "old");
}

#[test]
fn backups_that_are_kept_on_another_disk_get_their_record_too() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(place.root.path()), "TMPDIR must lie outside of /dev/shm");
    symlink(elsewhere.path(), place.backups.folder()).unwrap();
    let config = place.put("config", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private)];
    crash_after(steps(&writes).len() - 1, &writes, &place);
    assert_eq!(recover(&place.backups.state).unwrap(), recovered(vec![]));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap();
    assert_eq!(recover(&place.backups.state).unwrap(), None);
    let runs = earlier_runs(&place.backups.state).unwrap();
    assert_eq!(runs[0].record.as_ref().unwrap().command, "test");
    assert_eq!((text(&config), text(&runs[0].folder.join("config"))), ("new".into(), "old".into()));
}
