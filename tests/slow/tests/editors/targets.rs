//! Generated inputs for every editor and reader of people's files; the rules are in `src/invariants`.
//!
//! A few thousand inputs for each target; `LEVERAGE_FUZZ=10000000` makes it so many (tests/FUZZING.md says how). An input
//! that breaks a rule is printed with its number, under which it can be tried again: `LEVERAGE_FUZZ_INPUT=17`.

use leverage_tests::invariants::{TARGETS, Target, input};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// The number of inputs of each target in the short form.
const SHORT: u64 = 5_000;

/// The long form reports its progress after this number of inputs.
const MILESTONE: u64 = 1_000_000;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

fn play(name: &str) {
    let Target { check, .. } = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    if let Some(number) = number("LEVERAGE_FUZZ_INPUT") {
        return check(&input(number));
    }
    let wanted = number("LEVERAGE_FUZZ").unwrap_or(SHORT);
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let (start, stop, done) = (Instant::now(), AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for first in 0..threads {
            let (stop, done) = (&stop, &done);
            scope.spawn(move || {
                for number in (first..wanted).step_by(threads as usize) {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&input(number)))) {
                        stop.store(true, Ordering::Relaxed);
                        eprintln!("{name}: input {number} breaks a rule");
                        resume_unwind(panic);
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if done.is_multiple_of(MILESTONE) {
                        println!("{name}: {done} inputs so far");
                    }
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {wanted} inputs, none breaks a rule ({:.0} a second)", wanted as f64 / seconds);
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            play(stringify!($name));
        })*

        #[test]
        fn every_target_is_played() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($name)),*]);
        }
    };
}

targets!(
    ini,
    terraform_vars,
    yaml,
    access_keys,
    build_env,
    project_yaml,
    common_tfvars,
    required_plugins,
    configuration,
    secrets
);
