//! What each command does: options in, report out. Everything outside the process is reached through [`Effects`].

mod commit;
pub mod config;
pub mod configure;
pub mod effects;
pub mod project;
mod recovery;
mod shared_files;
pub mod undo;
mod working_files;

pub use configure::{ConfigureOptions, configure};
pub use effects::Effects;
pub use undo::{UndoOptions, list_runs, undo};
