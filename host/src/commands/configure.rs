//! `leverage credentials configure`: runs `configure` with real effects.

use leverage_plugin_api::model::AccessKeysMode;

use super::real_effects::{as_json, with_real_effects};
use crate::cli::ConfigureArgs;
use crate::effects::{disable_core_dumps, run_until_interrupted};
use crate::ui;
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_run::{ConfigureOptions, configure};

/// Runs the command.
///
/// # Errors
///
/// As [`configure`].
pub(crate) fn run(args: ConfigureArgs, registry: &Registry) -> Result<()> {
    disable_core_dumps();
    let json = args.json;
    let options = ConfigureOptions::from(args);
    let report = with_real_effects(registry, json, |effects| run_until_interrupted(configure(&options, effects)))?;
    if json {
        ui::json(&as_json(&report)?);
    } else {
        ui::configured(&report);
    }
    Ok(())
}

impl From<ConfigureArgs> for ConfigureOptions {
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
            allowed_accounts: args.allowed_accounts,
            dry_run: args.dry_run,
            prune: args.prune,
            answers: args.answers.into_iter().collect(),
        }
    }
}
