//! The planner's decisions, from fixture facts.

use super::*;
use crate::model::{Account, AccountState, Fact, Lookup, MfaDevice, Options, Project, ProjectAccount, SecretRef};
use crate::sdk::Pause;
use std::collections::BTreeMap;

fn pair() -> KeyPair {
    KeyPair::new("AKIAEXAMPLE", SecretRef::from_id("0".repeat(SecretRef::ID_LENGTH)))
}

fn fact<Q: Query>(query: &Q, answer: &impl serde::Serialize) -> Fact {
    let lookup = Lookup::new(Q::NAME, serde_json::to_value(query).unwrap());
    Fact::new(lookup, serde_json::value::to_raw_value(answer).unwrap())
}

fn profile_fact(name: &str, exists: bool) -> Fact {
    let settings = ProfileSettings::new(BTreeMap::from([("aws_access_key_id".to_owned(), "AKIA".to_owned())]));
    fact(&GetProfile { name: name.to_owned() }, &exists.then_some(settings))
}

fn request(kind: &str) -> Request {
    let mut project = Project::new("ex", "us-east-1");
    project.long_name = Some("example".to_owned());
    let options = Options { credential_type: kind.to_owned(), ..Options::default() };
    Request::new(project, options, None)
}

/// Facts for a type that reads with its own, new keys.
fn facts(kind: &str, arn: &str, organization: &Organization, accounts: &Accounts) -> Vec<Fact> {
    let with = Credentials::Keys(pair());
    let profile = format!("ex-{}", kind.to_lowercase());
    vec![
        profile_fact(&profile, false),
        fact(&AccessKeys { profile }, &pair()),
        fact(&CallerIdentity { with: with.clone() }, &Identity::new("111111111111", arn)),
        fact(&DescribeOrganization { with: with.clone() }, organization),
        fact(&ListAccounts { with }, accounts),
    ]
}

const USER: &str = "arn:aws:iam::111111111111:user/me";

fn found(accounts: Vec<Account>) -> (Organization, Accounts) {
    (Organization::found("o-1", "111111111111"), Accounts::found(accounts))
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.profiles.iter().map(|profile| profile.name.as_str()).collect()
}

fn management_type() -> AssumeRole {
    AssumeRole::new("OrganizationAccountAccessRole", "oaar").keys_of_management_account()
}

fn failure(step: Step<Plan>) -> String {
    match step {
        Err(Pause::Failed(failure)) => failure.message,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[test]
fn everything_that_aws_is_asked_is_asked_at_once() {
    let request = request("MANAGEMENT");
    let (organization, accounts) = found(vec![]);
    let known: Vec<Fact> = facts("MANAGEMENT", USER, &organization, &accounts).into_iter().take(2).collect();
    let Err(Pause::Need(lookups)) = management_type().plan(&request, &Facts::new(known)) else { panic!("needs facts") };
    let names: Vec<&str> = lookups.iter().map(|lookup| lookup.name.as_str()).collect();
    assert_eq!(names, ["caller-identity/1", "organization/1", "accounts/1"]);
}

#[test]
fn the_management_account_is_known_by_its_id_and_an_account_by_its_id_before_its_name() {
    let mut request = request("MANAGEMENT");
    let mut shared = ProjectAccount::new("shared");
    shared.id = Some("000000000012".to_owned());
    request.project.accounts.push(shared);
    let (organization, accounts) = found(vec![
        Account::new("111111111111", "Example Inc."),
        Account::new("000000000012", "renamed"),
        Account::new("222222222222", "example-network"),
    ]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    assert_eq!(names(&plan), ["ex-shared-oaar", "ex-management-oaar", "ex-network-oaar"]);
    assert_eq!(plan.profiles[0].account_id.as_deref(), Some("000000000012"));
    assert_eq!(plan.keys, Some(PlannedKeys::new("ex-management", pair())));
}

#[test]
fn the_partition_is_that_of_the_caller() {
    let (organization, accounts) = found(vec![Account::new("111111111111", "x")]);
    for partition in ["aws-cn", "aws-us-gov", "aws-eusc"] {
        let arn = format!("arn:{partition}:iam::111111111111:user/me");
        let facts = Facts::new(facts("MANAGEMENT", &arn, &organization, &accounts));
        let plan = management_type().plan(&request("MANAGEMENT"), &facts).unwrap();
        let role = format!("arn:{partition}:iam::111111111111:role/OrganizationAccountAccessRole");
        assert_eq!(plan.profiles[0].settings[2], ("role_arn".to_owned(), role));
    }
}

#[test]
fn two_accounts_of_one_name_are_an_error_that_names_both() {
    let (organization, accounts) =
        found(vec![Account::new("222222222222", "example-app"), Account::new("333333333333", "app")]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let message = failure(management_type().plan(&request("MANAGEMENT"), &facts));
    assert!(message.contains("222222222222") && message.contains("333333333333"), "{message}");
}

#[test]
fn an_account_that_is_not_active_is_left_out_and_said_so() {
    let mut suspended = Account::new("222222222222", "shared");
    suspended.state = AccountState::Other("SUSPENDED".to_owned());
    let mut request = request("MANAGEMENT");
    let mut listed = ProjectAccount::new("shared");
    listed.id = Some("222222222222".to_owned());
    request.project.accounts.push(listed);
    let (organization, accounts) = found(vec![suspended, Account::new("333333333333", "app")]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    assert_eq!(names(&plan), ["ex-app-oaar"]);
    assert!(plan.diagnostics[0].message.contains("shared (SUSPENDED)"), "{:?}", plan.diagnostics);
}

#[test]
fn without_an_organization_the_ids_of_the_project_serve() {
    let mut request = request("MANAGEMENT");
    let mut known = ProjectAccount::new("security");
    known.id = Some("000000000012".to_owned());
    request.project.accounts = vec![known, ProjectAccount::new("shared")];
    for (organization, accounts) in [
        (Organization::NotInUse, Accounts::NotInUse),
        (Organization::access_denied("no"), Accounts::access_denied("no")),
    ] {
        let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
        let plan = management_type().plan(&request, &facts).unwrap();
        assert_eq!(names(&plan), ["ex-security-oaar"]);
        assert!(plan.diagnostics[0].message.contains("security"), "{:?}", plan.diagnostics);
    }
}

#[test]
fn keys_of_another_account_than_the_management_account_stop_the_run() {
    let organization = Organization::found("o-1", "999999999999");
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &Accounts::found(vec![])));
    let message = failure(management_type().plan(&request("MANAGEMENT"), &facts));
    assert!(message.contains("111111111111") && message.contains("999999999999"), "{message}");
}

#[test]
fn the_first_run_of_a_type_that_starts_projects_records_one_id_and_plans_no_profile() {
    let (organization, accounts) = found(vec![Account::new("222222222222", "security")]);
    let facts = Facts::new(facts("BOOTSTRAP", USER, &organization, &accounts));
    let plan = management_type().starts_projects().plan(&request("BOOTSTRAP"), &facts).unwrap();
    assert!(plan.profiles.is_empty() && plan.record_in_project_file);
    assert_eq!(plan.accounts, [PlannedAccount::new("management", "111111111111")]);
}

#[test]
fn the_management_account_is_left_out_and_another_profile_reads_the_organization() {
    let reader = Credentials::Profile("ex-bootstrap".to_owned());
    let with = Credentials::Keys(pair());
    let facts = Facts::new(vec![
        profile_fact("ex-security", false),
        profile_fact("ex-management", false),
        profile_fact("ex-bootstrap", true),
        fact(&AccessKeys { profile: "ex-security".to_owned() }, &pair()),
        fact(&CallerIdentity { with }, &Identity::new("222222222222", USER)),
        fact(&DescribeOrganization { with: reader.clone() }, &Organization::found("o-1", "111111111111")),
        fact(
            &ListAccounts { with: reader },
            &Accounts::found(vec![Account::new("111111111111", "root"), Account::new("222222222222", "security")]),
        ),
    ]);
    let planner = AssumeRole::new("DevOps", "devops")
        .read_organization_with(["management", "bootstrap"])
        .without_management_account();
    let plan = planner.plan(&request("SECURITY"), &facts).unwrap();
    assert_eq!(names(&plan), ["ex-security-devops"]);
    assert_eq!(plan.accounts.len(), 2, "its id is recorded all the same");
}

#[test]
fn keeping_the_keys_of_a_profile_that_does_not_exist_is_an_error() {
    let mut request = request("MANAGEMENT");
    request.options.access_keys = AccessKeysMode::Skip;
    let facts = Facts::new(vec![profile_fact("ex-management", false)]);
    assert!(failure(management_type().plan(&request, &facts)).contains("ex-management does not exist"));
}

fn plan_with_devices(devices: &[MfaDevice], wanted: Option<&str>) -> Step<Plan> {
    let mut request = request("MANAGEMENT");
    request.options.fetch_mfa_device = true;
    if let Some(serial) = wanted {
        request.options.settings.insert("mfa_serial".to_owned(), serial.into());
    }
    let (organization, accounts) = found(vec![Account::new("111111111111", "x")]);
    let mut facts = facts("MANAGEMENT", USER, &organization, &accounts);
    facts.push(fact(&ListMfaDevices { with: Credentials::Keys(pair()) }, &devices));
    management_type().plan(&request, &Facts::new(facts))
}

#[test]
fn the_only_usable_mfa_device_is_used_and_several_are_asked_about() {
    let phone = MfaDevice::new("arn:aws:iam::111111111111:mfa/phone");
    let tablet = MfaDevice::new("arn:aws:iam::111111111111:mfa/tablet");
    let key = MfaDevice::new("arn:aws:iam::111111111111:u2f/user/me/key");
    let plan = plan_with_devices(&[key.clone(), phone.clone()], None).unwrap();
    assert_eq!(plan.profiles[0].settings[4], ("mfa_serial".to_owned(), phone.serial.clone()));

    let several = [phone.clone(), tablet.clone()];
    assert!(matches!(plan_with_devices(&several, None), Err(Pause::Need(asked)) if asked[0].name == "answer/1"));
    let plan = plan_with_devices(&several, Some(&tablet.serial)).unwrap();
    assert_eq!(plan.profiles[0].settings[4].1, tablet.serial);

    assert!(failure(plan_with_devices(&[], None)).contains("has no MFA device"));
    assert!(failure(plan_with_devices(&[key], None)).contains("security keys"));
    assert!(failure(plan_with_devices(&several, Some("other"))).contains("other"));
}
