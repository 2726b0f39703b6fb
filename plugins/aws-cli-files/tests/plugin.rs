//! The output target as a host drives it: a plan and facts in, lookups or changes out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_aws_cli_files::AwsCliFiles;
use serde_json::value::to_raw_value;

/// What says which profiles are leverage's own.
const LEDGER: &str = ".profiles.json";

fn fact(path: &str, text: Option<&str>) -> Fact {
    let input = lookup::ReadFile { root: Root::Aws, path: path.to_owned() };
    Fact::new(Lookup::new("file/1", serde_json::to_value(input).unwrap()), to_raw_value(&text).unwrap())
}

fn render(plan: &Plan, mut facts: Vec<Fact>) -> Step<Changes> {
    // With no fact at all, the plugin shows what it asks for.
    if !facts.is_empty() {
        facts.push(fact(LEDGER, None));
    }
    let request = Request::new(Project::new("ex", "us-east-1"), Options::default(), None);
    AwsCliFiles.render(&request, plan, &Facts::new(facts))
}

fn asked_for(plan: &Plan) -> Vec<String> {
    match render(plan, Vec::new()) {
        Err(Pause::Need(lookups)) => lookups.iter().map(|one| one.input["path"].as_str().unwrap().to_owned()).collect(),
        other => panic!("{other:?}"),
    }
}

fn secret() -> SecretRef {
    SecretRef::from_id("0123456789abcdef0123456789abcdef")
}

fn keys() -> Option<PlannedKeys> {
    Some(PlannedKeys::new("ex-security", KeyPair::new("AKIAEXAMPLE", secret())))
}

fn profile() -> PlannedProfile {
    PlannedProfile::new("ex-shared-devops").set("output", "json").set("source_profile", "ex-security")
}

fn files(changes: Changes) -> Vec<(String, String)> {
    changes.files.into_iter().map(|file| (file.path, file.text)).collect()
}

#[test]
fn both_files_are_requested_together_and_written() {
    let mut plan = Plan::new();
    plan.keys = keys();
    plan.profiles.push(profile());
    assert_eq!(asked_for(&plan), ["config", "credentials", LEDGER]);

    let changes = render(&plan, vec![fact("config", None), fact("credentials", None)]).unwrap();
    let files = files(changes);
    let [(config, config_text), (credentials, credentials_text)] = &files[..] else { panic!("{files:?}") };
    assert_eq!((config.as_str(), credentials.as_str()), ("config", "credentials"));
    assert_eq!(config_text, "[profile ex-shared-devops]\noutput = json\nsource_profile = ex-security\n");
    let token = secret().in_text(TextFormat::Ini);
    let expected = format!("[ex-security]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {token}\n");
    assert_eq!(*credentials_text, expected);

    let written = vec![fact("config", Some(config_text)), fact("credentials", Some(credentials_text))];
    assert_eq!(render(&plan, written).unwrap(), Changes::none());
}

#[test]
fn file_without_changes_is_not_read() {
    assert_eq!(render(&Plan::new(), Vec::new()).unwrap(), Changes::none());

    let mut plan = Plan::new();
    plan.keys = keys();
    assert_eq!(asked_for(&plan), ["credentials"]);

    let mut plan = Plan::new();
    plan.profiles.push(profile());
    assert_eq!(asked_for(&plan), ["config", LEDGER]);
}

#[test]
fn keys_replace_temporary_ones_and_keep_other_settings() {
    let mut plan = Plan::new();
    plan.keys = keys();
    let before = "[ex-security]\naws_access_key_id = ASIA\naws_secret_access_key = lvsecret_verbatim_1\n\
                  aws_security_token = lvsecret_verbatim_2\naws_session_token = lvsecret_verbatim_2\nregion = x\n";
    let token = secret().in_text(TextFormat::Ini);
    let after =
        format!("[ex-security]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {token}\nregion = x\n");
    let changes = render(&plan, vec![fact("credentials", Some(before))]).unwrap();
    assert_eq!(files(changes), [("credentials".to_owned(), after)]);
}

#[test]
fn secret_already_in_the_file_changes_nothing() {
    let mut plan = Plan::new();
    plan.keys = keys();
    let token = secret().in_text(TextFormat::Verbatim);
    let before = format!("[ex-security]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {token}\n");
    assert_eq!(render(&plan, vec![fact("credentials", Some(&before))]).unwrap(), Changes::none());
}

#[test]
fn file_that_cannot_be_edited_fails_the_run() {
    let mut plan = Plan::new();
    plan.profiles.push(profile());
    let text = "[profile ex-shared-devops]\noutput =\n  x = y\n";
    match render(&plan, vec![fact("config", Some(text))]) {
        Err(Pause::Failed(failure)) => assert!(failure.message.starts_with("config:3:1: "), "{}", failure.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn session_is_written_before_its_profiles() {
    let mut plan = Plan::new();
    plan.sso_sessions.push(PlannedSsoSession::new("ex").set("sso_region", "us-east-1"));
    assert_eq!(asked_for(&plan), ["config", LEDGER]);
    plan.profiles.push(PlannedProfile::new("ex-sso-shared-devops").set("sso_session", "ex"));
    let text = "[sso-session ex]\nsso_region = us-east-1\n\n[profile ex-sso-shared-devops]\nsso_session = ex\n";
    let changes = render(&plan, vec![fact("config", None)]).unwrap();
    assert_eq!(files(changes), [("config".to_owned(), text.to_owned())]);
    assert_eq!(render(&plan, vec![fact("config", Some(text))]).unwrap(), Changes::none());
}
