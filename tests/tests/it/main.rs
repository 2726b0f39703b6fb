//! The end-to-end tests, in one binary: the real program, against moto and against the sandbox.
//!
//! All output of the program is in `snapshots/`. `INSTA_UPDATE=always cargo test --workspace --test it` rewrites them, and
//! `git diff` shows the changes.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set up real files and processes"
)]

mod authoring {
    //! Writing a plugin.
    mod new;
    mod samples;
    mod verify;
}
mod aws_cli;
mod commands;
mod environments;
mod golden;
mod help;
mod injection;
mod loadable;
mod network;
mod outputs;
mod pictures;
mod plugins {
    //! The user's plugins.
    mod add;
    mod hostile;
    mod refused;
    mod trust;
}
mod prune;
mod right_keys;
mod sandbox;
mod secrets;
mod terminal;
mod tidy;
mod undo;
mod units;
