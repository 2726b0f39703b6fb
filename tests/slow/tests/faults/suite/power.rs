//! Power failures: checks the files of a run after all or some unsynced changes are lost, and the recovery by the next run.
//!
//! One run is traced, and its calls are applied to a [`Disk`]. After each change, the disk lists the states that a power
//! failure may leave. Each state replaces the files, and the program starts there. At the end, the disk must equal the real
//! folder, which proves that the model applied every relevant call.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry::Vacant;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::calls::Call;
use super::disk::{Disk, Image, Loss, UMASK};
use super::figures;
use super::ground::under_umask;
use super::kill::{Tally, kill_before_the_end, removes_journal, states};
use super::length::Length;
use super::scene::{Case, Scene, Stage};
use super::state::{State, States, has_journal};
use super::trace::{Traced, Verdict};

/// The number of selections of lost changes after each call: in the short form, and in the long form.
const MIXTURES: [u64; 2] = [4, 100];

/// The state after a power failure: after which call, and whether the run had reported success.
struct Failure {
    image: Image,
    context: String,
    acknowledged: bool,
}

/// Lets the power fail at each call of a run of `case`, or at some.
pub fn check(stage: &Stage, case: Case, length: Length) {
    let scene = stage.scene(case);
    let old = scene.tree();
    let (run, failures) = failures(&scene, Disk::of(&root(&scene)), length);
    run.outcome.success();
    let states = States::new(old, scene.tree());
    play("power lost", stage, &scene, case, &states, &failures, length);
}

/// Lets the power fail at each call of a recovery, or at some.
pub fn check_recovery(stage: &Stage, case: Case, length: Length) {
    let states = states(stage, case);
    let scene = stage.scene(case);
    kill_before_the_end(&scene);
    let (run, failures) = failures(&scene, Disk::of(&root(&scene)), length);
    run.outcome.success();
    assert!(run.calls.iter().any(removes_journal), "it recovers");
    play("power lost in recovery", stage, &scene, case, &states, &failures, length);
}

/// Kills a recovery when it has written a file in place and not brought it to the disk yet, and lets the power fail at
/// each call of the next one, or at some.
pub fn check_second_recovery(stage: &Stage, case: Case, length: Length) {
    let states = states(stage, case);
    let scene = stage.scene(case);
    let bound = scene.bound().expect("a file that can only be written in place");
    kill_before_the_end(&scene);
    let mut disk = Disk::of(&root(&scene));
    let mut is_written = false;
    let judge = |call: &Call| {
        is_written |= call.is(&["ftruncate"]) && call.paths[0] == bound;
        if is_written && call.is(&["fsync"]) { Verdict::Kill } else { Verdict::Proceed }
    };
    let run = follow(&scene, &mut disk, judge, |_, _, _| {});
    assert_eq!(run.outcome.code, 137, "it is killed, with\n{}", run.outcome.stderr);
    disk.close_all();
    let (run, failures) = failures(&scene, disk, length);
    run.outcome.success();
    assert!(run.calls.iter().any(removes_journal), "it recovers");
    play("power lost in a second recovery", stage, &scene, case, &states, &failures, length);
}

/// Runs the program once. Returns every state of the `disk` that a power failure during the run may leave.
fn failures(scene: &Scene<'_>, mut disk: Disk, length: Length) -> (Traced, Vec<Failure>) {
    let mut failures = BTreeMap::new();
    let mut acknowledged = false;
    let whole = [Loss::Everything, Loss::Contents, Loss::Zeros, Loss::Names];
    let run = follow(
        scene,
        &mut disk,
        |_| Verdict::Proceed,
        |disk, index, call| {
            // The run reports success on standard output.
            acknowledged |= call.is(&["write"]) && call.args[0] == 1;
            let Some(disk) = disk else { return };
            let mixtures = (0..length.choose(MIXTURES[0], MIXTURES[1])).map(|seed| Loss::Some(seed << 32 | index));
            for loss in whole.into_iter().chain(mixtures) {
                if let Vacant(place) = failures.entry((acknowledged, disk.after(loss))) {
                    place.insert(format!("the power failed after {} {:?}, {loss:?} was lost", call.name, call.paths));
                }
            }
        },
    );
    let real = Disk::of(&root(scene)).after(Loss::Nothing);
    assert!(disk.after(Loss::Nothing) == real, "the disk is not what a run made of the folder: a call is overlooked");
    let is_over = |loss| (true, disk.after(loss));
    failures.entry(is_over(Loss::Everything)).or_insert_with(|| "the power failed after the run".to_owned());
    let failure = |((acknowledged, image), context)| Failure { image, context, acknowledged };
    (run, failures.into_iter().map(failure).collect())
}

/// Runs the program once, and applies its calls to the `disk`. `seen` gets the number of each call, with the disk
/// if the call changed it.
fn follow(
    scene: &Scene<'_>,
    disk: &mut Disk,
    mut judge: impl FnMut(&Call) -> Verdict,
    mut seen: impl FnMut(Option<&Disk>, u64, &Call),
) -> Traced {
    let root = root(scene);
    let mut written = BTreeMap::new();
    let run = scene.run_as(
        |command| under_umask(command, UMASK),
        |index, call| {
            if call.is(&["write", "pwrite64"]) && call.is_below(&root) {
                written.insert(index, argument(call));
            }
            judge(call)
        },
    );
    for (index, call) in run.calls.iter().enumerate() {
        let is_other = disk.apply(call, written.get(&index).map_or(&[], Vec::as_slice));
        seen(is_other.then_some(&*disk), index as u64, call);
    }
    run
}

/// The folder of a run's files.
fn root(scene: &Scene<'_>) -> PathBuf {
    scene.place.path("").components().collect()
}

/// The bytes that a call is about to write.
fn argument(call: &Call) -> Vec<u8> {
    let memory = File::open(format!("/proc/{}/mem", call.thread)).expect("the memory of a traced process");
    let mut bytes = vec![0; usize::try_from(call.args[2]).expect("a part of this machine's memory")];
    memory.read_exact_at(&mut bytes, call.args[1]).expect("what a call is about to write can be read");
    bytes
}

/// Replaces the files with each state, or a sample of them, and starts the program there.
fn play(
    name: &str,
    stage: &Stage,
    scene: &Scene<'_>,
    case: Case,
    states: &States,
    failures: &[Failure],
    length: Length,
) {
    let mut tally = Tally::default();
    // Those after the run had reported come last, and are all tried.
    let acknowledged = failures.iter().filter(|failure| failure.acknowledged).count();
    let others = failures.len() - acknowledged;
    let chosen = length.thin(others, 30);
    for index in chosen.clone().into_iter().chain(others..failures.len()) {
        let Failure { image, context, acknowledged: is_acknowledged } = &failures[index];
        let context = format!("{}, {context}", case.name());
        image.put(&scene.place.path(""));
        let open = image.open_to_others(&stage.secrets()).into_iter().filter(|path| !path.starts_with("keys"));
        assert_eq!(open.collect::<Vec<_>>(), Vec::<&Path>::new(), "{context}: others may read a secret");
        if *is_acknowledged {
            let left = scene.tree();
            assert_eq!(states.of(&left), State::New, "{context}: what was acknowledged is lost");
            assert!(!has_journal(&left), "{context}: what was acknowledged would be undone");
        }
        tally.count(scene, states, &context);
    }
    figures::add("disks after a loss of power", chosen.len() + acknowledged);
    println!(
        "{name}, {}: {} of {others} different disks ({chosen:?}), and {acknowledged} after the run had reported: {tally}",
        case.name(),
        chosen.len(),
    );
}
