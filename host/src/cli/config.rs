//! The command line of the configuration.

use clap::{Args, Subcommand};

use leverage_core::config::check_role;

/// The commands of `leverage config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show what holds, and where each value comes from: a file, a flag, a variable, or leverage itself
    #[command(after_help = "\
Example:
  leverage config show --env ci --json")]
    Show {
        /// The environment to show
        #[command(flatten)]
        choice: ChoiceArgs,

        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Write a leverage.toml with every key and its default, as comments, into the project's root
    #[command(after_help = "\
Example:
  leverage config init")]
    Init {
        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
}

impl ConfigCommand {
    /// Whether it answers in JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::Show { json, .. } | Self::Init { json } => *json,
        }
    }
}

/// The options that choose an environment.
#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// The environment, as leverage.toml has it; LEVERAGE_ENV does the same
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,

    /// The output that runs instead of the environment's; may be given several times
    #[arg(long = "output", value_name = "NAME")]
    pub outputs: Vec<String>,
}

/// A role's name.
pub(super) fn role(text: &str) -> Result<String, &'static str> {
    check_role(text).map(|()| text.to_owned())
}
