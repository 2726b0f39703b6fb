//! Budgets for the instructions and system calls of a run, and for their growth with the number of accounts.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set up real files and processes, and show what they measure"
)]

#[cfg(target_os = "linux")]
mod suite;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    leverage_tests::program::set_leverage(env!("CARGO_BIN_EXE_leverage-under-slow-test"));
    suite::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("not run: the tests of instruction and system call budgets need Linux");
}
