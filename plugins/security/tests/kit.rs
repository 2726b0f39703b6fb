//! The plugin passes the test kit.

use leverage_plugin_api::model::Identity;
use leverage_testkit::{Fixtures, Kit};

#[test]
fn plugin_passes_the_test_kit() {
    let mut fixtures = Fixtures::new();
    fixtures.identity = Identity::new("000000000012", "arn:aws:iam::000000000012:user/people/alex");
    Kit::new(&leverage_plugin_security::PLUGIN).fixtures(fixtures).check();
}
