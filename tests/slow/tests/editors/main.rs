//! Generated inputs for every editor and reader of files that people write (tests/FUZZING.md).

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set up real files and processes, and show what they measure"
)]

#[cfg(target_os = "linux")]
mod differential;
#[cfg(target_os = "linux")]
mod targets;

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "the tests with generated inputs need Linux"]
fn editors_need_linux() {}
