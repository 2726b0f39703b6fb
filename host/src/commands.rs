//! The commands, one file each, and the real effects that they share.

pub(crate) mod config;
pub(crate) mod configure;
pub(crate) mod plugin;
pub(crate) mod plugin_new;
pub(crate) mod plugin_verify;
mod real_effects;
pub(crate) mod sandbox;
pub(crate) mod undo;
