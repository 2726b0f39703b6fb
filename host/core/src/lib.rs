//! The pure decisions of leverage. This crate does not touch files, the network, the terminal or the clock.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set up real files"))]

pub mod access_keys;
pub mod answers;
pub mod config;
pub mod diff;
pub mod hash;
pub mod list;
pub mod position;
pub mod post_commit;
pub mod project;
pub mod protocol;
pub mod report;
pub mod secrets;
pub mod suggest;
