//! The fault tests: whatever happens to a run, nothing is lost and nothing is torn.
//!
//! Short by itself; with `LEVERAGE_FAULTS=long` everything is tried. Each test says at its end what it tried.

#[cfg(target_os = "linux")]
mod suite;

/// See `suite.rs`.
#[cfg(target_os = "linux")]
fn main() {
    suite::main();
}

/// Fails: what can't be tested is not called tested.
#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the fault tests trace system calls, which needs Linux: run them there, or in a container");
    std::process::exit(1);
}
