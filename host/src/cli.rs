//! The command line: its types and its help, and nothing that the commands do.
//!
//! A program with its own command line can flatten [`ConfigureArgs`] into it, and turn them into
//! [`ConfigureOptions`](crate::ConfigureOptions).

mod answers;
mod authoring;
mod config;
mod credentials;
mod headings;
mod plugin;
mod sandbox;

use clap::{Arg, ArgAction, Parser, Subcommand};
use leverage_plugin_api::model::TypeInfo;

pub(crate) use authoring::{NewPluginArgs, VERIFY_CHILD, VerifyChildArgs, VerifyPluginArgs};
pub use config::{ChoiceArgs, ConfigCommand};
pub use credentials::{ConfigureArgs, CredentialsCommand, UndoArgs};
pub(crate) use plugin::{AddPluginArgs, PluginCommand};
pub(crate) use sandbox::SandboxArgs;

/// Set up AWS CLI profiles and credentials for a multi-account organization
#[derive(Debug, Parser)]
#[command(
    name = "leverage",
    version,
    arg_required_else_help = true,
    after_help = "\
Example:
  leverage sandbox            # a tour, without an AWS account
  leverage credentials configure --type SECURITY --credentials-file keys.csv"
)]
pub struct Cli {
    /// Show what happens, on standard error; -vv shows more. Secrets are never shown
    #[arg(short, long, global = true, help_heading = headings::GLOBAL, action = ArgAction::Count)]
    pub verbose: u8,

    /// The command to run
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up and restore AWS CLI profiles and access keys
    #[command(
        arg_required_else_help = true,
        after_help = "\
Example:
  leverage credentials configure --type SECURITY --credentials-file keys.csv"
    )]
    Credentials {
        /// The command to run
        #[command(subcommand)]
        command: CredentialsCommand,
    },
    /// Show or create the configuration: environments, outputs, names and roles
    #[command(
        arg_required_else_help = true,
        after_help = "\
Example:
  leverage config init
  leverage config show --env ci"
    )]
    Config {
        /// The command to run
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Manage and write plugins, which add credential types and outputs
    #[command(
        arg_required_else_help = true,
        after_help = "\
A plugin runs with your rights: add only plugins that you trust. `plugin add` shows what a plugin may ask for. \
That list is a contract to review, not a sandbox.

Example:
  leverage plugin inspect ./libaudit.so
  leverage plugin add ./libaudit.so"
    )]
    Plugin {
        /// The command to run
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Try leverage with an embedded AWS and a sample project
    ///
    /// Without CMD, run a tour: set up each credential type in turn, and show what was written. With CMD, run
    /// it in the sample project, with HOME and AWS_ENDPOINT_URL of the sandbox, and exit as it does.
    #[command(after_help = sandbox::after_help())]
    Sandbox(SandboxArgs),
    /// Run the checks of `plugin verify` in a child process
    #[command(name = VERIFY_CHILD, hide = true)]
    PluginVerify(VerifyChildArgs),
}

/// The command line with the credential types in the help of `configure`, and all global options under one heading.
pub(crate) fn command<'a>(types: impl Iterator<Item = &'a TypeInfo>) -> clap::Command {
    use clap::CommandFactory;
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true).help("Print help");
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("Print version");
    let configure_help = credentials::after_help(types);
    Cli::command()
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help.help_heading(headings::GLOBAL))
        .arg(version.help_heading(headings::GLOBAL))
        .mut_subcommand("credentials", |credentials| {
            credentials.mut_subcommand("configure", |configure| configure.after_help(configure_help))
        })
}

#[cfg(test)]
mod tests;
