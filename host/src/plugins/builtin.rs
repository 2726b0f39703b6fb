//! The list of built-in plugins: the only place in the host that names one.

use leverage_plugin_api::sdk;

use super::v1::Plugin;
use crate::error::Result;

const BUILTIN: [sdk::Plugin; 10] = [
    leverage_plugin_bootstrap::PLUGIN,
    leverage_plugin_management::PLUGIN,
    leverage_plugin_security::PLUGIN,
    leverage_plugin_aws_cli_files::PLUGIN,
    leverage_plugin_terraform_vars::PLUGIN,
    leverage_plugin_project_yaml::PLUGIN,
    leverage_plugin_dotenv::PLUGIN,
    leverage_plugin_json::PLUGIN,
    leverage_plugin_terraform_providers::PLUGIN,
    leverage_plugin_aws_config_shared::PLUGIN,
];

/// The outputs that run where nobody chooses others, in their order.
pub const DEFAULT_OUTPUTS: [&str; 3] = ["aws-cli-files", "terraform-vars", "project-yaml"];

/// The built-in plugins, admitted as a loaded library is.
///
/// # Errors
///
/// As [`Plugin::admit`].
pub fn builtin() -> Result<Vec<Plugin>> {
    let admit = |plugin: &sdk::Plugin| {
        Plugin::admit(Box::leak(Box::new(plugin.header())), &format!("the built-in plugin {}", plugin.id()))
    };
    BUILTIN.iter().map(admit).collect()
}

/// Their ids, which no other plugin may have.
pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(sdk::Plugin::id)
}
