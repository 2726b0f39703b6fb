//! Full file systems, page by page and byte by byte, and read-only folders.

use nix::errno::Errno;
use nix::sys::statvfs::statvfs;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::calls::Call;
use super::errors::ending;
use super::figures;
use super::ground::{Mounted, bound_by_permissions};
use super::kill::{Tally, finish};
use super::length::Length;
use super::scene::{Case, Scene, Stage};
use super::state::{State, States};
use super::trace::{Traced, Verdict};

/// More pages or files than a run needs.
const AMPLE: usize = 4096;

fn rehearse(stage: &Stage, case: Case) -> (States, Traced) {
    let scene = stage.scene(case);
    let old = scene.tree();
    let run = scene.run_undisturbed();
    assert_eq!(run.outcome.code, 0, "{}", run.outcome.stderr);
    (States::new(old, scene.tree()), run)
}

/// Panics, if a run did not end as it may; says whether it succeeded.
#[track_caller]
fn succeeds(stage: &Stage, scene: &Scene<'_>, run: &Traced, states: &States, context: &str) -> bool {
    match ending(stage, scene, &run.outcome, states) {
        Ok(state) => state == State::New,
        Err(what) => panic!("{context}: {what}"),
    }
}

/// Runs `case` on a file system in memory with more and more room, page by page and then file by file, until there is
/// enough.
pub fn full(stage: &Stage, case: Case) {
    let (states, _) = rehearse(stage, case);
    for what in ["pages", "files"] {
        let mut failures = 0;
        for free in 0.. {
            assert!(free < AMPLE, "a run needs less space");
            let context = format!("{}, with {free} {what} free", case.name());
            if fits(stage, case, &states, (what == "pages", free), &context) {
                break;
            }
            failures += 1;
        }
        figures::add("runs on a full file system", failures);
        println!(
            "full disk, {}: {failures} runs with too few {what} free failed with everything old, the next succeeded{}",
            case.name(),
            if stage.ground().mounts { "" } else { " (no file system may be mounted: emulated by ENOSPC)" },
        );
        assert!(failures > 0, "the sweep begins without any space");
    }
}

/// Whether a run succeeds with so much room: pages, or else files.
fn fits(stage: &Stage, case: Case, states: &States, (pages, free): (bool, usize), context: &str) -> bool {
    let scene = stage.scene(case);
    if !stage.ground().mounts {
        // The calls that need room succeed so many times.
        let needs_room = |call: &Call| {
            if pages { call.is(&["write", "pwrite64"]) } else { call.creates() }
        };
        let root = scene.place.path("");
        let mut passed = 0;
        let run = scene.run(|_, call| {
            let counts = needs_room(call) && call.is_below(&root);
            passed += usize::from(counts);
            if counts && passed > free { Verdict::Fail(Errno::ENOSPC) } else { Verdict::Proceed }
        });
        return succeeds(stage, &scene, &run, states, context);
    }
    let root = scene.place.path("");
    let mounted = Mounted::tmpfs(&root, AMPLE, AMPLE);
    scene.put_again();
    let room = statvfs(&root).expect("a file system");
    let used = |all, free| usize::try_from(all - free).expect("a small file system");
    let (blocks, files) = (used(room.blocks(), room.blocks_free()), used(room.files(), room.files_free()));
    mounted.resize(if pages { blocks + free } else { AMPLE }, if pages { AMPLE } else { files + free });
    let run = scene.run_undisturbed();
    let fits = succeeds(stage, &scene, &run, states, context);
    if !fits {
        mounted.resize(AMPLE, AMPLE);
        finish(&scene, states, context);
    }
    fits
}

/// What becomes of a run that has written as many bytes as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The disk is full: it writes no more.
    Full,
    /// It is killed.
    Killed,
}

/// Lets a run write so many bytes in all, for each number from none on until it is enough: the last write that still
/// fits in part is cut short.
pub fn byte_by_byte(stage: &Stage, case: Case, then: Then, length: Length) {
    let (states, run) = rehearse(stage, case);
    let is_write = |call: &Call| call.is(&["write", "pwrite64"]) && !call.paths.is_empty();
    let all: u64 = run.calls.iter().filter(|call| is_write(call)).map(|call| call.args[2]).sum();
    let points = usize::try_from(all).expect("files are short");
    // A run that is killed takes two or three more to see what becomes of it.
    let chosen = length.thin_both(points, 24, if then == Then::Full { points } else { 1000 });
    let mut tally = Tally::default();
    for bytes in chosen.clone() {
        let scene = stage.scene(case);
        let context = format!("{}, {then:?} after {bytes} bytes", case.name());
        let (mut left, mut is_over) = (bytes as u64, false);
        let run = scene.run(|_, call| {
            if is_over && then == Then::Killed {
                return Verdict::Kill;
            }
            if !is_write(call) {
                return Verdict::Proceed;
            }
            let room = left;
            left = left.saturating_sub(call.args[2]);
            is_over |= room < call.args[2];
            match (room, then) {
                _ if !is_over => Verdict::Proceed,
                (0, Then::Full) => Verdict::Fail(Errno::ENOSPC),
                (0, Then::Killed) => Verdict::Kill,
                _ => Verdict::Shorten(room),
            }
        });
        if then == Then::Full {
            assert!(!succeeds(stage, &scene, &run, &states, &context), "{context}: it can't succeed");
        } else {
            assert_eq!(run.outcome.code, 137, "{context}:\n{}", run.outcome.stderr);
            tally.killed += 1;
            tally.count(&scene, &states, &context);
        }
    }
    let ends = match then {
        Then::Full => {
            figures::add("runs with room for so many bytes", chosen.len());
            "failed with everything old; 0 damaged".to_owned()
        }
        Then::Killed => {
            figures::add("runs killed after so many bytes", tally.killed);
            format!("{} of them killed there: {tally}", tally.killed)
        }
    };
    println!("room for 0 to {all} bytes, {}: {} runs ({chosen:?}) {ends}", case.name(), chosen.len());
}

/// Runs with a folder that cannot be written: because of its mode, and because of a read-only mount.
pub fn read_only(stage: &Stage) {
    let (mut by_mode, mut by_mount) = (0, 0);
    let folders = [
        (Case::Update, "home/.aws/ex"),
        (Case::Update, "project/config"),
        (Case::Symlinked, "home/vault"),
        (Case::Fresh, "home"),
    ];
    for (case, folder) in folders {
        let (states, _) = rehearse(stage, case);
        let scene = stage.scene(case);
        let folder = scene.place.path(folder);
        let context = format!("{}, {} read-only", case.name(), folder.display());

        let mode = fs::metadata(&folder).expect("a folder").permissions();
        fs::set_permissions(&folder, Permissions::from_mode(0o500)).expect("the owner may do that");
        let run = scene.run_as(bound_by_permissions, |_, _| Verdict::Proceed);
        fs::set_permissions(&folder, mode).expect("the owner may do that");
        assert!(!succeeds(stage, &scene, &run, &states, &context), "{context}: it can't succeed");
        by_mode += 1;

        let run = run_on_read_only_mount(stage, &scene, &folder);
        assert!(!succeeds(stage, &scene, &run, &states, &context), "{context}: it can't succeed");
        by_mount += 1;
        finish(&scene, &states, &context);
    }
    let how = if stage.ground().mounts { "" } else { " (no mounts are permitted: emulated by EROFS)" };
    println!("read-only folders: {by_mode} by mode, {by_mount} by mount{how}: all failed with everything old");
}

fn run_on_read_only_mount(stage: &Stage, scene: &Scene<'_>, folder: &Path) -> Traced {
    if stage.ground().mounts {
        let _mounted = Mounted::read_only(folder);
        return scene.run_undisturbed();
    }
    scene.run(|_, call| {
        let is_refused = call.changes() && call.is_below(folder);
        if is_refused { Verdict::Fail(Errno::EROFS) } else { Verdict::Proceed }
    })
}
