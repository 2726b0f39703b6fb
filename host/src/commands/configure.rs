//! `leverage credentials configure`: the command line's options in, every effect real.

use jiff::Timestamp;
use leverage_plugin_api::model::AccessKeysMode;

use crate::cli::ConfigureArgs;
use crate::configure::{Effects, Options, configure};
use crate::error::{Error, Kind, Result};
use crate::plugins::Registry;
use crate::shell::aws::sdk::{Patience, Sdk};
use crate::shell::command::Processes;
use crate::shell::prompt::Terminal;
use crate::shell::{harden, interrupt};
use crate::ui;

/// Runs the command.
///
/// # Errors
///
/// As [`configure`].
pub fn run(args: ConfigureArgs, registry: &Registry) -> Result<()> {
    harden::against_dumps();
    let json = args.json;
    let options = Options::from(args);
    let progress = ui::AccountsProgress::new();
    let count = |accounts| progress.set(accounts);
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let effects = Effects {
        registry,
        aws: &Sdk::new(environment("AWS_ENDPOINT_URL"), Patience::default()),
        prompt: &Terminal,
        progress: &count,
        print: &|text| ui::printed(text, json),
        say: &ui::said,
        commands: &Processes,
        environment: &environment,
        home: super::home()?,
        folder: super::working_folder()?,
        now: Timestamp::now(),
    };
    let report = interrupt::run_until_interrupted(configure(&options, &effects));
    progress.clear();
    let report = report?;
    if json {
        let document = serde_json::to_value(&report)
            .map_err(|error| Error::new(Kind::Internal, "the report can't be written as JSON").cause(error))?;
        ui::json(&document);
    } else {
        ui::report(&report);
    }
    Ok(())
}

impl From<ConfigureArgs> for Options {
    fn from(args: ConfigureArgs) -> Self {
        let access_keys = match (args.overwrite_existing_credentials, args.skip_access_keys_setup) {
            (true, _) => AccessKeysMode::Overwrite,
            (false, true) => AccessKeysMode::Skip,
            (false, false) => AccessKeysMode::Ask,
        };
        Self {
            credential_type: args.credential_type,
            credentials_file: args.credentials_file,
            fetch_mfa_device: args.fetch_mfa_device,
            mfa_serial: args.mfa_serial,
            access_keys,
            skip_assumable_roles: args.skip_assumable_roles_setup,
            environment: args.choice.env,
            outputs: args.choice.outputs,
            role_name: args.role_name,
            accounts: args.accounts,
            dry_run: args.dry_run,
            prune: args.prune,
            answers: args.answers.into_iter().collect(),
        }
    }
}
