//! The commands, one file each.

pub mod configure;
pub mod plugin;
pub mod sandbox;
