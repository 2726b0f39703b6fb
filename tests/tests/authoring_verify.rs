//! `leverage plugin verify` on libraries, good ones and others.

use leverage_tests::tools::artifacts;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A plugin's loadable form: cargo builds examples before any test runs.
fn library(name: &str) -> PathBuf {
    let library = artifacts().join("examples").join(format!("libleverage_plugin_{name}.so"));
    assert!(library.is_file(), "{} is missing: run `cargo test --workspace`", library.display());
    library
}

fn verify(file: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverage-under-test"));
    command.args(["plugin", "verify"]).arg(file).args(more).output().expect("leverage starts")
}

fn report(file: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let output = verify(file, &[more, &["--json"]].concat());
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

/// The checks that are not passed.
fn broken(report: &Value) -> Vec<&Value> {
    let checks = report["checks"].as_array().expect("a list");
    checks.iter().filter(|check| check["outcome"]["failed"].is_string()).collect()
}

#[test]
fn every_plugin_of_this_repository_keeps_the_rules() {
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
        assert_eq!((code, &report["passed"]), (Some(0), &Value::Bool(true)), "{name}: {report}");
        assert_eq!(report["checks"].as_array().map(Vec::len), Some(12), "{name}: {report}");
    }
}

#[test]
fn each_check_is_one_line() {
    let output = verify(&library("security"), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for check in ["manifest", "lookups", "garbage", "5000-accounts"] {
        let lines = text.lines().filter(|line| line.split_whitespace().nth(1) == Some(check)).count();
        assert_eq!(lines, 1, "{check}: {text}");
    }
    assert!(text.ends_with("The plugin keeps the rules.\n"), "{text}");
}

#[test]
fn fixtures_decide_what_the_plugin_finds() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.json");
    let write = |text: &str| fs::write(&fixtures, text).unwrap();
    let use_them = ["--fixtures", fixtures.to_str().unwrap()];
    let file = library("identity_center");

    write(
        r#"{"files":{"project":{"identity-center.toml":"permission_sets = ['A', 'B']\n"}},"answers":{"sso-start-url":"https://a.example"}}"#,
    );
    assert_eq!(report(&file, &use_them).0, Some(0));

    write(r#"{"files":{"project":{"identity-center.toml":"permission_sets = 7\n"}}}"#);
    let (code, report) = report(&file, &use_them);
    assert_eq!(code, Some(31));
    let broken = broken(&report);
    assert_eq!(broken[0]["name"], "result", "{report}");
    assert!(broken[0]["outcome"]["failed"].as_str().unwrap().contains("identity-center.toml:1:"), "{report}");

    write(r#"{"answer":{}}"#);
    let output = verify(&file, &use_them);
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown field `answer`"), "{output:?}");
    assert!(!output.status.success());
}

#[test]
fn a_file_that_is_no_plugin_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    fs::write(&text, "not a library").unwrap();
    let output = verify(&text, &[]);
    assert_eq!(output.status.code(), Some(31), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{output:?}");
    let output = verify(&folder.path().join("none.so"), &[]);
    assert_eq!(output.status.code(), Some(40), "{output:?}");
}

#[test]
fn whatever_a_plugin_does_to_its_process_is_one_broken_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = artifacts().join("examples/libtest_commanded.so");
    let fixtures = folder.path().join("fixtures.json");
    for (command, part) in [
        ("exit", "ended the process (exit code 0)"),
        ("abort", "crashed (signal 6)"),
        ("allocate", "crashed (signal 6)"),
        ("sleep", "not done after 2 s"),
        ("panic", "panics: as it was told ("),
    ] {
        let limit = if command == "sleep" { "2" } else { "60" };
        fs::write(&fixtures, format!(r#"{{"files":{{"project":{{"command":"{command}"}}}}}}"#)).unwrap();
        let more = ["--fixtures", fixtures.to_str().unwrap(), "--time-limit", limit];
        let (code, report) = report(&file, &more);
        assert_eq!((code, report["checks"].as_array().map(Vec::len)), (Some(31), Some(12)), "{command}: {report}");
        let [broken] = broken(&report)[..] else { panic!("{command}: {report}") };
        assert_eq!(broken["name"], "result", "{command}: {report}");
        assert!(broken["outcome"]["failed"].as_str().unwrap().contains(part), "{command}: {report}");
    }
}

/// Not even one that says what the child says to its parent.
#[test]
fn what_a_plugin_prints_is_no_part_of_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.json");
    fs::write(&fixtures, r#"{"files":{"project":{"command":"print"}}}"#).unwrap();
    let file = artifacts().join("examples/libtest_commanded.so");
    let (code, report) = report(&file, &["--fixtures", fixtures.to_str().unwrap()]);
    assert_eq!((code, report["checks"].as_array().map(Vec::len)), (Some(0), Some(12)), "{report}");
}
