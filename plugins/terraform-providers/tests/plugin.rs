//! The output as a host drives it: a plan, options and a file in, providers out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_terraform_providers::PLUGIN;
use leverage_testkit::{Fixtures, Kit};
use serde_json::{Value, json};

fn fixtures(settings: Value) -> Fixtures {
    let mut fixtures = Fixtures::new();
    fixtures.options.settings = serde_json::from_value(settings).unwrap();
    fixtures
}

fn changes(fixtures: Fixtures) -> Result<Changes, Failure> {
    Kit::new(&PLUGIN).fixtures(fixtures).changes("terraform-providers")
}

fn providers(fixtures: Fixtures) -> Vec<Value> {
    let changes = changes(fixtures).unwrap();
    let [file] = changes.files.as_slice() else { panic!("{changes:?}") };
    let document: Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), ["//", "provider"]);
    document["provider"]["aws"].as_array().unwrap().clone()
}

fn aliases(fixtures: Fixtures) -> Vec<String> {
    providers(fixtures).iter().map(|provider| provider["alias"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
    Kit::new(&PLUGIN).fixtures(fixtures(json!({ "path": "a/b.tf.json", "shared_files": false }))).check();
}

#[test]
fn each_account_gets_a_provider() {
    let providers = providers(fixtures(json!({})));
    assert_eq!(providers.len(), 3);
    let expected = json!({
        "alias": "security",
        "profile": "ex-security-devops",
        "region": "us-east-1",
        "allowed_account_ids": ["000000000012"],
        "shared_config_files": ["~/.aws/ex/config"],
        "shared_credentials_files": ["~/.aws/ex/credentials"],
    });
    assert_eq!(providers[1], expected);
}

#[test]
fn alias_is_a_valid_terraform_identifier() {
    let mut odd = fixtures(json!({}));
    odd.plan.accounts[0].name = "2nd/o.brien+é".to_owned();
    assert_eq!(aliases(odd), ["_2nd_o_brien__", "security", "shared"]);

    let mut twins = fixtures(json!({}));
    twins.plan.accounts[0].name = "a.b".to_owned();
    twins.plan.accounts[1].name = "a_b".to_owned();
    assert!(changes(twins).unwrap_err().message.contains("would both get the Terraform alias `a_b`"));
}

#[test]
fn account_with_two_profiles_gets_two_providers() {
    let mut fixtures = fixtures(json!({}));
    fixtures.plan.profiles.push(PlannedProfile::new("ex-shared-${x}audit").reaches("000000000013"));
    let providers = providers(fixtures.clone());
    assert_eq!(providers[3]["profile"], "ex-shared-$${x}audit");
    assert_eq!(aliases(fixtures), ["management", "security", "shared-devops", "shared-__x_audit"]);
}

#[test]
fn texts_of_a_plan_are_escaped_as_templates() {
    let mut fixtures = fixtures(json!({}));
    fixtures.plan.profiles[0].account_id = Some("${file(\"/etc/passwd\")}".to_owned());
    assert_eq!(providers(fixtures)[0]["allowed_account_ids"], json!(["$${file(\"/etc/passwd\")}"]));
}

#[test]
fn file_of_someone_else_is_an_error() {
    for text in ["{}", "provider \"aws\" {}", ""] {
        let fixtures = fixtures(json!({})).file(Root::Project, "providers.tf.json", text);
        let failure = changes(fixtures).unwrap_err();
        assert_eq!(failure.message, "providers.tf.json already exists and was not written by leverage");
    }
}

#[test]
fn invalid_input_is_one_error_message() {
    for (settings, part) in [
        (json!({ "x": 1 }), "unknown option `x`"),
        (json!({ "path": "providers.tf" }), "ends with .tf.json"),
        (json!({ "shared_files": "no" }), "true or false"),
    ] {
        let failure = changes(fixtures(settings)).unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}
