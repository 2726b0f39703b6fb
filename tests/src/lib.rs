//! The end-to-end tests' harness: the program under test in surroundings of its own, and around it the
//! real counterparts — moto's server as an AWS that we did not write, the `aws` command, botocore,
//! python-hcl2 and a YAML parser as readers of what is written.
//!
//! What the tests need beyond cargo is a `python3`, `valgrind` and `patch`; they install the rest by themselves. But for
//! one test that needs a nightly toolchain, and says in its output whether there was one, nothing is
//! skipped: what is missing is a failure that says what to install.

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
