//! The output as a host drives it: a plan and options in, a document out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_json::PLUGIN;
use leverage_testkit::{Fixtures, Kit};
use serde_json::{Value, json};

fn fixtures(settings: Value) -> Fixtures {
    let mut fixtures = Fixtures::new();
    fixtures.options.settings = serde_json::from_value(settings).unwrap();
    fixtures
}

fn changes(fixtures: Fixtures) -> Result<Changes, Failure> {
    Kit::new(&PLUGIN).fixtures(fixtures).changes("json")
}

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
    Kit::new(&PLUGIN).fixtures(fixtures(json!({ "path": "out/plan.json" }))).check();
}

#[test]
fn plan_is_printed_without_writing_files() {
    let mut fixtures = fixtures(json!({}));
    fixtures.plan.profiles.truncate(1);
    fixtures.plan.accounts.truncate(1);
    let token = SecretRef::from_id("5ec7e75ec7e75ec7e75ec7e75ec7e700").in_text(TextFormat::Ini);
    fixtures.plan.profiles[0].settings.push(("x_token".to_owned(), token));
    let changes = changes(fixtures).unwrap();
    assert!(changes.files.is_empty(), "{changes:?}");
    let [text] = changes.print.as_slice() else { panic!("{changes:?}") };
    let expected = json!({
        "version": 1,
        "credential_type": "",
        "project": { "short_name": "ex", "long_name": "example", "region": "us-east-1" },
        "key_profile": "ex-security",
        "accounts": [{ "name": "management", "id": "000000000011", "email": "aws+management@example.com" }],
        "profiles": [{
            "name": "ex-management-devops",
            "account": "management",
            "account_id": "000000000011",
            "settings": {
                "output": "json",
                "region": "us-east-1",
                "role_arn": "arn:aws:iam::000000000011:role/DevOps",
                "source_profile": "ex-security",
            },
        }],
        "sso_sessions": [{ "name": "ex", "settings": { "sso_region": "us-east-1" } }],
    });
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), expected);
    assert!(!text.contains("AKIA") && !text.contains("lvsecret"), "{text}");
}

#[test]
fn path_option_writes_a_file() {
    let changes = changes(fixtures(json!({ "path": "out/plan.json" }))).unwrap();
    let [file] = changes.files.as_slice() else { panic!("{changes:?}") };
    assert_eq!((file.root, file.path.as_str()), (Root::Project, "out/plan.json"));
    assert!(file.text.ends_with("}\n") && changes.print.is_empty());
}

#[test]
fn invalid_input_is_one_error_message() {
    for (settings, part) in
        [(json!({ "file": "x" }), "unknown option `file`"), (json!({ "path": 7 }), "invalid value 7")]
    {
        let failure = changes(fixtures(settings)).unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}
