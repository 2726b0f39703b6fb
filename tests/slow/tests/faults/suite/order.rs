//! The order of calls, and modes: each file must be synced before it gets its name, and no other user must be able to read
//! it at any moment.

use std::path::Path;

use super::calls::Call;
use super::ground::{bound_by_permissions, under_umask};
use super::scene::{Case, Scene, Stage};
use super::state::{State, States};
use super::trace::Verdict;

/// The umasks: everything open, the usual one, closed to others, closed to oneself.
const UMASKS: [u32; 4] = [0o000, 0o022, 0o077, 0o777];

/// Runs `case` under each umask, and checks its calls.
pub fn check(stage: &Stage, case: Case) {
    let (mut installed, mut created) = (0, 0);
    for mask in UMASKS {
        let scene = stage.scene(case);
        let old = scene.tree();
        let change = |command: &mut _| {
            under_umask(command, mask);
            bound_by_permissions(command);
        };
        let run = scene.run_as(change, |_, _| Verdict::Proceed);
        run.outcome.success();
        let states = States::new(old, scene.tree());
        assert_eq!(states.of(&scene.tree()), State::New);
        for file in states.changed() {
            let file = scene.place.path(file);
            let is_new = !states.was_there(file.strip_prefix(scene.place.path("")).expect("it is inside"));
            if scene.bound().as_ref() == Some(&file) {
                is_written_safely_in_place(&run.calls, &scene, &file);
            } else {
                is_installed_safely(&run.calls, &scene, &file, is_new);
            }
            installed += 1;
        }
        created += are_private(&run.calls, &scene, mask);
        for (path, entry) in scene.tree().entries().filter(|(path, _)| path.starts_with("home/.aws/ex")) {
            let is_link = scene.place.path(path).is_symlink();
            assert!(is_link || entry.mode & 0o077 == 0, "{} is {:o} under {mask:03o}", path.display(), entry.mode);
        }
    }
    println!(
        "order of calls, {}: {installed} files installed under {} umasks, each written, synced, renamed and its folder \
         synced; {created} private files and folders made, none ever wider than its owner",
        case.name(),
        UMASKS.len(),
    );
}

/// The place of the first call from `start` on that went well and fits.
fn find(calls: &[Call], start: usize, fits: impl Fn(&Call) -> bool) -> Option<usize> {
    let fits = |call: &Call| call.result.is_some_and(|result| result >= 0) && fits(call);
    calls.iter().skip(start).position(fits).map(|position| start + position)
}

fn is_write(call: &Call, file: &Path) -> bool {
    call.is(&["write", "pwrite64", "writev", "ftruncate"]) && call.paths.iter().any(|path| path == file)
}

fn is_sync(call: &Call, file: &Path) -> bool {
    call.is(&["fsync", "fdatasync"]) && call.paths.iter().any(|path| path == file)
}

/// The file `from` is made for the purpose, written, synced and only then renamed to `to`, whose folder is synced after
/// that; gives when it was renamed.
#[track_caller]
fn is_renamed_safely(calls: &[Call], to: &Path) -> usize {
    let context = to.display();
    let renamed = find(calls, 0, |call| call.name.starts_with("rename") && call.paths[1] == to);
    let renamed = renamed.unwrap_or_else(|| panic!("{context} was not renamed to"));
    let from = &calls[renamed].paths[0];
    let made = find(calls, 0, |call| call.opens_exclusively() && call.paths[0] == *from);
    let made = made.unwrap_or_else(|| panic!("{} was not made with O_EXCL", from.display()));
    let written = find(calls, made, |call| is_write(call, from)).unwrap_or_else(|| panic!("{context} was not written"));
    let last = calls[..renamed].iter().rposition(|call| is_write(call, from)).unwrap_or(written);
    let synced = find(calls, last, |call| is_sync(call, from));
    assert!(synced.is_some_and(|synced| synced < renamed), "{context} was not synced before it got its name");
    let folder = to.parent().expect("a file is in a folder");
    assert!(find(calls, renamed, |call| is_sync(call, folder)).is_some(), "the folder of {context} was not synced");
    renamed
}

fn is_installed_safely(calls: &[Call], scene: &Scene<'_>, file: &Path, is_new: bool) {
    let renamed = is_renamed_safely(calls, file);
    let direct = find(calls, 0, |call| is_write(call, file) || (call.opens_to_create() && call.paths[0] == file));
    assert_eq!(direct, None, "{} is never written itself", file.display());
    assert!(journal(calls, scene) < renamed, "the journal comes before {}", file.display());
    assert!(is_new || backed_up(calls, scene, file) < renamed, "the backup comes before {}", file.display());
}

fn is_written_safely_in_place(calls: &[Call], scene: &Scene<'_>, file: &Path) {
    let written = find(calls, 0, |call| is_write(call, file)).expect("it is written in place");
    let last = calls.iter().rposition(|call| is_write(call, file)).expect("it is written in place");
    assert!(find(calls, last, |call| is_sync(call, file)).is_some(), "{} was not synced", file.display());
    assert!(journal(calls, scene) < written, "the journal comes before {}", file.display());
    assert!(backed_up(calls, scene, file) < written, "the backup comes before {}", file.display());
}

/// When the journal was on the disk.
fn journal(calls: &[Call], scene: &Scene<'_>) -> usize {
    let renamed = is_renamed_safely(calls, &scene.place.aws().join(".journal"));
    find(calls, renamed, |call| is_sync(call, &scene.place.aws())).expect("it was checked")
}

/// When the copy of a file was on the disk, with its name.
fn backed_up(calls: &[Call], scene: &Scene<'_>, file: &Path) -> usize {
    let backups = scene.place.aws().join("backups");
    // The copy has the name by which the file is known, which may be that of a link to it.
    let names: Vec<_> = ["home/.aws/ex/config", "home/.aws/ex/credentials", "project/config/common.tfvars"]
        .into_iter()
        .filter(|name| scene.place.path(name).canonicalize().is_ok_and(|real| real == file))
        .filter_map(|name| Path::new(name).file_name())
        .collect();
    let is_copy = |path: &Path| path.starts_with(&backups) && names.contains(&path.file_name().unwrap_or_default());
    let made = find(calls, 0, |call| call.opens_exclusively() && is_copy(&call.paths[0]));
    let made = made.unwrap_or_else(|| panic!("{} has no backup", file.display()));
    let copy = &calls[made].paths[0];
    let synced = find(calls, made, |call| is_sync(call, copy)).expect("a backup is synced");
    let folder = copy.parent().expect("a file is in a folder");
    find(calls, synced, |call| is_sync(call, folder)).expect("a backup's folder is synced")
}

/// What is made in the home folder is made for its owner alone, and not taken over; gives how many were made.
fn are_private(calls: &[Call], scene: &Scene<'_>, mask: u32) -> usize {
    let home = scene.place.home();
    let in_home = calls.iter().filter(|call| call.is_below(&home) && call.result.is_some_and(|result| result >= 0));
    let mut made = 0;
    for call in in_home {
        let widest = if call.is(&["mkdir", "mkdirat", "chmod", "fchmodat"]) { 0o700 } else { 0o600 };
        if let Some(mode) = call.mode() {
            assert_eq!(mode & !widest, 0, "{mode:o} is too wide, under the umask {mask:03o}: {call:#?}");
        }
        assert!(!call.opens_to_create() || call.opens_exclusively(), "it may be somebody else's: {call:#?}");
        made += usize::from(call.creates());
    }
    made
}
