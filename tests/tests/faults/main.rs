//! The fault tests: whatever happens to a run, nothing is lost and nothing is torn.
//!
//! Short by itself; with `LEVERAGE_FAULTS=long` everything is tried. Each test says at its end what it tried.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod errors;
#[cfg(target_os = "linux")]
mod ground;
#[cfg(target_os = "linux")]
mod kill;
#[cfg(target_os = "linux")]
mod length;
#[cfg(target_os = "linux")]
mod registers;
#[cfg(target_os = "linux")]
mod scene;
#[cfg(target_os = "linux")]
mod state;
#[cfg(target_os = "linux")]
mod trace;

#[cfg(target_os = "linux")]
fn main() {
    use libtest_mimic::{Arguments, Trial};
    use scene::{Case, Stage};

    let ground = ground::Ground::enter();
    let length = length::Length::asked_for();
    if !ground.mounts {
        println!("no file system may be mounted here: what would be mounted is emulated by errors at the calls");
    }
    let mut trials = Vec::new();
    for case in Case::ALL {
        trials.push(Trial::test(format!("killed_at_calls::{}", case.name()), move || {
            kill::check(&Stage::new(ground), case, length);
            Ok(())
        }));
        trials.push(Trial::test(format!("errors::{}", case.name()), move || {
            errors::check(&Stage::new(ground), case, length);
            Ok(())
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Fails: what can't be tested is not called tested.
#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the fault tests trace system calls, which needs Linux: run them there, or in a container");
    std::process::exit(1);
}
