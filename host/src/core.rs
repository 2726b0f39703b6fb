//! Pure decisions: no file, no network, no terminal, no clock.

pub mod access_keys;
pub mod answers;
pub mod config;
pub mod diff;
pub mod engine;
pub mod follow_up;
pub mod hash;
pub mod project;
pub mod report;
pub mod secrets;
pub mod suggest;
pub mod visible;
