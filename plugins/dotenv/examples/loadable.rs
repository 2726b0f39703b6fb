//! The plugin as a loadable library.

leverage_plugin_api::export_plugin!(leverage_plugin_dotenv::PLUGIN);
