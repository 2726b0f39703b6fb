//! `leverage plugin verify` on valid and invalid libraries.

use leverage_tests::place::Place;
use leverage_tests::plugins::plugin;
use leverage_tests::program::{Outcome, Run};
use leverage_tests::snapshot;
use leverage_tests::tools::artifacts;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A plugin's loadable form: cargo builds examples before any test runs.
fn library(name: &str) -> PathBuf {
    let library = artifacts().join("examples").join(format!("libleverage_plugin_{name}.so"));
    assert!(library.is_file(), "{} is missing: run `cargo test --workspace`", library.display());
    library
}

fn verify(place: &Place, file: &Path, more: &[&str]) -> Outcome {
    Run::leverage(place, "http://127.0.0.1:9").args(["plugin", "verify"]).args([file]).args(more).outcome()
}

fn report(file: &Path, more: &[&str]) -> (i32, Value) {
    let outcome = verify(&Place::new(), file, &[more, &["--json"]].concat());
    (outcome.code, outcome.json())
}

/// The failed checks.
fn broken(report: &Value) -> Vec<&Value> {
    let checks = report["checks"].as_array().expect("a list");
    checks.iter().filter(|check| check["outcome"]["failed"].is_string()).collect()
}

#[test]
fn every_plugin_of_this_repository_passes() {
    for name in [
        "bootstrap",
        "management",
        "security",
        "aws_cli_files",
        "terraform_vars",
        "project_yaml",
        "dotenv",
        "json",
        "terraform_providers",
        "aws_config_shared",
        "identity_center",
        "credential_process",
    ] {
        let (code, report) = report(&library(name), &[]);
        assert_eq!((code, &report["passed"]), (0, &Value::Bool(true)), "{name}: {report}");
        assert_eq!(report["checks"].as_array().map(Vec::len), Some(12), "{name}: {report}");
    }
}

#[test]
fn verify_prints_one_line_for_each_check() {
    let place = Place::new();
    verify(&place, &library("security"), &[]).success();
    snapshot!(place.transcript());
}

#[test]
fn fixtures_replace_what_the_plugin_finds() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.json");
    let write = |text: &str| fs::write(&fixtures, text).unwrap();
    let use_them = ["--fixtures", fixtures.to_str().unwrap()];
    let file = library("identity_center");

    write(
        r#"{"files":{"project":{"identity-center.toml":"permission_sets = ['A', 'B']\n"}},"answers":{"sso-start-url":"https://a.example"}}"#,
    );
    assert_eq!(report(&file, &use_them).0, 0);

    write(r#"{"files":{"project":{"identity-center.toml":"permission_sets = 7\n"}}}"#);
    let (code, report) = report(&file, &use_them);
    assert_eq!(code, 31);
    let broken = broken(&report);
    assert_eq!(broken[0]["name"], "result", "{report}");
    snapshot!("failed_check_of_a_wrong_file", broken[0]["outcome"]["failed"].as_str().unwrap());

    write(r#"{"answer":{}}"#);
    let place = Place::new();
    place.name(fixtures.to_str().unwrap(), "FIXTURES");
    assert_ne!(verify(&place, &file, &use_them).code, 0);
    snapshot!(place.transcript());
}

#[test]
fn verify_of_a_file_that_is_no_plugin_is_one_error() {
    let place = Place::new();
    let text = place.path("text.so");
    fs::write(&text, "not a library").unwrap();
    verify(&place, &text, &[]).exits(31);
    verify(&place, &place.path("none.so"), &[]).exits(40);
    snapshot!(place.transcript());
}

#[test]
fn crash_of_a_plugin_is_one_failed_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = plugin("commanded");
    let fixtures = folder.path().join("fixtures.json");
    for command in ["exit", "abort", "allocate", "sleep", "panic"] {
        let limit = if command == "sleep" { "2" } else { "60" };
        fs::write(&fixtures, format!(r#"{{"files":{{"project":{{"command":"{command}"}}}}}}"#)).unwrap();
        let more = ["--fixtures", fixtures.to_str().unwrap(), "--time-limit", limit];
        let (code, report) = report(&file, &more);
        assert_eq!((code, report["checks"].as_array().map(Vec::len)), (31, Some(12)), "{command}: {report}");
        let [broken] = broken(&report)[..] else { panic!("{command}: {report}") };
        assert_eq!(broken["name"], "result", "{command}: {report}");
        snapshot!(format!("failed_check_after_{command}"), broken["outcome"]["failed"].as_str().unwrap());
    }
}

/// Even a plugin that prints the child's own messages.
#[test]
fn output_of_a_plugin_is_not_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.json");
    fs::write(&fixtures, r#"{"files":{"project":{"command":"print"}}}"#).unwrap();
    let file = plugin("commanded");
    let (code, report) = report(&file, &["--fixtures", fixtures.to_str().unwrap()]);
    assert_eq!((code, report["checks"].as_array().map(Vec::len)), (0, Some(12)), "{report}");
}
