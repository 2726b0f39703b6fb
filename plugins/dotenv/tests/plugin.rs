//! The output as a host drives it: a plan, options and files in, changes out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_dotenv::PLUGIN;
use leverage_testkit::{Fixtures, Kit};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn fixtures(settings: Value) -> Fixtures {
    let mut fixtures = Fixtures::new();
    fixtures.options.settings = serde_json::from_value(settings).unwrap();
    fixtures
}

fn changes(fixtures: Fixtures) -> Result<Changes, Failure> {
    Kit::new(&PLUGIN).fixtures(fixtures).changes("dotenv")
}

fn text(changes: &Changes, root: Root, path: &str) -> String {
    let [file] = changes.files.as_slice() else { panic!("{changes:?}") };
    assert_eq!((file.root, file.path.as_str()), (root, path));
    file.text.clone()
}

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
    for settings in [
        json!({ "credentials": "keys", "path": "env/.env" }),
        json!({ "format": "github-actions", "credentials": "keys" }),
        json!({ "profile": "ex-shared-devops", "account_ids": false }),
    ] {
        Kit::new(&PLUGIN).fixtures(fixtures(settings)).check();
    }
}

#[test]
fn new_file_sets_profile_files_region_and_account_ids() {
    let changes = changes(fixtures(json!({}))).unwrap();
    let expected = "\
AWS_PROFILE=ex-management-devops
AWS_CONFIG_FILE=/home/alex/.aws/ex/config
AWS_SHARED_CREDENTIALS_FILE=/home/alex/.aws/ex/credentials
AWS_REGION=us-east-1
AWS_DEFAULT_REGION=us-east-1
EX_MANAGEMENT_ACCOUNT_ID=000000000011
EX_SECURITY_ACCOUNT_ID=000000000012
EX_SHARED_ACCOUNT_ID=000000000013
";
    assert_eq!(text(&changes, Root::Project, ".env"), expected);
    assert!(changes.print.is_empty() && changes.diagnostics.is_empty(), "{changes:?}");
}

#[test]
fn dotenvy_reads_the_written_values() {
    let mut fixtures = fixtures(json!({ "account_ids": false }));
    fixtures.project.aws_folder = Some("/home/al ex#1$/.aws/ex".to_owned());
    let written = text(&changes(fixtures).unwrap(), Root::Project, ".env");
    let read: BTreeMap<String, String> = dotenvy::from_read_iter(written.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(read["AWS_CONFIG_FILE"], "/home/al ex#1$/.aws/ex/config");
    assert_eq!(read["AWS_PROFILE"], "ex-management-devops");
    assert_eq!(read.len(), 5);
}

#[test]
fn keys_are_written_as_tokens_with_a_warning() {
    let changes = changes(fixtures(json!({ "credentials": "keys", "account_ids": false }))).unwrap();
    let text = text(&changes, Root::Project, ".env");
    assert!(text.contains("AWS_SECRET_ACCESS_KEY='lvsecret_dotenv_"), "{text}");
    assert!(!text.contains("AWS_PROFILE"), "{text}");
    assert!(changes.diagnostics[0].message.ends_with("keep it out of version control"));
}

#[test]
fn github_actions_format_has_delimited_values_and_masks() {
    let changes = changes(fixtures(json!({ "format": "github-actions", "credentials": "keys" }))).unwrap();
    let text = text(&changes, Root::Environment, "GITHUB_ENV");
    assert!(text.starts_with("AWS_ACCESS_KEY_ID<<LEVERAGE_END\nAKIAIOSFODNN7EXAMPLE\nLEVERAGE_END\n"), "{text}");
    let secret = &changes.print[4];
    assert_eq!(
        changes.print[..4],
        ["000000000011", "000000000012", "000000000013", "AKIAIOSFODNN7EXAMPLE"]
            .map(|what| format!("::add-mask::{what}"))
    );
    assert!(secret.starts_with("::add-mask::lvsecret_ini_"), "{secret}");
}

#[test]
fn variables_of_other_steps_are_kept_and_the_last_value_counts() {
    let mut fixtures = fixtures(json!({ "format": "github-actions", "account_ids": false }));
    fixtures.project.aws_folder = None;
    let before = "A=1\nAWS_REGION<<X\nus-east-1\nX\nAWS_DEFAULT_REGION=us-east-1\nAWS_PROFILE=ex-management-devops\nB<<Y\nAWS_PROFILE=other\nY\nAWS_REGION=eu-west-1";
    let fixtures = fixtures.file(Root::Environment, "GITHUB_ENV", before);
    let expected = format!("{before}\nAWS_REGION<<LEVERAGE_END\nus-east-1\nLEVERAGE_END\n");
    assert_eq!(text(&changes(fixtures).unwrap(), Root::Environment, "GITHUB_ENV"), expected);
}

#[test]
fn invalid_input_is_one_error_message() {
    for (settings, part) in [
        (json!({ "pth": "x" }), "unknown option `pth`"),
        (json!({ "format": "fish" }), "\"dotenv\" or \"github-actions\""),
        (json!({ "format": "github-actions", "path": "x" }), "does not apply to GitHub Actions"),
        (json!({ "profile": "ex-none" }), "is \"ex-none\""),
        (json!({ "profile": "ex-security", "credentials": "keys" }), "cannot be used together"),
        (json!({ "path": "/etc/x" }), "in the project"),
    ] {
        let failure = changes(fixtures(settings)).unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
    }
    let mut odd = fixtures(json!({}));
    odd.project.aws_folder = Some("/home/o'brien/.aws/ex".to_owned());
    assert!(changes(odd).unwrap_err().message.starts_with("the value of AWS_CONFIG_FILE"));
    let mut twins = fixtures(json!({}));
    twins.plan.accounts.push(PlannedAccount::new("Shared", "000000000014"));
    assert!(changes(twins).unwrap_err().message.starts_with("accounts `shared` and `Shared`"));
}
