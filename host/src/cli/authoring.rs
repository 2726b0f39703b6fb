//! The command line of those who write plugins.

use clap::{ArgGroup, Args};
use std::path::PathBuf;

/// The hidden command that the child process of `leverage plugin verify` is started with.
pub const VERIFY_CHILD: &str = "__plugin-verify";

/// The options of `leverage plugin new`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("adds").required(true))]
pub struct NewPluginArgs {
    /// The plugin's id: lower-case letters, digits and dashes
    pub name: String,

    /// A plugin that adds a credential type, called as the plugin in upper case
    #[arg(long, group = "adds")]
    pub credential_type: bool,

    /// A plugin that adds an output target, called as the plugin
    #[arg(long, group = "adds")]
    pub output: bool,

    /// The folder to create [default: leverage-plugin-NAME]
    #[arg(long, value_name = "DIR")]
    pub path: Option<PathBuf>,

    /// Take leverage-plugin-api from this folder of a checkout, and not from the registry
    #[arg(long, value_name = "DIR")]
    pub api_path: Option<PathBuf>,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub json: bool,
}

/// The options of `leverage plugin verify`.
#[derive(Debug, Args)]
pub struct VerifyPluginArgs {
    /// The plugin's library
    pub file: PathBuf,

    /// What the host's side answers, as JSON; what it lacks is as in the standard fixtures
    #[arg(long, value_name = "FILE")]
    pub fixtures: Option<PathBuf>,

    /// How long all checks may take together, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub time_limit: u64,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub json: bool,
}

/// The options of the child process in which `leverage plugin verify` opens a library.
#[derive(Debug, Args)]
pub struct VerifyChildArgs {
    /// The plugin's library
    pub file: PathBuf,

    /// The fixtures
    #[arg(long)]
    pub fixtures: Option<PathBuf>,
}
