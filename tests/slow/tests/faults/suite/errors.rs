//! Errors of the system: lets calls that touch files fail or write less than requested. The run must either succeed
//! completely or change nothing.

use leverage_tests::program::Outcome;
use nix::errno::Errno;
use std::path::PathBuf;

use super::calls::Call;
use super::figures;
use super::kill::Window;
use super::length::Length;
use super::scene::{Case, Scene, Stage};
use super::state::{State, States, leftovers};
use super::trace::{Traced, Verdict};

/// The exit code of a run that could not read or write a file.
const FILES: i32 = 40;

/// The fault at one call, identified by its number among the calls that touch files of the place.
#[derive(Debug, Clone)]
struct Fault {
    number: usize,
    name: String,
    verdict: Verdict,
}

/// Counts the calls that touch files of a place, from the first on that makes one. They come in the same order in every
/// run; what happens between them does not.
struct Count {
    window: Window,
    root: PathBuf,
    passed: usize,
}

impl Count {
    fn new(scene: &Scene<'_>) -> Self {
        Self { window: Window::new(scene), root: scene.place.path(""), passed: 0 }
    }

    /// The number of a call, if it is one of them.
    fn number(&mut self, call: &Call) -> Option<usize> {
        let counts = self.window.number(call).is_some() && call.is_below(&self.root);
        self.passed += usize::from(counts);
        counts.then_some(self.passed)
    }
}

/// Lets each call of a run of `case` fail with each error, or some.
pub fn check(stage: &Stage, case: Case, length: Length) {
    let scene = stage.scene(case);
    let old = scene.tree();
    let run = scene.run_undisturbed();
    let faults = faults(&scene, &run);
    run.outcome.success();
    let states = States::new(old, scene.tree());

    let (mut fired, mut succeeded, mut failed, mut damage) = (0, 0, 0, Vec::new());
    let chosen = length.thin(faults.len(), 60);
    for index in chosen.clone() {
        let fault = &faults[index];
        let scene = stage.scene(case);
        let mut count = Count::new(&scene);
        let mut struck = None;
        let run = scene.run(|_, call| {
            let strikes = count.number(call) == Some(fault.number) && call.name == fault.name;
            if strikes {
                struck = Some(call.clone());
            }
            if strikes { fault.verdict } else { Verdict::Proceed }
        });
        fired += usize::from(struck.is_some());
        let is_to_be_made_again =
            fault.verdict == Verdict::Fail(Errno::EINTR) || matches!(fault.verdict, Verdict::Shorten(_));
        match ending(stage, &scene, &run.outcome, &states) {
            Ok(State::New) => succeeded += 1,
            Ok(_) if !is_to_be_made_again => failed += 1,
            Ok(_) => damage.push(format!("{fault:?} at {struck:?} is not made again: {}", run.outcome.stderr)),
            Err(what) => damage.push(format!("{fault:?} at {struck:?}: {what}")),
        }
    }
    figures::add("faults fired", fired);
    println!(
        "errors, {}: {} of {} ({chosen:?}), {fired} fired: {succeeded} runs right all the same, {failed} failed with \
         everything old; {} damaged",
        case.name(),
        chosen.len(),
        faults.len(),
        damage.len(),
    );
    assert!(damage.is_empty(), "{}", damage.join("\n"));
}

/// Everything that can go wrong in a run that went well.
fn faults(scene: &Scene<'_>, run: &Traced) -> Vec<Fault> {
    let mut count = Count::new(scene);
    let mut faults = Vec::new();
    for call in &run.calls {
        // Closing a file works even if it returns an error.
        let Some(number) = count.number(call).filter(|_| !call.is(&["close"])) else { continue };
        let mut verdicts: Vec<Verdict> = call.faults().into_iter().map(Verdict::Fail).collect();
        if call.is(&["write", "pwrite64"]) && call.args[2] > 1 {
            verdicts.extend([1, call.args[2] / 2, call.args[2] - 1].map(Verdict::Shorten));
        }
        faults.extend(verdicts.into_iter().map(|verdict| Fault { number, name: call.name.clone(), verdict }));
    }
    faults
}

/// Checks that a run either succeeded, or failed with one message and changed nothing. Returns the state of the files, or
/// the violation.
pub fn ending(stage: &Stage, scene: &Scene<'_>, outcome: &Outcome, states: &States) -> Result<State, String> {
    let wrong = |what: String| Err(format!("{what}; exit code {}\n{}", outcome.code, outcome.stderr));
    let tree = scene.tree();
    let state = states.of(&tree);
    match (outcome.code, &state) {
        (0, State::New) | (FILES, State::Old) => {}
        _ => return wrong(format!("the files are {state:?}")),
    }
    let left = leftovers(&tree);
    if !left.is_empty() {
        return wrong(format!("{left:?} are left behind"));
    }
    if stage.secrets().iter().any(|secret| outcome.stdout.contains(secret) || outcome.stderr.contains(secret)) {
        return wrong("a secret is shown".to_owned());
    }
    let sentences: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let about = scene.place.path("").display().to_string();
    match sentences[..] {
        [] if outcome.code == 0 => Ok(state),
        [sentence] if outcome.code == FILES && sentence.contains(&about) => Ok(state),
        _ => wrong("there is not one sentence that names the file".to_owned()),
    }
}
