//! The interface of plugins is stable: a library that was built with any version 1.x of `leverage-plugin-api` loads into
//! today's host, beside any others and in any order, and one with a changed interface is refused.

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
fn main() -> std::process::ExitCode {
    leverage_tests::program::set_leverage(env!("CARGO_BIN_EXE_leverage-under-slow-test"));
    suite::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("not run: the tests of plugins that other versions and compilers built need Linux");
}
