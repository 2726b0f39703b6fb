//! The output as a host drives it: a plan, files and answers in, changes out.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_credential_process::PLUGIN;
use leverage_testkit::{Fixtures, Kit};

const OUTPUT: &str = "credential-process";

fn fixtures(command: &str) -> Fixtures {
    Fixtures::new().without_file(Root::Aws, "config").answer("credential-process-command", command)
}

fn changes(fixtures: Fixtures) -> Changes {
    Kit::new(&PLUGIN).fixtures(fixtures).changes(OUTPUT).unwrap()
}

#[test]
fn plugin_passes_the_test_kit() {
    leverage_testkit::check(&PLUGIN);
    Kit::new(&PLUGIN).fixtures(fixtures("/opt/keys \"{profile}\" --json")).check();
}

#[test]
fn key_profile_gets_the_command_without_a_secret() {
    let mut fixtures = fixtures("/usr/local/bin/company-keys print {profile}");
    fixtures.plan.profiles.truncate(1);
    let changes = changes(fixtures);
    let [file] = changes.files.as_slice() else { panic!("{changes:?}") };
    assert_eq!((file.root, file.path.as_str()), (Root::Aws, "config"));
    let expected = "\
[sso-session ex]
sso_region = us-east-1

[profile ex-security]
credential_process = /usr/local/bin/company-keys print ex-security

[profile ex-management-devops]
output = json
region = us-east-1
role_arn = arn:aws:iam::000000000011:role/DevOps
source_profile = ex-security
";
    assert_eq!(file.text, expected);
    let [note] = changes.diagnostics.as_slice() else { panic!("{changes:?}") };
    assert!(note.message.contains("are not stored"), "{}", note.message);
}

#[test]
fn plan_without_keys_asks_for_no_command() {
    let mut fixtures = Fixtures::new();
    fixtures.plan.keys = None;
    let changes = changes(fixtures);
    assert_eq!(changes.files.len(), 1);
    assert!(changes.diagnostics.is_empty(), "{changes:?}");
}

#[test]
fn keys_that_override_the_command_get_a_warning() {
    let changes = changes(fixtures("x").profile_with_keys("ex-security"));
    assert!(changes.diagnostics[1].message.ends_with("remove them"), "{changes:?}");
}

#[test]
fn command_with_an_invalid_character_is_rejected() {
    for (command, part) in [("  ", "no command"), ("a\nb", "line break"), ("a #b", "a comment would start")] {
        let failure = Kit::new(&PLUGIN).fixtures(fixtures(command)).changes(OUTPUT).unwrap_err();
        assert!(failure.message.contains(part), "{command:?}: {}", failure.message);
    }
}
