//! The type as a host drives it: files and answers in, a plan out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_identity_center::PLUGIN;
use leverage_testkit::{Fixtures, Kit};

const TYPE: &str = "IDENTITY-CENTER";
const FILE: &str = "identity-center.toml";

fn with(toml: &str) -> Fixtures {
    Fixtures::new().file(Root::Project, FILE, toml)
}

fn plan(fixtures: Fixtures) -> Plan {
    Kit::new(&PLUGIN).fixtures(fixtures).plan(TYPE).unwrap()
}

fn refused(fixtures: Fixtures) -> String {
    let failure = Kit::new(&PLUGIN).fixtures(fixtures).plan(TYPE).unwrap_err();
    assert!(failure.hint.is_some(), "{} says nothing of what to do", failure.message);
    failure.message
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.profiles.iter().map(|profile| profile.name.as_str()).collect()
}

fn settings(settings: &[(String, String)]) -> Vec<String> {
    settings.iter().map(|(key, value)| format!("{key} = {value}")).collect()
}

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
    Kit::new(&PLUGIN).fixtures(with("permission_sets = ['A', 'B']\n[accounts]\nmanagement = ['C']")).check();
}

#[test]
fn plan_has_a_session_and_a_profile_per_account_and_permission_set() {
    let plan = plan(with("permission_sets = ['DevOps', 'ReadOnly']\n[accounts]\nmanagement = ['Admin']\nshared = []"));
    let [session] = plan.sso_sessions.as_slice() else { panic!("{plan:?}") };
    assert_eq!(session.name, "ex");
    let expected = [
        "sso_region = us-east-1",
        "sso_start_url = https://example.awsapps.com/start",
        "sso_registration_scopes = sso:account:access",
    ];
    assert_eq!(settings(&session.settings), expected);
    assert_eq!(names(&plan), ["ex-sso-management-admin", "ex-sso-security-devops", "ex-sso-security-readonly"]);
    let expected = [
        "output = json",
        "region = us-east-1",
        "sso_session = ex",
        "sso_account_id = 000000000012",
        "sso_role_name = DevOps",
    ];
    assert_eq!(settings(&plan.profiles[1].settings), expected);
    assert!(plan.keys.is_none() && plan.diagnostics.is_empty(), "{plan:?}");
}

#[test]
fn own_file_overrides_terraform_variables() {
    let plan = plan(with("start_url = 'https://own.example/start'\nregion = 'eu-west-1'\npermission_sets = ['A']"));
    let settings = settings(&plan.sso_sessions[0].settings);
    assert_eq!(settings[..2], ["sso_region = eu-west-1", "sso_start_url = https://own.example/start"]);
}

#[test]
fn missing_settings_are_asked_for() {
    let fixtures = Fixtures::new()
        .without_file(Root::Project, "config/common.tfvars")
        .answer("sso-start-url", "https://asked.example/start")
        .answer("sso-permission-sets", "DevOps, Admin,");
    let plan = plan(fixtures);
    let settings = settings(&plan.sso_sessions[0].settings);
    assert_eq!(settings[..2], ["sso_region = us-east-1", "sso_start_url = https://asked.example/start"]);
    assert_eq!(names(&plan)[..2], ["ex-sso-management-devops", "ex-sso-management-admin"]);
}

#[test]
fn account_without_an_id_is_skipped_with_a_warning() {
    let mut fixtures = with("permission_sets = ['A']");
    fixtures.project.accounts[1].id = None;
    let plan = plan(fixtures);
    assert_eq!(names(&plan), ["ex-sso-management-a", "ex-sso-shared-a"]);
    let [warning] = plan.diagnostics.as_slice() else { panic!("{plan:?}") };
    assert!(warning.message.ends_with("without an id in the project's files: security"), "{}", warning.message);
}

#[test]
fn skipped_role_profiles_leave_only_the_session() {
    let mut fixtures = with("permission_sets = ['A']");
    fixtures.options.skip_assumable_roles = true;
    let plan = plan(fixtures);
    assert_eq!((plan.sso_sessions.len(), plan.profiles.len()), (1, 0));
}

#[test]
fn invalid_configuration_is_reported_with_its_place() {
    let message = refused(with("permission_sets = ['A']\nstart-url = 'x'\n"));
    assert!(message.starts_with("identity-center.toml:2:1: unknown field `start-url`"), "{message}");
    let message = refused(with("permission_sets = ['A']\nstart_url = 'http://plain.example'\n"));
    assert!(message.contains("invalid start URL of IAM Identity Center: \"http://plain.example\""), "{message}");
    let message = refused(with("permission_sets = ['A']\n[accounts]\nsecurty = ['A']"));
    assert!(message.contains("unknown account \"securty\""), "{message}");
    let message = refused(with("permission_sets = ['a b']"));
    assert!(message.contains("invalid permission set name of IAM Identity Center: \"a b\""), "{message}");
    let message = refused(with("permission_sets = ['DevOps', 'devops']"));
    assert_eq!(message, "permission sets `DevOps` and `devops` would both get the profile `ex-sso-management-devops`");
    let message = refused(with("").file(Root::Project, "config/common.tfvars", "a = "));
    assert!(message.starts_with("config/common.tfvars:1:1: invalid HCL: "), "{message}");
}
