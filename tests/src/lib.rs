//! The harness of the end-to-end tests: the program and the library under test, in temporary folders, and independent
//! counterparts: moto as AWS, and the `aws` command, botocore, python-hcl2 and PyYAML as readers of the written files.
//!
//! The tests need cargo, `python3`, `valgrind` and `patch`, and install the rest. If something is missing, a test fails and
//! says what to install. Tests that need a nightly toolchain or root report that they did not run.

#![allow(
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set up real files and processes, and show what they measure"
)]

pub mod case;
pub mod counterparts;
pub mod embedding;
pub mod golden;
pub mod interfaces;
pub mod invariants;
pub mod moto;
pub mod nested;
pub mod organization;
pub mod outputs;
pub mod place;
pub mod playing;
pub mod plugins;
pub mod program;
pub mod random;
pub mod silence;
pub mod terminal;
pub mod tools;
pub mod transcript;
pub mod tree;
pub mod world;
