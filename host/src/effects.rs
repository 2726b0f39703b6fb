//! The effects of this machine, from which [`Effects`](crate::Effects) are built, and the traits behind them.
//!
//! An embedding program uses these, or implements the traits itself.

mod child_processes;
mod harden;
mod interrupt;
#[allow(clippy::disallowed_methods, reason = "the one module of this crate that uses the machine directly")]
pub(crate) mod machine;
mod terminal;

pub use child_processes::Processes;
pub use harden::disable_core_dumps;
pub use interrupt::run_until_interrupted;
pub use leverage_aws::Aws;
pub use leverage_aws::{Network, RequestLimits, Sdk};
pub use leverage_files::{Disk, Files};
pub use leverage_run::effects::{Check, CommandFailure, Commands, Invocation, NoCommands, NoPrompt, Prompt};
pub use terminal::Terminal;
