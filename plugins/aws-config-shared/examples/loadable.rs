//! The loadable form: the same plugin, with the symbols that a host looks for.

leverage_plugin_api::export_plugin!(leverage_plugin_aws_config_shared::PLUGIN);
