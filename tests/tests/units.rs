//! Organizational units: read from an AWS that we did not write, and from one with many pages and bad days.

use leverage::error::Kind;
use leverage::sandbox::{Config, FaultKind};
use leverage_tests::embedded::Embedded;
use leverage_tests::moto::Keys;
use leverage_tests::organization::Organization;
use leverage_tests::program::Run;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Names that say where an account is.
const NAMES: &str = "[profiles]\nname = \"{ou}.{account}\"\n";

/// What the real `aws` command answers.
fn aws(organization: &Organization, keys: &Keys, arguments: &[&str]) -> Value {
    let outcome = Run::aws(&organization.place, &organization.moto.endpoint_url())
        .env("AWS_ACCESS_KEY_ID", &keys.id)
        .env("AWS_SECRET_ACCESS_KEY", &keys.secret)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .args(["organizations"])
        .args(arguments)
        .outcome()
        .success();
    serde_json::from_str(&outcome.stdout).unwrap_or_default()
}

#[test]
fn the_path_of_each_account_is_what_aws_has() {
    let organization = Organization::new();
    let keys = organization.user(&organization.management, "admin", &[]);
    let root = aws(&organization, &keys, &["list-roots"])["Roots"][0]["Id"].as_str().expect("a root").to_owned();
    let mut parent = root.clone();
    for name in ["Work loads", "Prod"] {
        let arguments = ["create-organizational-unit", "--parent-id", &parent, "--name", name];
        let unit = aws(&organization, &keys, &arguments);
        parent = unit["OrganizationalUnit"]["Id"].as_str().expect("a unit").to_owned();
    }
    let security = ["--account-id", &organization.security, "--source-parent-id", &root];
    aws(&organization, &keys, &[&["move-account"][..], &security, &["--destination-parent-id", &parent]].concat());

    organization.place.put("leverage.toml", NAMES);
    organization.place.put_keys(&keys);
    let configure = |arguments: &[&str]| {
        Run::leverage(&organization.place, &organization.moto.endpoint_url())
            .args(["credentials", "configure", "--type", "MANAGEMENT", "--overwrite-existing-credentials"])
            .args(["--credentials-file", "../keys/accessKeys.csv", "--json", "--dry-run"])
            .args(arguments)
            .outcome()
            .success()
            .stdout
    };
    let report: Value = serde_json::from_str(&configure(&[])).expect("JSON");
    let profiles: BTreeSet<&str> =
        report["profiles"].as_array().expect("profiles").iter().filter_map(Value::as_str).collect();
    assert_eq!(profiles, ["Root.management", "Root.shared", "Work-loads-Prod.security"].into());
}

/// A sandbox of 105 accounts, in which something goes wrong.
fn start(fault: Option<FaultKind>) -> Embedded {
    let faults = fault.into_iter().map(Into::into).collect();
    let embedded = Embedded::start(Config { accounts: 105, faults, ..Config::default() });
    fs::write(embedded.project.root.join("leverage.toml"), NAMES).expect("a configuration");
    embedded
}

#[test]
fn every_page_of_every_unit_is_read() {
    for fault in [None, Some(FaultKind::EmptyPage)] {
        let embedded = start(fault);
        let report = embedded.configure(&embedded.options(&embedded.sandbox.users().management)).expect("a report");
        assert_eq!(report.profiles.len(), 105);
        let below = |unit: &str| report.profiles.iter().filter(|name| name.starts_with(&format!("{unit}."))).count();
        let units = ["Root", "Security", "Infrastructure", "Workloads", "Workloads-Prod", "Workloads-Test"];
        assert_eq!(units.map(below), [1, 1, 2, 0, 51, 50]);
    }
}

#[test]
fn a_tree_that_can_not_be_read_to_its_end_ends_the_run() {
    for (fault, kind) in [(FaultKind::RepeatedToken, Kind::Aws), (FaultKind::AccessDenied, Kind::Plan)] {
        let embedded = start(Some(fault));
        let error = embedded.configure(&embedded.options(&embedded.sandbox.users().management)).expect_err("a failure");
        assert_eq!(error.kind, kind, "{error}");
        assert!(!embedded.project.home.join(".aws/ex/config").exists());
    }
}
