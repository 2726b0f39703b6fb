//! The command line: its types, and nothing that they do.

mod answers;
mod authoring;
mod config;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use leverage_plugin_api::model::TypeInfo;
use std::path::PathBuf;

pub use authoring::{NewPluginArgs, VERIFY_CHILD, VerifyChildArgs, VerifyPluginArgs};
pub use config::{ChoiceArgs, ConfigCommand};
use leverage_core::answers::Answer;
use leverage_loader::{Hash, Isolation};
use leverage_sandbox::{Fault, FaultKind};

/// Sets up the credentials with which people work on a multi-account AWS organization.
#[derive(Debug, Parser)]
#[command(
    name = "leverage",
    version,
    arg_required_else_help = true,
    after_help = "\
Example:
  leverage credentials configure --type SECURITY --credentials-file ~/Downloads/accessKeys.csv
  leverage sandbox        a tour without an AWS account"
)]
pub struct Cli {
    /// Say more of what happens (-vv: still more); secrets are never shown
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Manage the credentials of a project
    #[command(
        arg_required_else_help = true,
        after_help = "\
Example:
  leverage credentials configure --type MANAGEMENT --credentials-file keys.csv --fetch-mfa-device"
    )]
    Credentials {
        /// What to do with them
        #[command(subcommand)]
        command: CredentialsCommand,
    },
    /// Show and begin the configuration: environments, names and roles
    #[command(
        arg_required_else_help = true,
        after_help = "\
Example:
  leverage config init
  leverage config show --env ci"
    )]
    Config {
        /// What to do with it
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Manage and write the plugins that add credential types and outputs
    #[command(
        arg_required_else_help = true,
        after_help = "\
A plugin runs with your rights: add only what you trust. What it may ask for is listed before you agree;
that is a contract to review, not a sandbox.

Example:
  leverage plugin inspect ./libaudit.so
  leverage plugin add ./libaudit.so"
    )]
    Plugin {
        /// What to do with them
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Try it all out: an AWS of its own on this machine, and a sample project
    ///
    /// Without a command this is a tour: it runs each credential type in turn and shows what it wrote.
    /// With one, the command runs in the sample project, with HOME and AWS_ENDPOINT_URL of the sandbox.
    #[command(after_help = "\
Example:
  leverage sandbox --accounts 50 -- leverage credentials configure --type BOOTSTRAP \\
      --credentials-file ../keys/bootstrap_accessKeys.csv")]
    Sandbox(SandboxArgs),
    /// What `plugin verify` starts in a child process
    #[command(name = VERIFY_CHILD, hide = true)]
    PluginVerify(VerifyChildArgs),
}

/// The commands of `leverage credentials`.
#[derive(Debug, Subcommand)]
pub enum CredentialsCommand {
    /// Set up the credentials of one type: access keys, and a profile for each account
    ///
    /// Reads project.yaml, build.env and config/common.tfvars, and asks for what they lack. Verifies the
    /// access keys with AWS, reads the organization, writes the AWS CLI profiles into
    /// ~/.aws/<short name>, and the account ids into the Terraform variables. What it overwrites is
    /// backed up first.
    Configure(ConfigureArgs),
    /// Undo an earlier run: every file it wrote is again as it was before
    ///
    /// Undoes the newest run, or the one that is named. Files that the run made are removed. Nothing is
    /// undone if a file was changed since. Undoing is a run of its own, and can be undone.
    #[command(after_help = "\
Example:
  leverage credentials undo --list
  leverage credentials undo --dry-run")]
    Undo(UndoArgs),
}

/// The options of `leverage credentials undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The run, as `--list` names it; the newest if there is none
    pub run: Option<String>,

    /// List the runs that can be undone, and undo nothing
    #[arg(long, conflicts_with_all = ["run", "dry_run"])]
    pub list: bool,

    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Answer a question beforehand; LEVERAGE_ANSWER_<ID> does the same
    #[arg(long = "answer", value_name = "ID=VALUE", value_parser = answers::Form)]
    pub answers: Vec<Answer>,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub json: bool,
}

/// The commands of `leverage plugin`.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Add a plugin: look at its file, agree to it, and keep a copy that nobody else can change
    ///
    /// The file is inspected without running any of it. Once you agree, it is copied, and started in a
    /// process of its own to see that it works.
    #[command(after_help = "\
Example:
  leverage plugin add target/release/libaudit.so")]
    Add(AddPluginArgs),
    /// List the plugins: built in and added, working and broken
    #[command(after_help = "\
Example:
  leverage plugin list --json")]
    List {
        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show what a plugin says about itself, without running any of it
    #[command(after_help = "\
Example:
  leverage plugin inspect target/release/libaudit.so
  leverage plugin inspect audit")]
    Inspect {
        /// A plugin's id, or a file
        #[arg(value_name = "ID|FILE")]
        target: PathBuf,

        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Let a plugin be used again, or say where it runs
    #[command(after_help = "\
Example:
  leverage plugin enable audit --isolation in-process")]
    Enable {
        /// The plugin's id
        id: String,

        /// Where the plugin runs from now on
        #[arg(long, value_name = "WHERE", value_parser = isolation())]
        isolation: Option<Isolation>,

        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Keep a plugin, but don't use it
    #[command(after_help = "\
Example:
  leverage plugin disable audit")]
    Disable {
        /// The plugin's id
        id: String,

        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Remove a plugin and the copy of its file
    #[command(after_help = "\
Example:
  leverage plugin remove audit")]
    Remove {
        /// The plugin's id
        id: String,

        /// Print one JSON document instead of text
        #[arg(long)]
        json: bool,
    },
    /// Write the crate of a new plugin, with tests and a CI file
    ///
    /// The crate builds as it is, and depends on leverage-plugin-api alone. Nothing that is there already
    /// is overwritten.
    #[command(after_help = "\
Example:
  leverage plugin new audit --credential-type")]
    New(NewPluginArgs),
    /// Check that a plugin keeps the rules, before you publish or add it
    ///
    /// Opens the library, which runs its code, in a child process, and calls it with documents of all
    /// kinds. It gets to see made-up facts only: no file, no key and no variable of yours.
    #[command(after_help = "\
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
    /// The plugin's library
    pub file: PathBuf,

    /// Agree beforehand: nothing is asked
    #[arg(long)]
    pub yes: bool,

    /// Refuse the file if its hash is another, as a project's leverage.toml has it
    #[arg(long, value_name = "sha256-…")]
    pub hash: Option<Hash>,

    /// Replace the plugin that has the same id
    #[arg(long)]
    pub replace: bool,

    /// Where the plugin runs
    #[arg(long, value_name = "WHERE", default_value = "process", value_parser = isolation())]
    pub isolation: Isolation,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub json: bool,
}

/// The options of `leverage credentials configure`.
#[derive(Debug, Args)]
pub struct ConfigureArgs {
    /// The type of the credentials, in any case
    #[arg(long = "type", value_name = "TYPE")]
    pub credential_type: String,

    /// The .csv file with the access keys, as the AWS console offers it (- reads standard input)
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,

    /// Name the user's MFA device in the profiles
    #[arg(long)]
    pub fetch_mfa_device: bool,

    /// The MFA device to name, if the user has several
    #[arg(long, value_name = "SERIAL", requires = "fetch_mfa_device")]
    pub mfa_serial: Option<String>,

    /// Overwrite the access keys if there are any already
    #[arg(long, conflicts_with = "skip_access_keys_setup")]
    pub overwrite_existing_credentials: bool,

    /// Keep the access keys that there are, and go on with the accounts' profiles
    #[arg(long)]
    pub skip_access_keys_setup: bool,

    /// Write no profile for the accounts' roles
    #[arg(long)]
    pub skip_assumable_roles_setup: bool,

    /// What is written, and with which names and roles
    #[command(flatten)]
    pub choice: ChoiceArgs,

    /// The role that the profiles assume, with its path if it has one
    #[arg(long, value_name = "ROLE", value_parser = config::role)]
    pub role_name: Option<String>,

    /// Write profiles for these accounts alone; `*` stands for any characters; may be given several times
    #[arg(long = "account", value_name = "PATTERN", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub accounts: Vec<String>,

    /// Remove profiles that an earlier run wrote and whose account is no longer in use; asks first
    #[arg(long)]
    pub prune: bool,

    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Answer a question beforehand; LEVERAGE_ANSWER_<ID> does the same
    #[arg(long = "answer", value_name = "ID=VALUE", value_parser = answers::Form)]
    pub answers: Vec<Answer>,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub json: bool,
}

/// The options of `leverage sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// How many accounts the organization has, the management account among them
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub accounts: usize,

    /// How long each reply takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,

    /// What goes wrong, as KIND[=K][@OPERATION]: each Kth time, or for one operation alone; may be given
    /// several times
    #[arg(long = "fault", value_name = "KIND", long_help = fault_help())]
    pub faults: Vec<Fault>,

    /// The command to run
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<std::ffi::OsString>,
}

fn fault_help() -> String {
    let kinds: String = FaultKind::ALL.iter().map(|kind| format!("\n  {:<20} {}", kind.name(), kind.about())).collect();
    format!(
        "What goes wrong, as KIND[=K][@OPERATION]: each Kth time, or for one operation alone; may be given \
         several times. The kinds:{kinds}"
    )
}

/// The command line, whose help lists the credential types.
pub fn command<'a>(types: impl Iterator<Item = &'a TypeInfo>) -> clap::Command {
    use clap::CommandFactory;
    let mut help = String::from("Credential types:\n");
    for info in types {
        help.push_str(&format!("  {:<12} {}\n", info.name, info.summary));
    }
    help.push_str(
        "\nExample:\n  leverage credentials configure --type BOOTSTRAP --credentials-file ~/Downloads/accessKeys.csv",
    );
    Cli::command().mut_subcommand("credentials", |credentials| {
        credentials.mut_subcommand("configure", |configure| configure.after_help(help))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command(std::iter::empty()).debug_assert();
    }
}

/// Reads the name of an isolation.
fn isolation() -> impl TypedValueParser<Value = Isolation> {
    let value = |isolation: Isolation| {
        PossibleValue::new(isolation.name()).help(match isolation {
            Isolation::Process => "In a process of its own, with limits to its time and memory",
            Isolation::InProcess => {
                "In the process of leverage: faster by some milliseconds; a crash of the plugin ends the run"
            }
        })
    };
    PossibleValuesParser::new(Isolation::ALL.map(value))
        .map(|name| Isolation::ALL.into_iter().find(|isolation| isolation.name() == name).unwrap_or_default())
}
