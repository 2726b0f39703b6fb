//! The built-in plugins. No other file of the host names one.

use leverage_error::Result;
use leverage_loader::{Plugin, Registry};
use leverage_plugin_api::sdk;

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

/// The outputs that run by default, in this order.
pub const DEFAULT_OUTPUTS: [&str; 3] = ["aws-cli-files", "terraform-vars", "project-yaml"];

/// The built-in plugins. They pass the same checks as a loaded library.
///
/// # Errors
///
/// As [`Plugin::built_in`].
pub fn plugins() -> Result<Vec<Plugin>> {
    BUILTIN.iter().map(Plugin::built_in).collect()
}

/// A registry of the built-in plugins, with the default outputs. Add the plugins of the user with
/// [`Registry::with_store`].
///
/// # Errors
///
/// As [`Plugin::built_in`].
pub fn registry() -> Result<Registry> {
    Registry::new(plugins()?)?.select_outputs(&DEFAULT_OUTPUTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_error::Kind;
    use leverage_loader::Store;

    #[test]
    fn registry_admits_all_built_in_plugins() {
        let registry = registry().unwrap();
        let types: Vec<&str> = registry.types().map(|info| info.name.as_str()).collect();
        assert_eq!(types, ["BOOTSTRAP", "MANAGEMENT", "SECURITY"]);
        assert_eq!(registry.credential_type("security").unwrap().1, "SECURITY");
        assert_eq!(registry.credential_type("x").map(|_| ()).unwrap_err().kind, Kind::Usage);
        assert_eq!(registry.selected_outputs(), DEFAULT_OUTPUTS);
    }

    #[test]
    fn registry_refuses_two_plugins_that_add_the_same() {
        let twice = plugins().unwrap().into_iter().chain(plugins().unwrap());
        assert_eq!(Registry::new(twice.collect()).map(|_| ()).unwrap_err().kind, Kind::Plugin);
    }

    #[test]
    fn unreadable_store_fails_only_the_lookup_of_a_user_plugin() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::new(data.path());
        std::fs::create_dir_all(store.folder()).unwrap();
        std::fs::write(store.lock_file(), "version = 9\n").unwrap();
        for path in [data.path().join("leverage"), store.folder(), store.lock_file()] {
            std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        }
        let registry = registry().unwrap().with_store(store, "/nowhere");
        assert!(registry.credential_type("security").is_ok());
        let error = registry.credential_type("audit").map(|_| ()).unwrap_err();
        assert!(error.message.contains("version 9"), "{error}");
    }
}
