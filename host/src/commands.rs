//! The commands, one file each.

pub mod configure;
pub mod plugin;
pub mod plugin_new;
pub mod plugin_verify;
pub mod sandbox;
