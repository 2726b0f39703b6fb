//! Pure decisions: no file, no network, no terminal, no clock.

pub mod access_keys;
pub mod answers;
pub mod config;
pub mod diff;

pub mod hash;
pub mod post_commit;
pub mod project;
pub mod protocol;
pub mod report;
pub mod secrets;
pub mod suggest;
