//! The effects of this machine, to build [`Effects`](crate::Effects) from, and the traits behind them.

pub mod harden;
pub mod interrupt;
mod processes;
mod terminal;

pub use leverage_aws::{Aws, RequestLimits, Sdk};
pub use leverage_files::{Disk, Files};
pub use leverage_run::effects::{Commands, NoCommands, NoPrompt, Prompt};
pub use processes::Processes;
pub use terminal::Terminal;
