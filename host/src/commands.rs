//! The commands, one file each.

pub mod config;
pub mod configure;
pub mod plugin;
pub mod plugin_new;
pub mod plugin_verify;
pub mod sandbox;

use std::path::PathBuf;

use crate::error::{Error, Kind, Result};

/// The user's home folder.
fn home() -> Result<PathBuf> {
    std::env::home_dir().ok_or_else(|| Error::new(Kind::Internal, "the home folder is not known").hint("set HOME"))
}

/// The folder that the command runs in.
fn working_folder() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::new(Kind::Files, "the working folder can't be found").cause(error))
}
