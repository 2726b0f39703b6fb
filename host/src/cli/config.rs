//! The command line of `leverage config`, and the options that choose an environment.

use clap::{Args, Subcommand};

use super::headings;
use leverage_core::config::check_role;

/// The commands of `leverage config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the effective configuration and the source of each value
    ///
    /// A source is a file with its line, an option, a variable, or the default.
    #[command(after_help = "\
Reads only: ~/.config/leverage/config.toml, and leverage.toml from the project's root down to the working folder

Example:
  leverage config show --env ci --json")]
    Show {
        /// The environment to show
        #[command(flatten)]
        choice: ChoiceArgs,

        /// Print one JSON document: the report, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Create a leverage.toml with every key and its default, as comments
    #[command(after_help = "\
Modifies: leverage.toml in the project's root. An existing file is not overwritten.

Example:
  leverage config init")]
    Init {
        /// Print one JSON document: the report, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
}

impl ConfigCommand {
    /// Whether it answers in JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Show { json, .. } | Self::Init { json } => *json,
        }
    }
}

/// The options that choose an environment.
#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// Use this environment, not `default` [env: LEVERAGE_ENV]
    #[arg(long, value_name = "NAME", help_heading = headings::OUTPUT)]
    pub env: Option<String>,

    /// Run this output in place of the environment's outputs. Repeatable
    #[arg(long = "output", value_name = "NAME", help_heading = headings::OUTPUT)]
    pub outputs: Vec<String>,
}

/// Parses the name of a role.
pub(super) fn role(text: &str) -> Result<String, &'static str> {
    check_role(text).map(|()| text.to_owned())
}
