//! Effects: everything that reaches out of the process, each behind something that a test or an
//! embedding program can replace.

pub mod aws;
pub mod command;
pub mod config;
pub mod files;
pub mod harden;
pub mod interrupt;
pub mod profiles;
pub mod prompt;
