//! The output as a host drives it: a plan and files in, changes out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_aws_config_shared::PLUGIN;
use leverage_testkit::{Fixtures, Kit};
use serde_json::json;

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
}

#[test]
fn profiles_and_keys_are_written_to_the_home_folder() {
    let own = "[default]\nregion = eu-west-1 # home\n";
    let mut fixtures = Fixtures::new().file(Root::AwsHome, "config", own);
    fixtures.plan.profiles.truncate(1);
    fixtures.plan.sso_sessions.clear();
    let changes = Kit::new(&PLUGIN).fixtures(fixtures).changes("aws-config-shared").unwrap();
    let places: Vec<(Root, &str)> = changes.files.iter().map(|file| (file.root, file.path.as_str())).collect();
    let expected = [(Root::AwsHome, "config"), (Root::Aws, ".profiles-shared.json"), (Root::AwsHome, "credentials")];
    assert_eq!(places, expected);
    let profile = "\n[profile ex-management-devops]\noutput = json\nregion = us-east-1\n\
                   role_arn = arn:aws:iam::000000000011:role/DevOps\nsource_profile = ex-security\n";
    assert_eq!(changes.files[0].text, format!("{own}{profile}"));
    let ledger: serde_json::Value = serde_json::from_str(&changes.files[1].text).unwrap();
    let entry = json!({ "account_id": "000000000011", "account": "management" });
    assert_eq!(ledger, json!({ "version": 1, "profiles": { "ex-management-devops": entry } }));
    assert!(changes.files[2].text.contains("aws_secret_access_key = lvsecret_ini_"));
}

#[test]
fn any_option_is_an_error() {
    let mut fixtures = Fixtures::new();
    fixtures.options.settings.insert("path".to_owned(), json!("x"));
    let failure = Kit::new(&PLUGIN).fixtures(fixtures).changes("aws-config-shared").unwrap_err();
    assert_eq!(failure.message, "unknown option `path` of output `aws-config-shared`");
}
