//! The command line of `leverage plugin`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::authoring::{NewPluginArgs, VerifyPluginArgs};
use super::headings;
use leverage_loader::{Hash, Isolation};

/// The commands of `leverage plugin`.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Add a plugin: inspect its file, ask for your consent, and keep a private copy
    ///
    /// Inspect the file without running any of its code. If you agree, copy it, and start the copy in a
    /// separate process to check that it works.
    #[command(after_help = "\
Modifies: ~/.local/share/leverage/plugins, or $XDG_DATA_HOME/leverage/plugins

Example:
  leverage plugin add target/release/libaudit.so")]
    Add(AddPluginArgs),
    /// List all plugins: built in and added, enabled, disabled and broken
    #[command(after_help = "\
Reads only. No plugin runs.

Example:
  leverage plugin list --json")]
    List {
        /// Print one JSON document: the list, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Show the manifest of a plugin, without running any of its code
    #[command(after_help = "\
Reads only. No plugin runs.

Example:
  leverage plugin inspect target/release/libaudit.so
  leverage plugin inspect audit")]
    Inspect {
        /// Id of a plugin, or path of a library
        #[arg(value_name = "ID|FILE")]
        target: PathBuf,

        /// Print one JSON document: the plugin, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Enable a disabled plugin, or change its isolation
    #[command(after_help = "\
Modifies: ~/.local/share/leverage/plugins, or $XDG_DATA_HOME/leverage/plugins

Example:
  leverage plugin enable audit --isolation in-process")]
    Enable {
        /// Id of the plugin
        id: String,

        /// Change where the plugin runs
        #[arg(long, value_name = "WHERE", value_parser = isolation(), help_heading = headings::ISOLATION)]
        isolation: Option<Isolation>,

        /// Print one JSON document: the plugin, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Disable a plugin, and keep its copy
    #[command(after_help = "\
Modifies: ~/.local/share/leverage/plugins, or $XDG_DATA_HOME/leverage/plugins

Example:
  leverage plugin disable audit")]
    Disable {
        /// Id of the plugin
        id: String,

        /// Print one JSON document: the plugin, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Remove a plugin and its copy
    #[command(after_help = "\
Modifies: ~/.local/share/leverage/plugins, or $XDG_DATA_HOME/leverage/plugins

Example:
  leverage plugin remove audit")]
    Remove {
        /// Id of the plugin
        id: String,

        /// Print one JSON document: the removed plugin, or `{"error": …}`
        #[arg(long, help_heading = headings::AUTOMATION)]
        json: bool,
    },
    /// Create a crate for a new plugin, with tests and a CI workflow
    ///
    /// The crate builds and passes its tests as it is.
    #[command(after_help = "\
Modifies: the new folder. An existing one is not touched.

Example:
  leverage plugin new audit --credential-type")]
    New(NewPluginArgs),
    /// Check that a plugin follows the protocol, before you publish or add it
    ///
    /// Open the library in a child process, which runs its code, and call it with documents of many kinds. The
    /// plugin gets only made-up facts: none of your files, keys or variables.
    #[command(after_help = "\
Reads only. The plugin's code runs.

Example:
  leverage plugin verify target/release/libleverage_plugin_audit.so")]
    Verify(VerifyPluginArgs),
}

impl PluginCommand {
    /// Whether it answers in JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::Add(AddPluginArgs { json, .. })
            | Self::New(NewPluginArgs { json, .. })
            | Self::Verify(VerifyPluginArgs { json, .. })
            | Self::List { json }
            | Self::Inspect { json, .. }
            | Self::Enable { json, .. }
            | Self::Disable { json, .. }
            | Self::Remove { json, .. } => *json,
        }
    }
}

/// The options of `leverage plugin add`.
#[derive(Debug, Args)]
pub struct AddPluginArgs {
    /// Library of the plugin
    pub file: PathBuf,

    /// Refuse the file if it has another hash, such as the one in a project's leverage.toml
    #[arg(long, value_name = "sha256-…", help_heading = headings::TRUST)]
    pub hash: Option<Hash>,

    /// Replace the plugin that has the same id. A disabled plugin stays disabled
    #[arg(long, help_heading = headings::TRUST)]
    pub replace: bool,

    /// Choose where the plugin runs [default: process; with `--replace`, unchanged]
    #[arg(long, value_name = "WHERE", value_parser = isolation(), help_heading = headings::ISOLATION)]
    pub isolation: Option<Isolation>,

    /// Agree in advance, and ask nothing
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub yes: bool,

    /// Print one JSON document: the plugin, or `{"error": …}`
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub json: bool,
}

/// Parses the name of an isolation.
fn isolation() -> impl TypedValueParser<Value = Isolation> {
    let value = |isolation: Isolation| {
        PossibleValue::new(isolation.name()).help(match isolation {
            Isolation::Process => "In a separate process, with limits for time and memory",
            Isolation::InProcess => "In the process of leverage: faster by milliseconds, but a crash ends the run",
        })
    };
    PossibleValuesParser::new(Isolation::ALL.map(value))
        .map(|name| Isolation::ALL.into_iter().find(|isolation| isolation.name() == name).unwrap_or_default())
}
