//! The effective configuration of a run, and the options as plugins see them.

use leverage_core::config::{EffectiveConfig, Origin, Selection};
use leverage_error::Result;
use leverage_loader::Registry;
use leverage_plugin_api::model::{Options as PluginOptions, PruneMode};

use crate::effects::Effects;
use crate::options::ConfigureOptions;
use crate::{config_files, project_files};

/// The environment variable that selects the environment.
const ENVIRONMENT: &str = "LEVERAGE_ENV";

/// Reads the effective configuration of a run.
pub(super) fn effective_config(options: &ConfigureOptions, effects: &Effects<'_>) -> Result<EffectiveConfig> {
    let user = config_files::user_file(&effects.home, effects.environment);
    let root = project_files::root(&effects.folder, effects.files);
    let config = config_files::read(effects.files, &user, root, &effects.folder)?;
    effects.registry.check_required(config.required())?;
    config.check_types(effects.registry.known_types())?;
    let selection = selection(options.environment.clone(), options.outputs.clone(), effects.environment);
    let effective = config.select(selection, effects.registry.selected_outputs())?;
    check_outputs(&effective, effects.registry)?;
    Ok(effective)
}

/// The selected environment and outputs. The option overrides `LEVERAGE_ENV`.
pub fn selection(
    environment: Option<String>,
    outputs: Vec<String>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Selection {
    let flag = environment.map(|name| (name, Origin::Flag("--env")));
    let environment = flag.or_else(|| Some((variable(ENVIRONMENT)?, Origin::Variable(ENVIRONMENT))));
    Selection { environment, outputs }
}

/// Checks that all outputs exist.
///
/// # Errors
///
/// The first unknown output, with its origin.
pub fn check_outputs(effective: &EffectiveConfig, registry: &Registry) -> Result<()> {
    for output in &effective.outputs {
        registry.check_output(&output.name).map_err(|mut error| {
            error.message = format!("{}: {}", effective.outputs_from.place(), error.message);
            error
        })?;
    }
    Ok(())
}

/// The options as plugins see them.
pub(super) fn plugin_options(
    type_name: &str,
    options: &ConfigureOptions,
    effective: &EffectiveConfig,
) -> PluginOptions {
    let mut plugin_options = PluginOptions::default();
    plugin_options.credential_type = type_name.to_owned();
    plugin_options.access_keys = options.access_keys;
    plugin_options.skip_assumable_roles = options.skip_assumable_roles;
    plugin_options.fetch_mfa_device = options.fetch_mfa_device;
    plugin_options.prune = match (options.prune, options.dry_run) {
        (false, _) => PruneMode::Keep,
        (true, false) => PruneMode::Ask,
        // A dry run shows what would be removed.
        (true, true) => PruneMode::Remove,
    };
    if let Some(serial) = &options.mfa_serial {
        plugin_options.settings.insert("mfa_serial".to_owned(), serial.as_str().into());
    }
    if !options.allowed_accounts.is_empty() {
        plugin_options.settings.insert("allowed_accounts".to_owned(), options.allowed_accounts.clone().into());
    }
    plugin_options.profiles = effective.profile_options(type_name, options.role_name.as_deref(), &options.accounts);
    plugin_options
}
