//! The plugin passes the test kit.

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&leverage_plugin_bootstrap::PLUGIN);
}
