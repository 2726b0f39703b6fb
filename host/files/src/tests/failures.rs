//! Runs that fail: every file is as it was, nothing is left over, and the error says what to do.

use super::commit::{Run, Step, commit_watched, steps};
use super::*;

#[test]
fn the_steps_are_checked_twice_and_change_files_last() {
    let place = Place::new();
    let old = place.put("old", "old", 0o600);
    let writes = [write(&place.path("new"), "x", Privacy::Private), write(&old, "x", Privacy::Private)];
    let expected = [
        Step::Check,
        Step::Open,
        Step::BackUp(1),
        Step::Stage(0),
        Step::Stage(1),
        Step::Check,
        Step::Install(0),
        Step::Install(1),
        Step::Settle,
        Step::Close,
    ];
    assert_eq!(steps(&writes), expected);
}

#[test]
fn a_file_changed_by_another_program_stops_the_run() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 6] = [
        ("contents", |path| fs::write(path, "OLD").unwrap()),
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("mode", |path| fs::set_permissions(path, fs::Permissions::from_mode(0o660)).unwrap()),
        ("replaced by its like", |path| {
            fs::copy(path, path.with_extension("new")).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("moved behind a link", |path| {
            fs::rename(path, path.with_extension("real")).unwrap();
            symlink(path.with_extension("real"), path).unwrap();
        }),
        ("appeared", |path| fs::write(path.with_file_name("fresh"), "theirs").unwrap()),
    ];
    // Before the first check, and between it and the second.
    for at in [0, 4] {
        for (name, change) in changes {
            let place = Place::new();
            let config = place.put("config", "old", 0o600);
            let fresh = place.path("fresh");
            let writes = [write(&fresh, "ours", Privacy::Private), write(&config, "new", Privacy::Private)];
            let (mut count, mut after_change) = (0, Vec::new());
            let error = commit_watched(&writes, &place.backups, |_| {
                if count == at {
                    change(&config);
                    after_change = place.state();
                    // What our own run has made by then has to be gone in the end.
                    after_change.retain(|(path, ..)| {
                        (!path.starts_with(&place.backups.state) || *path == place.backups.state)
                            && path.extension() != Some("tmp".as_ref())
                    });
                }
                count += 1;
            })
            .unwrap_err();
            assert!(matches!(error.cause.reason, Reason::Changed), "{name}: {error}");
            let named = if name == "appeared" { &fresh } else { &config };
            let sentence = format!(
                "failed to write {}: it was changed by another program in the meantime; no file \
                 was changed",
                named.display()
            );
            assert_eq!(error.to_string(), sentence);
            assert_eq!(place.state(), after_change, "{name} at {at}");
        }
    }
}

#[test]
fn a_file_that_appears_at_the_last_moment_is_not_overwritten() {
    let place = Place::new();
    let config = place.put("config", "old", 0o640);
    let fresh = place.path("fresh");
    let writes = [write(&config, "new", Privacy::Private), write(&fresh, "ours", Privacy::Private)];
    let error = commit_watched(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            assert_eq!(text(&config), "new");
            fs::write(&fresh, "theirs").unwrap();
        }
    })
    .unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed));
    assert!(error.stranded.is_empty());
    assert_eq!((text(&config), mode(&config), text(&fresh)), ("old".into(), 0o640, "theirs".into()));
    assert_eq!(place.state().len(), 3, "no backup or temporary file is left: {:?}", place.state());
}

#[test]
fn a_failure_at_any_step_leaves_everything_as_it_was() {
    for fail_at in 0..=12 {
        let place = Place::new();
        let one = place.put("a/one", "1", 0o644);
        let two = place.put("b/two", "2", 0o600);
        let before = place.state();
        let writes = [
            write(&one, "1 new", Privacy::Private),
            write(&place.path("c/d/three"), "3", Privacy::Shared),
            write(&two, "2 new", Privacy::Shared),
        ];
        let mut run = Run::new(&writes, &place.backups);
        for step in steps(&writes).into_iter().take(fail_at) {
            run.take(step).unwrap();
        }
        assert!(run.roll_back().is_empty());
        assert_eq!(place.state(), before, "failed at {fail_at}");
    }
}

#[test]
fn one_file_that_cannot_be_staged_stops_all() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    place.put("wall", "a file where a folder should be", 0o600);
    let before = place.state();
    let behind = Write {
        path: place.path("wall/credentials"),
        target: place.path("wall/credentials"),
        before: None,
        contents: Some(Zeroizing::new(CANARY.into())),
        privacy: Privacy::Private,
        mode: None,
        backup_as: "credentials".into(),
    };
    let error = commit(&[write(&config, "new", Privacy::Private), behind], &place.backups).unwrap_err();
    assert!(error.to_string().contains("wall/credentials: Not a directory"), "{error}");
    assert!(!format!("{error} {error:?}").contains(CANARY));
    assert_eq!(place.state(), before);

    // The same where the folder goes missing only after everything was staged.
    let far = place.put("far/off/credentials", "far", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&far, "new", Privacy::Private)];
    let error = commit_watched(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::remove_dir_all(place.path("far")).unwrap();
        }
    })
    .unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed), "{error}");
    assert!(error.stranded.is_empty(), "{error}");
    assert_eq!(place.state(), before);
}

#[test]
fn what_cannot_be_put_back_is_said_and_keeps_its_backup() {
    let place = Place::new();
    let config = place.put("near/config", "old", 0o600);
    let other = place.put("other", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&other, "new", Privacy::Private)];
    let error = commit_watched(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::rename(place.path("near"), place.path("away")).unwrap();
            fs::remove_file(&other).unwrap();
            fs::create_dir(&other).unwrap();
        }
    })
    .unwrap_err();
    let backup = place.run_folder().join("config");
    assert_eq!(text(&backup), "old");
    let told = error.to_string();
    assert!(told.starts_with(&format!("failed to read {}: it is a folder", other.display())), "{told}");
    let besides = format!("; besides, {} could not be put back (No such file or directory", config.display());
    assert!(told.contains(&besides), "{told}");
    assert!(told.ends_with(&format!("its previous contents are in {}", backup.display())), "{told}");
}

#[test]
fn two_names_of_one_file_are_refused() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let credentials = place.path("credentials");
    let refused = |other: &Path| {
        let before = place.state();
        let writes = [write(&config, "one", Privacy::Shared), write(other, "two", Privacy::Private)];
        let told = commit(&writes, &place.backups).unwrap_err().to_string();
        assert!(told.contains(&format!("credentials: it is the same file as {}", config.display())), "{told}");
        assert_eq!(place.state(), before);
    };
    symlink("config", &credentials).unwrap();
    refused(&credentials);
    fs::remove_file(&credentials).unwrap();
    fs::hard_link(&config, &credentials).unwrap();
    refused(&credentials);
    fs::remove_file(&config).unwrap();
    fs::remove_file(&credentials).unwrap();
    fs::create_dir(place.path("folder")).unwrap();
    symlink("folder/none", &config).unwrap();
    symlink("./folder/../folder/none", &credentials).unwrap();
    refused(&credentials);
}

#[test]
fn a_read_only_file_is_refused() {
    let place = Place::new();
    let config = place.put("config", "old", 0o444);
    let before = place.state();
    let error = commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap_err();
    let path = config.display();
    assert_eq!(error.to_string(), format!("failed to write {path}: it is read-only; no file was changed"));
    let hint = format!("if it may be changed, `chmod u+w {path}` and run the command again");
    assert_eq!(error.cause.hint(), Some(hint));
    assert_eq!(place.state(), before);
}

#[test]
fn a_backup_stays_inside_its_folder() {
    for name in ["", ".", "..", "../config", "a/../../config", "/etc/config"] {
        let place = Place::new();
        let config = place.put("config", "old", 0o600);
        let before = place.state();
        let mut escaping = write(&config, "new", Privacy::Private);
        escaping.backup_as = name.into();
        let error = commit(&[escaping], &place.backups).unwrap_err();
        assert!(matches!(error.cause.reason, Reason::BackupName(_)), "{error}");
        assert_eq!(place.state(), before);
    }
}

#[test]
fn two_backups_of_one_name_stop_the_run() {
    let place = Place::new();
    let (one, two) = (place.put("a/config", "1", 0o600), place.put("b/config", "2", 0o600));
    let before = place.state();
    let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
    let error = commit(&writes, &place.backups).unwrap_err();
    assert_eq!(error.cause.action, Action::BackUp);
    assert_eq!(place.state(), before);
}

#[test]
fn steps_out_of_order_write_nothing() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let before = place.state();
    let writes = [write(&config, "new", Privacy::Private)];
    let mut run = Run::new(&writes, &place.backups);
    run.take(Step::Check).unwrap();
    run.take(Step::Install(0)).unwrap_err();
    assert!(run.roll_back().is_empty());
    assert_eq!(place.state(), before);
}

#[test]
fn writing_in_place_keeps_the_inode_and_fits_mode_and_length() {
    let place = Place::new();
    for (contents, from, to) in [("short", 0o644, 0o600), ("", 0o600, 0o600), ("something far longer", 0o600, 0o644)] {
        let path = place.put("config", "the old contents", from);
        let inode = fs::metadata(&path).unwrap().ino();
        stage::overwrite(&stage::open_in_place(&path).unwrap(), contents.as_bytes(), to).unwrap();
        assert_eq!((text(&path), mode(&path), fs::metadata(&path).unwrap().ino()), (contents.into(), to, inode));
    }
    let refused = |errno: Errno| stage::only_in_place(&errno.into());
    assert!(refused(Errno::BUSY) && refused(Errno::XDEV) && !refused(Errno::ACCESS) && !refused(Errno::ROFS));
}
