//! Tests of failing commits: every file is as before, nothing remains, and the error has hints.

use rustix::io::Errno;

use super::*;
use crate::commit::{Step, commit_with_observer};

#[test]
fn steps_check_twice_and_change_files_last() {
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
        Step::Sync,
        Step::Close,
    ];
    assert_eq!(steps(&writes), expected);
}

#[test]
fn commit_fails_on_file_modified_by_another_program() {
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
            let error = commit_with_observer(&writes, &place.backups, |_| {
                if count == at {
                    change(&config);
                    after_change = place.state();
                    // Without what the commit itself has created by then.
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
            let expected = format!(
                "failed to write `{}`; no files were changed: modified by another program during this run",
                named.display()
            );
            assert_eq!(shown(&error), expected);
            assert_eq!(place.state(), after_change, "{name} at {at}");
        }
    }
}

#[test]
fn commit_never_overwrites_file_that_appears_late() {
    let place = Place::new();
    let config = place.put("config", "old", 0o640);
    let fresh = place.path("fresh");
    let writes = [write(&config, "new", Privacy::Private), write(&fresh, "ours", Privacy::Private)];
    let error = commit_with_observer(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            assert_eq!(text(&config), "new");
            fs::write(&fresh, "theirs").unwrap();
        }
    })
    .unwrap_err();
    assert!(matches!(error.cause.reason, Reason::Changed));
    assert!(error.stranded.is_empty());
    assert_eq!((text(&config), mode(&config), text(&fresh)), ("old".into(), 0o640, "theirs".into()));
    assert_eq!(place.state().len(), 3, "no backup or temporary file remains: {:?}", place.state());
}

#[test]
fn roll_back_after_any_step_restores_everything() {
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
        let mut run = Transaction::new(&writes, &place.backups);
        for step in steps(&writes).into_iter().take(fail_at) {
            run.take(step).unwrap();
        }
        assert!(run.roll_back().is_empty());
        assert_eq!(place.state(), before, "failed at {fail_at}");
    }
}

#[test]
fn commit_fails_as_a_whole_if_one_file_cannot_be_staged() {
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
    let message = shown(&error);
    assert!(message.contains("wall/credentials`; no files were changed: Not a directory"), "{message}");
    assert!(!format!("{error} {error:?}").contains(CANARY));
    assert_eq!(place.state(), before);

    // The same if the folder disappears after everything was staged.
    let far = place.put("far/off/credentials", "far", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&far, "new", Privacy::Private)];
    let error = commit_with_observer(&writes, &place.backups, |step| {
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
fn commit_error_names_files_that_cannot_be_restored() {
    let place = Place::new();
    let config = place.put("near/config", "old", 0o600);
    let other = place.put("other", "old", 0o600);
    let writes = [write(&config, "new", Privacy::Private), write(&other, "new", Privacy::Private)];
    let error = commit_with_observer(&writes, &place.backups, |step| {
        if step == Step::Install(1) {
            fs::rename(place.path("near"), place.path("away")).unwrap();
            fs::remove_file(&other).unwrap();
            fs::create_dir(&other).unwrap();
        }
    })
    .unwrap_err();
    let backup = place.run_folder().join("config");
    assert_eq!(text(&backup), "old");
    let expected = format!("failed to read `{}`; failed to restore 1 changed file", other.display());
    assert_eq!(error.to_string(), expected);
    let error = leverage_error::Error::from(error);
    assert_eq!(error.causes().as_deref(), Some("expected a regular file, found a folder"));
    let config = config.display();
    let command = format!("run `cp {} {config}`: restoring `{config}` failed (No such file", backup.display());
    assert!(error.hints[1].starts_with(&command), "{:?}", error.hints);
}

#[test]
fn commit_rejects_two_names_of_one_file() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let credentials = place.path("credentials");
    let refused = |other: &Path| {
        let before = place.state();
        let writes = [write(&config, "one", Privacy::Shared), write(other, "two", Privacy::Private)];
        let error = commit(&writes, &place.backups).unwrap_err();
        assert_eq!(error.cause.path, *other);
        assert!(matches!(&error.cause.reason, Reason::SameFile(first) if *first == config), "{error:?}");
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
fn commit_rejects_read_only_file() {
    let place = Place::new();
    let config = place.put("config", "old", 0o444);
    let before = place.state();
    let error = commit(&[write(&config, "new", Privacy::Private)], &place.backups).unwrap_err();
    let path = config.display();
    assert_eq!(shown(&error), format!("failed to write `{path}`; no files were changed: the file is read-only"));
    assert_eq!(error.cause.hints(), [format!("run `chmod u+w {path}`, then run the command again")]);
    assert_eq!(place.state(), before);
}

#[test]
fn commit_rejects_backup_outside_of_its_folder() {
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
fn commit_rejects_two_backups_of_one_name() {
    let place = Place::new();
    let (one, two) = (place.put("a/config", "1", 0o600), place.put("b/config", "2", 0o600));
    let before = place.state();
    let writes = [write(&one, "new", Privacy::Private), write(&two, "new", Privacy::Private)];
    let error = commit(&writes, &place.backups).unwrap_err();
    assert_eq!(error.cause.action, Action::BackUp);
    assert_eq!(place.state(), before);
}

#[test]
fn transaction_rejects_steps_out_of_order() {
    let place = Place::new();
    let config = place.put("config", "old", 0o600);
    let before = place.state();
    let writes = [write(&config, "new", Privacy::Private)];
    let mut run = Transaction::new(&writes, &place.backups);
    run.take(Step::Check).unwrap();
    run.take(Step::Install(0)).unwrap_err();
    assert!(run.roll_back().is_empty());
    assert_eq!(place.state(), before);
}

#[test]
fn overwrite_keeps_inode_and_sets_mode_and_length() {
    let place = Place::new();
    for (contents, from, to) in [("short", 0o644, 0o600), ("", 0o600, 0o600), ("something far longer", 0o600, 0o644)] {
        let path = place.put("config", "the old contents", from);
        let inode = fs::metadata(&path).unwrap().ino();
        stage::overwrite(&stage::open_to_overwrite(&path).unwrap(), contents.as_bytes(), to).unwrap();
        assert_eq!((text(&path), mode(&path), fs::metadata(&path).unwrap().ino()), (contents.into(), to, inode));
    }
    let refused = |errno: Errno| stage::needs_overwrite(&errno.into());
    assert!(refused(Errno::BUSY) && refused(Errno::XDEV) && !refused(Errno::ACCESS) && !refused(Errno::ROFS));
}
