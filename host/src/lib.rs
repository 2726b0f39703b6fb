//! Set up AWS CLI profiles and credentials for a multi-account organization.
//!
//! This is the library behind the program `leverage`, for programs that embed it. They need three things:
//!
//! 1. A [`Registry`](plugins::Registry) with the plugins: [`builtin::registry`], and
//!    [`Registry::with_store`](plugins::Registry::with_store) for the plugins of the user.
//! 2. The [`Effects`]: AWS, files, prompts, clock and folders. The module [`effects`] has the real ones; a program may
//!    implement the traits itself.
//! 3. A command: [`configure()`], [`undo()`] or [`list_runs`]. Each takes options and effects, and returns a [`report`].
//!
//! ```no_run
//! use jiff::Timestamp;
//! use leverage::effects::{Disk, RequestLimits, Sdk, Terminal, run_until_interrupted};
//! use leverage::{ConfigureOptions, Effects, builtin, configure};
//!
//! # fn main() -> leverage::error::Result<()> {
//! let registry = builtin::registry()?;
//! let aws = Sdk::new(None, RequestLimits::default());
//! let effects = Effects::new(&registry, &aws, &Disk, "/home/me", "/home/me/project", Timestamp::now()).prompt(&Terminal);
//! let options = ConfigureOptions {
//!     credential_type: "SECURITY".to_owned(),
//!     credentials_file: Some("keys.csv".into()),
//!     ..ConfigureOptions::default()
//! };
//!
//! let report = run_until_interrupted(configure(&options, &effects))?;
//! println!("{} profiles in {} files", report.profiles.len(), report.files.len());
//! # Ok(())
//! # }
//! ```
//!
//! A program that runs plugins of the user calls [`plugins::serve`] first in its `main`, because an isolated
//! plugin runs in a child process of the same program. The examples folder has a complete program, `embed.rs`, which runs without an AWS
//! account. `ARCHITECTURE.md` beside this crate's manifest describes the crates behind this facade.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set up real files"))]
#![forbid(unsafe_code)]

pub mod builtin;
pub mod cli;
mod commands;
pub mod effects;
mod program;
mod trace;
mod ui;

/// Plugins beyond the built-in ones.
pub mod plugins {
    pub use leverage_loader::serve;
    pub use leverage_loader::{Hash, Plugin, Registry, Store};
}

pub use leverage_core::{answers, diff, report};
pub use leverage_error as error;
pub use leverage_run::{ConfigureOptions, Effects, UndoOptions, configure, list_runs, undo};
pub use leverage_sandbox as sandbox;
pub use program::main;
