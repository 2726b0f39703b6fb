//! Organizational units, read from moto, and from the sandbox with many pages and faults.

use leverage::error::Kind;
use leverage::sandbox::{Config, FaultKind};
use leverage_tests::moto::Keys;
use leverage_tests::organization::Organization;
use leverage_tests::program::Run;
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use serde_json::Value;
use std::collections::BTreeSet;

/// A template of names that contains the unit.
const NAMES: &str = "[profiles]\nname = \"{ou}.{account}\"\n";

/// The answer of the real `aws` command.
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
fn unit_paths_match_the_aws_cli() {
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

/// A sandbox of 105 accounts with a fault.
fn start(fault: Option<FaultKind>) -> World {
    let faults = fault.into_iter().map(Into::into).collect();
    let world = World::start(Config { accounts: 105, faults, ..Config::default() });
    world.put("leverage.toml", NAMES);
    world
}

#[test]
fn all_pages_of_all_units_are_read() {
    for fault in [None, Some(FaultKind::EmptyPage)] {
        let world = start(fault);
        let report = world.configure_in_library(&world.options(&world.sandbox.users().management)).expect("a report");
        assert_eq!(report.profiles.len(), 105);
        let below = |unit: &str| report.profiles.iter().filter(|name| name.starts_with(&format!("{unit}."))).count();
        let units = ["Root", "Security", "Infrastructure", "Workloads", "Workloads-Prod", "Workloads-Test"];
        assert_eq!(units.map(below), [1, 1, 2, 0, 51, 50]);
    }
}

#[test]
fn incomplete_units_fail_the_run() {
    for (fault, kind) in [(FaultKind::RepeatedToken, Kind::Aws), (FaultKind::AccessDenied, Kind::Plan)] {
        let world = start(Some(fault));
        let error =
            world.configure_in_library(&world.options(&world.sandbox.users().management)).expect_err("a failure");
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(world.config(), None);
        snapshot!(format!("units_{}", fault.name()), world.place.filter(&transcript::error(&error)));
    }
}
