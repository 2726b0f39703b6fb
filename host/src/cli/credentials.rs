//! The command line of `leverage credentials`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use leverage_plugin_api::model::TypeInfo;
use leverage_plugin_api::naming::is_account_id;
use std::path::PathBuf;

use super::config::{self, ChoiceArgs};
use super::{answers, headings};
use leverage_core::answers::Answer;

/// The commands of `leverage credentials`.
#[derive(Debug, Subcommand)]
pub enum CredentialsCommand {
    /// Set up the access keys of one credential type, and one profile per account
    ///
    /// Read the project, ask for what its files lack, verify the access keys with AWS, and read the
    /// organization. Then write all files in one transaction, with backups, or none.
    Configure(ConfigureArgs),
    /// Restore every file that an earlier run wrote
    ///
    /// Undo the newest run, or RUN. Files that the run created are removed. If a file was modified since,
    /// nothing is undone. Undoing is itself a run, so a second `undo` reverts the first one.
    #[command(after_help = "\
Modifies: the files that the run wrote. Reads only with `--list` or `--dry-run`.

Example:
  leverage credentials undo --list
  leverage credentials undo --dry-run
  leverage credentials undo")]
    Undo(UndoArgs),
}

/// The options of `leverage credentials configure`.
#[derive(Debug, Args)]
pub struct ConfigureArgs {
    /// Credential type, in any case; the types are listed below
    #[arg(long = "type", value_name = "TYPE", help_heading = headings::ACCESS_KEYS)]
    pub credential_type: String,

    /// Read the access keys from a .csv file of the AWS console; `-` is standard input [default: ask]
    #[arg(long, value_name = "FILE", help_heading = headings::ACCESS_KEYS)]
    pub credentials_file: Option<PathBuf>,

    /// Replace existing access keys [default: ask]
    #[arg(long, conflicts_with = "skip_access_keys_setup", help_heading = headings::ACCESS_KEYS)]
    pub overwrite_existing_credentials: bool,

    /// Keep existing access keys, and set up only the profiles of the accounts [default: ask]
    #[arg(long, help_heading = headings::ACCESS_KEYS)]
    pub skip_access_keys_setup: bool,

    /// Accept this management account, although the project's files record another one. Repeatable
    /// [default: ask]
    #[arg(long = "allow-account", value_name = "ID", value_parser = account_id, help_heading = headings::ACCESS_KEYS)]
    pub allowed_accounts: Vec<String>,

    /// Write the serial of the user's MFA device to the profiles
    #[arg(long, help_heading = headings::MFA)]
    pub fetch_mfa_device: bool,

    /// Write this serial of an MFA device to the profiles, without listing the user's devices
    #[arg(long, value_name = "SERIAL", help_heading = headings::MFA)]
    pub mfa_serial: Option<String>,

    /// Write profiles only for matching accounts; `*` matches any characters. Repeatable
    #[arg(
        long = "account",
        value_name = "PATTERN",
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = headings::ACCOUNTS
    )]
    pub accounts: Vec<String>,

    /// Assume this role in the accounts, with its path if it has one [default: from the type]
    #[arg(long, value_name = "ROLE", value_parser = config::role, help_heading = headings::ACCOUNTS)]
    pub role_name: Option<String>,

    /// Write no profiles for the roles in the accounts
    #[arg(long, help_heading = headings::ACCOUNTS)]
    pub skip_assumable_roles_setup: bool,

    /// Remove profiles that leverage created and whose account has left the organization or is not active.
    /// Asks first
    #[arg(long, help_heading = headings::ACCOUNTS)]
    pub prune: bool,

    /// The environment and its outputs
    #[command(flatten)]
    pub choice: ChoiceArgs,

    /// Show the diff of every file, secrets masked, and write nothing
    #[arg(long, help_heading = headings::OUTPUT)]
    pub dry_run: bool,

    /// Answers to questions, in advance
    #[arg(
        long = "answer",
        value_name = "ID=VALUE",
        value_parser = answers::Form,
        help = answers::HELP,
        help_heading = headings::AUTOMATION
    )]
    pub answers: Vec<Answer>,

    /// Print one JSON document: the report, or `{"error": …}`
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub json: bool,
}

/// The options of `leverage credentials undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// Run to undo, as `--list` shows it [default: the newest]
    pub run: Option<String>,

    /// List the runs that can be undone, newest first, and undo nothing
    #[arg(long, conflicts_with_all = ["run", "dry_run"], help_heading = headings::OUTPUT)]
    pub list: bool,

    /// Show the diff of every file, secrets masked, and write nothing
    #[arg(long, help_heading = headings::OUTPUT)]
    pub dry_run: bool,

    /// Answers to questions, in advance
    #[arg(
        long = "answer",
        value_name = "ID=VALUE",
        value_parser = answers::Form,
        help = answers::HELP,
        help_heading = headings::AUTOMATION
    )]
    pub answers: Vec<Answer>,

    /// Print one JSON document: the report, or `{"error": …}`
    #[arg(long, help_heading = headings::AUTOMATION)]
    pub json: bool,
}

/// What `configure --help` ends with: these credential types, the effect and an example.
pub(super) fn after_help<'a>(types: impl Iterator<Item = &'a TypeInfo>) -> String {
    let types: Vec<&TypeInfo> = types.collect();
    let width = types.iter().map(|info| info.name.len()).max().unwrap_or_default();
    let types: String = types.iter().map(|info| format!("  {:<width$}  {}\n", info.name, info.summary)).collect();
    format!(
        "\
Credential types:
{types}
Reads: project.yaml, build.env, config/common.tfvars, leverage.toml
Modifies: ~/.aws/<short name>, config/common.tfvars, project.yaml (first run)
Other outputs modify other files. With `--dry-run`, reads only.

Example:
  leverage credentials configure --type SECURITY --credentials-file keys.csv \\
      --fetch-mfa-device"
    )
}

fn account_id(text: &str) -> Result<String, &'static str> {
    if is_account_id(text) { Ok(text.to_owned()) } else { Err("an account id has twelve digits") }
}
