//! Fault tests: whatever happens to a run, no file is lost and none is torn (tests/FAULTS.md).
//!
//! Short by default; `LEVERAGE_FAULTS=long` tries everything. Each test prints what it tried.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    unsafe_code,
    reason = "tests set up real files and processes, and show what they measure"
)]

#[cfg(target_os = "linux")]
mod suite;

#[cfg(target_os = "linux")]
fn main() {
    leverage_tests::program::set_leverage(env!("CARGO_BIN_EXE_leverage-under-slow-test"));
    suite::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("not run: the tests of killed runs, failing system calls and lost power need Linux");
}
