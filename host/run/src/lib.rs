//! The commands of leverage: each takes options and returns a report. Everything outside the process is reached through
//! [`Effects`].

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set up real files"))]

mod commit;
pub mod config_files;
pub mod configure;
pub mod effects;
mod notices;
mod options;
mod pending_files;
pub mod project_files;
mod recovery;
mod shared_files;
pub mod undo;
mod utf8;

pub use configure::configure;
pub use effects::Effects;
pub use options::ConfigureOptions;
pub use undo::{UndoOptions, list_runs, undo};
