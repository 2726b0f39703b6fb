//! The real `aws` command assumes the roles of the written profiles, on moto.

use leverage_tests::moto::Keys;
use leverage_tests::organization::Organization;
use leverage_tests::program::{Outcome, Run};
use serde_json::Value;

fn configure(organization: &Organization, credential_type: &str, keys: &Keys, options: &[&str]) -> Outcome {
    let csv = organization.place.put_keys(keys);
    Run::leverage(&organization.place, &organization.moto.endpoint_url())
        .args(["credentials", "configure", "--type", credential_type, "--credentials-file"])
        .args([csv])
        .args(options)
        .outcome()
        .success()
}

fn aws(organization: &Organization, profile: &str) -> Run {
    Run::aws(&organization.place, &organization.moto.endpoint_url()).args(["--profile", profile])
}

/// The caller's account id and ARN, if the real command uses this profile.
fn identity(organization: &Organization, profile: &str) -> (String, String) {
    let outcome =
        aws(organization, profile).args(["sts", "get-caller-identity", "--region", "us-east-1"]).outcome().success();
    let identity: Value = serde_json::from_str(&outcome.stdout).expect("the profile's output is JSON");
    let text = |name: &str| identity[name].as_str().expect("a text").to_owned();
    (text("Account"), text("Arn"))
}

#[test]
fn aws_cli_assumes_the_role_of_every_profile() {
    let organization = Organization::new();
    configure(&organization, "MANAGEMENT", &organization.user(&organization.management, "admin", &[]), &[]);
    configure(&organization, "SECURITY", &organization.user(&organization.security, "jane", &[]), &[]);

    let Organization { management, security, shared, .. } = &organization;
    for (account, id) in [("management", management), ("security", security), ("shared", shared)] {
        let (reached, arn) = identity(&organization, &format!("ex-{account}-oaar"));
        assert_eq!(&reached, id);
        let role = format!("arn:aws:sts::{id}:assumed-role/OrganizationAccountAccessRole/");
        assert!(arn.starts_with(&role), "{arn}");
    }
    for (account, id) in [("security", security), ("shared", shared)] {
        let (reached, arn) = identity(&organization, &format!("ex-{account}-devops"));
        assert_eq!(&reached, id);
        assert!(arn.starts_with(&format!("arn:aws:sts::{id}:assumed-role/DevOps/")), "{arn}");
    }
    // Profiles with keys have no region.
    assert_eq!(identity(&organization, "ex-management").1, format!("arn:aws:iam::{management}:user/admin"));
    assert_eq!(identity(&organization, "ex-security").1, format!("arn:aws:iam::{security}:user/jane"));

    let devops = aws(&organization, "ex-management-devops").args(["sts", "get-caller-identity"]).outcome();
    assert!(devops.code != 0, "SECURITY leaves the management account out");
}

#[test]
fn aws_cli_reads_every_setting() {
    let organization = Organization::new();
    let keys = organization.user(&organization.management, "admin", &["phone".to_owned()]);
    configure(&organization, "management", &keys, &["--fetch-mfa-device"]);
    let get = |profile: &str, name: &str| {
        let outcome = aws(&organization, profile).args(["configure", "get", name]).outcome().success();
        outcome.stdout.trim_end().to_owned()
    };
    let profile = "ex-shared-oaar";
    assert_eq!(get(profile, "output"), "json");
    assert_eq!(get(profile, "region"), "us-east-1");
    let role = format!("arn:aws:iam::{}:role/OrganizationAccountAccessRole", organization.shared);
    assert_eq!(get(profile, "role_arn"), role);
    assert_eq!(get(profile, "source_profile"), "ex-management");
    assert_eq!(get(profile, "mfa_serial"), format!("arn:aws:iam::{}:mfa/phone", organization.management));
    assert_eq!(get("ex-management", "aws_access_key_id"), keys.id);
    assert_eq!(get("ex-management", "aws_secret_access_key"), keys.secret);
}
