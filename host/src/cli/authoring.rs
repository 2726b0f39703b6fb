//! The command line of the authors of plugins: `plugin new` and `plugin verify`.

use clap::{ArgGroup, Args};
use std::path::PathBuf;

use super::headings;

/// The hidden command of the child process of `leverage plugin verify`.
pub const VERIFY_CHILD: &str = "__plugin-verify";

/// The options of `leverage plugin new`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("adds").required(true))]
pub struct NewPluginArgs {
    /// Id of the plugin: lower-case letters, digits and dashes
    pub name: String,

    /// Add a credential type, named as the plugin, in upper case
    #[arg(long, group = "adds", help_heading = headings::NEW_CRATE)]
    pub credential_type: bool,

    /// Add an output, named as the plugin
    #[arg(long, group = "adds", help_heading = headings::NEW_CRATE)]
    pub output: bool,

    /// Folder to create [default: leverage-plugin-NAME]
    #[arg(long, value_name = "DIR", help_heading = headings::NEW_CRATE)]
    pub path: Option<PathBuf>,

    /// Use leverage-plugin-api from this folder, not from the registry
    #[arg(long, value_name = "DIR", help_heading = headings::NEW_CRATE)]
    pub api_path: Option<PathBuf>,

    /// Print one JSON document: the new files, or `{"error": …}`
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub json: bool,
}

/// The options of `leverage plugin verify`.
#[derive(Debug, Args)]
pub struct VerifyPluginArgs {
    /// Library of the plugin
    pub file: PathBuf,

    /// Read the facts for the plugin from this JSON file; the standard fixtures supply the others
    #[arg(long, value_name = "FILE", help_heading = headings::CHECKS)]
    pub fixtures: Option<PathBuf>,

    /// End the checks after this number of seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, help_heading = headings::CHECKS)]
    pub time_limit: u64,

    /// Print one JSON document: the checks, or `{"error": …}`
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub json: bool,
}

/// The options of the child process in which `leverage plugin verify` opens a library.
#[derive(Debug, Args)]
pub struct VerifyChildArgs {
    /// Library of the plugin
    pub file: PathBuf,

    /// The fixtures
    #[arg(long)]
    pub fixtures: Option<PathBuf>,
}
