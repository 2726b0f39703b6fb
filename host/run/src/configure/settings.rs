//! What a run goes by: the configuration, the environment and the outputs chosen, and what the plugins hear of the options.

use leverage_core::config::{Choice, Effective, Origin};
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_plugin_api::model::{Options as PluginOptions, PruneMode};

use super::ConfigureOptions;
use crate::effects::Effects;
use crate::{config, project};

/// The variable that names the environment.
const ENVIRONMENT: &str = "LEVERAGE_ENV";

/// What the configuration says for this run.
pub(super) fn effective(options: &ConfigureOptions, effects: &Effects<'_>) -> Result<Effective> {
    let user = config::of_user(&effects.home, effects.environment);
    let config = config::read(effects.files, &user, project::root(&effects.folder, effects.files), &effects.folder)?;
    effects.registry.check_required(config.required())?;
    config.check_types(effects.registry.known_types())?;
    let choice = choice(options.environment.clone(), options.outputs.clone(), effects.environment);
    let effective = config.choose(choice, effects.registry.selected_outputs())?;
    check_outputs(&effective, effects.registry)?;
    Ok(effective)
}

/// The environment and the outputs that are chosen; a flag wins over `LEVERAGE_ENV`.
pub fn choice(environment: Option<String>, outputs: Vec<String>, variable: &dyn Fn(&str) -> Option<String>) -> Choice {
    let flag = environment.map(|name| (name, Origin::Flag("--env")));
    let environment = flag.or_else(|| Some((variable(ENVIRONMENT)?, Origin::Variable(ENVIRONMENT))));
    Choice { environment, outputs }
}

/// Checks that there is an output of each name.
///
/// # Errors
///
/// The first one that there is not, and where it is named.
pub fn check_outputs(effective: &Effective, registry: &Registry) -> Result<()> {
    for output in &effective.outputs {
        registry.check_output(&output.name).map_err(|mut error| {
            error.message = format!("{}: {}", effective.outputs_from.place(), error.message);
            error
        })?;
    }
    Ok(())
}

/// The options as plugins see them.
pub(super) fn plugin_options(type_name: &str, options: &ConfigureOptions, effective: &Effective) -> PluginOptions {
    let mut plugin_options = PluginOptions::default();
    plugin_options.credential_type = type_name.to_owned();
    plugin_options.access_keys = options.access_keys;
    plugin_options.skip_assumable_roles = options.skip_assumable_roles;
    plugin_options.fetch_mfa_device = options.fetch_mfa_device;
    plugin_options.prune = match (options.prune, options.dry_run) {
        (false, _) => PruneMode::Keep,
        (true, false) => PruneMode::Ask,
        // It is shown, and nothing is removed.
        (true, true) => PruneMode::Remove,
    };
    if let Some(serial) = &options.mfa_serial {
        plugin_options.settings.insert("mfa_serial".to_owned(), serial.as_str().into());
    }
    plugin_options.profiles = effective.profile_options(type_name, options.role_name.as_deref(), &options.accounts);
    plugin_options
}
