//! SIGKILL before each system call of a run: checks the state that a killed run leaves, and its recovery.

use std::fmt;
use std::path::{Path, PathBuf};

use super::calls::Call;
use super::figures;
use super::length::Length;
use super::scene::{Case, Scene, Stage};
use super::state::{State, States, has_journal, leftovers};
use super::trace::Verdict;

/// Counts the calls from the first on that makes a file or folder: the part of a run that touches files.
pub struct Window {
    root: PathBuf,
    passed: Option<usize>,
}

impl Window {
    /// For a run in this place.
    pub fn new(scene: &Scene<'_>) -> Self {
        Self { root: scene.place.path(""), passed: None }
    }

    /// The number of a call within the part; `None` before it.
    pub fn number(&mut self, call: &Call) -> Option<usize> {
        self.passed = match self.passed {
            Some(passed) => Some(passed + 1),
            None => (call.creates() && call.is_below(&self.root)).then_some(0),
        };
        self.passed
    }
}

/// Where a run is killed.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// At this call of the whole run, before it touches files.
    Before(usize),
    /// At this call of the part that touches files.
    Within(usize),
}

/// The results of the killed runs.
#[derive(Debug, Default)]
pub struct Tally {
    /// Runs that were killed.
    pub killed: usize,
    /// Runs that ended before they could be killed.
    pub ended: usize,
    old: usize,
    new: usize,
    mixed: usize,
    half_in_place: usize,
    recovered: usize,
}

/// Kills a run of `case` at every point, or at a sample of them in the short form.
pub fn check(stage: &Stage, case: Case, length: Length) {
    let (states, points) = rehearse(stage, case, length);
    let mut tally = Tally::default();
    let chosen = length.thin(points.len(), 24);
    for index in chosen.clone() {
        kill_at(stage, case, points[index], &states, &mut tally);
    }
    figures::add("runs killed at a system call", tally.killed);
    println!(
        "killed at calls, {}: {} points of {} ({chosen:?}): {} runs killed, {} ended before; {tally}",
        case.name(),
        chosen.len(),
        points.len(),
        tally.killed,
        tally.ended,
    );
}

/// Runs the case undisturbed. Returns its states, and the points where it can be killed.
fn rehearse(stage: &Stage, case: Case, length: Length) -> (States, Vec<Point>) {
    let scene = stage.scene(case);
    let old = scene.tree();
    let run = scene.run_undisturbed();
    let states = States::new(old, scene.tree());
    let mut window = Window::new(&scene);
    let mut points = Vec::new();
    for (index, call) in run.calls.iter().enumerate() {
        match window.number(call) {
            None => points.extend(length.is_long().then_some(Point::Before(index))),
            // Between two calls that change the disk, it looks the same.
            Some(number) => points.extend((length.is_long() || call.changes()).then_some(Point::Within(number))),
        }
    }
    run.outcome.success();
    (states, points)
}

fn kill_at(stage: &Stage, case: Case, point: Point, states: &States, tally: &mut Tally) {
    let scene = stage.scene(case);
    let mut window = Window::new(&scene);
    let run = scene.run(|index, call| {
        let reached = match (point, window.number(call)) {
            (Point::Before(point), _) => index == point,
            (Point::Within(point), number) => number == Some(point),
        };
        if reached { Verdict::Kill } else { Verdict::Proceed }
    });
    match run.outcome.code {
        137 => tally.killed += 1,
        // Threads do not always take turns in the same way.
        0 => tally.ended += 1,
        _ => panic!("{}, {point:?}: {:#?}", case.name(), run.outcome),
    }
    let context = format!("{}, killed at {point:?}, after {:#?}", case.name(), run.calls.last());
    tally.count(&scene, states, &context);
}

/// Kills a run of `case` when all its files are new and its journal still says *back*, and then the run that recovers it
/// at every point, or at some.
pub fn check_recovery(stage: &Stage, case: Case, length: Length) {
    let states = states(stage, case);
    let scene = stage.scene(case);
    kill_before_the_end(&scene);
    let calls = scene.run_undisturbed().calls;
    let end = calls.iter().position(removes_journal).expect("it recovers");
    let mut window = Window::new(&scene);
    let numbers = calls[..=end].iter().map(|call| (window.number(call), call));
    let points: Vec<usize> =
        numbers.filter(|(_, call)| length.is_long() || call.changes()).filter_map(|(number, _)| number).collect();

    let mut tally = Tally::default();
    let chosen = length.thin(points.len(), 16);
    for index in chosen.clone() {
        let scene = stage.scene(case);
        kill_before_the_end(&scene);
        let mut window = Window::new(&scene);
        let is_reached = |number: Option<usize>| number == Some(points[index]);
        let run = scene.run(|_, call| if is_reached(window.number(call)) { Verdict::Kill } else { Verdict::Proceed });
        let context = format!("{}, killed and its recovery killed after {:#?}", case.name(), run.calls.last());
        assert_eq!(run.outcome.code, 137, "{context}\n{}", run.outcome.stderr);
        tally.killed += 1;
        tally.count(&scene, &states, &context);
    }
    figures::add("recoveries killed at a system call", tally.killed);
    println!(
        "killed in recovery, {}: {} points of {} ({chosen:?}): {} runs killed; {tally}",
        case.name(),
        chosen.len(),
        points.len(),
        tally.killed,
    );
}

/// The files of `case` before and after a run.
pub fn states(stage: &Stage, case: Case) -> States {
    let scene = stage.scene(case);
    let old = scene.tree();
    scene.run_undisturbed().outcome.success();
    States::new(old, scene.tree())
}

/// Kills a run when it is about to make its journal the record of a run that is done.
pub fn kill_before_the_end(scene: &Scene<'_>) {
    let closes = |call: &Call| call.name.starts_with("rename") && call.paths[0].ends_with(".journal");
    let run = scene.run(|_, call| if closes(call) { Verdict::Kill } else { Verdict::Proceed });
    assert_eq!(run.outcome.code, 137, "it is killed, with\n{}", run.outcome.stderr);
}

/// Whether a call ends a recovery.
pub fn removes_journal(call: &Call) -> bool {
    call.is(&["unlink", "unlinkat"]) && call.paths[0].ends_with(".journal")
}

impl Tally {
    /// Checks what a killed run left, lets the next run recover it, and then completes a run.
    pub fn count(&mut self, scene: &Scene<'_>, states: &States, context: &str) {
        let left = scene.tree();
        match states.of(&left) {
            State::Old => self.old += 1,
            State::New => self.new += 1,
            // The next start sets it right.
            State::Mixed if has_journal(&left) => self.mixed += 1,
            State::Torn(files) if has_journal(&left) && is_bound(scene, &files) => self.half_in_place += 1,
            state => panic!("{context}: {state:?}"),
        }
        if has_journal(&left) {
            recover(scene);
            let state = states.of(&scene.tree());
            assert!(matches!(state, State::Old | State::New), "{context}, and recovered: {state:?}");
            self.recovered += 1;
        }
        finish(scene, states, context);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { old, new, mixed, half_in_place, recovered, .. } = self;
        write!(
            f,
            "left all old {old}, all new {new}, some new {mixed}, half written in place {half_in_place}; {recovered} \
             journals recovered; 0 torn, 0 lost"
        )
    }
}

/// Whether the only torn file is the one that can only be written in place.
fn is_bound(scene: &Scene<'_>, files: &[PathBuf]) -> bool {
    scene.bound().is_some_and(|bound| files.iter().all(|file| scene.place.path(file) == bound))
}

/// Starts the program again, and kills it after the recovery, before its own changes.
fn recover(scene: &Scene<'_>) {
    let mut recovered = false;
    let run = scene.run(|_, call| {
        let verdict = if recovered { Verdict::Kill } else { Verdict::Proceed };
        recovered |= removes_journal(call);
        verdict
    });
    assert_eq!(run.outcome.code, 137, "it recovers, with\n{}", run.outcome.stderr);
}

/// Runs the program once more, undisturbed. It must succeed, and leave nothing of the killed run.
pub fn finish(scene: &Scene<'_>, states: &States, context: &str) {
    let run = scene.run_undisturbed();
    assert_eq!(run.outcome.code, 0, "{context}, and run again:\n{}", run.outcome.stderr);
    let tree = scene.tree();
    assert_eq!(states.of(&tree), State::New, "{context}, and run again");
    assert_eq!(leftovers(&tree), Vec::<&Path>::new(), "{context}, and run again");
    assert_eq!(states.lost_originals(&tree), Vec::<&Path>::new(), "{context}, and run again");
}
