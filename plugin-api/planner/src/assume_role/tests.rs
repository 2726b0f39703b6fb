//! The planner's decisions, from fixture facts.

mod matching;
mod owners;

use super::*;
use leverage_plugin_api::model::{
    Account, AccountState, Fact, Lookup, MfaDevice, Options, OrganizationalUnit, OrganizationalUnits, ProfileOptions,
    Project, ProjectAccount, SecretRef,
};
use leverage_plugin_api::sdk::Pause;
use std::collections::BTreeMap;

/// The default of `T` with a change: the contract's structs cannot be written out here.
fn with<T: Default>(change: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    change(&mut value);
    value
}

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
    let options = with(|options: &mut Options| options.credential_type = kind.to_owned());
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

fn recorded(name: &str, id: &str) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.id = Some(id.to_owned());
    account
}

/// The fact that the new keys belong to this user.
fn caller(account: &str, user: &str) -> Fact {
    let with = Credentials::Keys(pair());
    fact(&CallerIdentity { with }, &Identity::new(account, format!("arn:aws:iam::{account}:{user}")))
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
fn lookups_to_aws_are_requested_together() {
    let request = request("MANAGEMENT");
    let (organization, accounts) = found(vec![]);
    let known: Vec<Fact> = facts("MANAGEMENT", USER, &organization, &accounts).into_iter().take(2).collect();
    let Err(Pause::Need(lookups)) = management_type().plan(&request, &Facts::new(known)) else { panic!("needs facts") };
    let names: Vec<&str> = lookups.iter().map(|lookup| lookup.name.as_str()).collect();
    assert_eq!(names, ["caller-identity/1", "organization/1", "accounts/1"]);
}

#[test]
fn accounts_are_matched_by_id_before_name() {
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
fn partition_is_taken_from_the_caller() {
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
fn inactive_account_is_skipped_with_a_warning() {
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
fn missing_organization_uses_the_ids_of_the_project() {
    let mut request = request("MANAGEMENT");
    let mut known = ProjectAccount::new("security");
    known.id = Some("000000000012".to_owned());
    request.project.accounts = vec![known, ProjectAccount::new("shared"), recorded("master", "101010101010")];
    for (organization, accounts) in [
        (Organization::NotInUse, Accounts::NotInUse),
        (Organization::access_denied("no"), Accounts::access_denied("no")),
    ] {
        let mut facts = facts("MANAGEMENT", USER, &organization, &accounts);
        facts[2] = caller("101010101010", "user/me");
        let plan = management_type().plan(&request, &Facts::new(facts)).unwrap();
        assert_eq!(names(&plan), ["ex-security-oaar", "ex-master-oaar"]);
        assert!(plan.diagnostics[0].message.contains("security"), "{:?}", plan.diagnostics);
    }
}

#[test]
fn keys_of_a_member_account_fail_the_run() {
    let organization = Organization::found("o-1", "999999999999");
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &Accounts::found(vec![])));
    let message = failure(management_type().plan(&request("MANAGEMENT"), &facts));
    assert!(message.contains("111111111111") && message.contains("999999999999"), "{message}");
}

#[test]
fn first_run_records_the_management_id_and_plans_no_role_profiles() {
    let (organization, accounts) = found(vec![Account::new("222222222222", "security")]);
    let facts = Facts::new(facts("BOOTSTRAP", USER, &organization, &accounts));
    let plan = management_type().starts_projects().plan(&request("BOOTSTRAP"), &facts).unwrap();
    assert!(plan.profiles.is_empty() && plan.record_in_project_file);
    assert_eq!(plan.accounts, [PlannedAccount::new("management", "111111111111")]);
}

#[test]
fn management_account_is_skipped_and_another_profile_reads_the_organization() {
    let reader = Credentials::Profile("ex-bootstrap".to_owned());
    let with = Credentials::Keys(pair());
    let facts = Facts::new(vec![
        profile_fact("ex-security", false),
        profile_fact("ex-management", false),
        profile_fact("ex-bootstrap", true),
        fact(&AccessKeys { profile: "ex-security".to_owned() }, &pair()),
        fact(&CallerIdentity { with }, &Identity::new("222222222222", "arn:aws:iam::222222222222:user/me")),
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
fn keeping_keys_of_a_missing_profile_is_an_error() {
    let mut request = request("MANAGEMENT");
    request.options.access_keys = AccessKeysMode::Skip;
    let facts = Facts::new(vec![profile_fact("ex-management", false)]);
    assert!(failure(management_type().plan(&request, &facts)).contains("profile `ex-management` does not exist"));
}

/// The plan for two accounts, the second of which is called `other`.
fn plan_with(request: &Request, organizational_units: Option<OrganizationalUnits>, other: &str) -> Step<Plan> {
    let (organization, accounts) = found(vec![
        Account::new("111111111111", "x"),
        Account::new("222222222222", "app"),
        Account::new("333333333333", other),
    ]);
    let kind = &request.options.credential_type;
    let mut facts = facts(kind, USER, &organization, &accounts);
    let with = Credentials::Keys(pair());
    facts.extend(organizational_units.map(|units| fact(&ListOrganizationalUnits { with }, &units)));
    management_type().without_management_account().plan(request, &Facts::new(facts))
}

fn configured(options: ProfileOptions) -> Request {
    let mut request = request("MANAGEMENT");
    request.options.profiles = options;
    request
}

fn tree() -> OrganizationalUnits {
    let unit = |path: &str, account: &str| OrganizationalUnit::new(path, "ou-1", vec![account.to_owned()]);
    OrganizationalUnits::found(vec![unit("Work/Prod", "222222222222"), unit("Sandbox", "333333333333")])
}

/// The pairs with owned texts.
fn pairs<T: FromIterator<(String, String)>>(pairs: &[(&str, &str)]) -> T {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn configuration_overrides_the_credential_type() {
    let text = |text: &str| Some(text.to_owned());
    let request = configured(with(|options: &mut ProfileOptions| {
        options.name = text("{type}.{account}.{role}.{suffix}");
        options.role = text("path/Auditor");
        options.suffix = text("audit");
        options.session_duration = Some(3600);
        options.external_id = text("id-1");
        options.regions = pairs(&[("app", "eu-west-1"), ("ap", "eu-west-2")]);
        options.settings = pairs(&[("output", "yaml"), ("retry_mode", "standard")]);
    }));
    let plan = plan_with(&request, None, "net").unwrap();
    assert_eq!(names(&plan), ["management.app.Auditor.audit", "management.net.Auditor.audit"]);
    let expected = [
        ("output", "yaml"),
        ("region", "eu-west-1"),
        ("role_arn", "arn:aws:iam::222222222222:role/path/Auditor"),
        ("source_profile", "ex-management"),
        ("external_id", "id-1"),
        ("duration_seconds", "3600"),
        ("retry_mode", "standard"),
    ];
    assert_eq!(plan.profiles[0].settings, pairs::<Vec<_>>(&expected));
    assert_eq!(plan.profiles[1].settings[1].1, "us-east-1");
    assert!(plan.diagnostics[0].message.contains("\"ap\""), "{:?}", plan.diagnostics);
}

#[test]
fn excluded_accounts_get_no_profile_but_their_ids_are_recorded() {
    let plan_of = |include: &str| {
        let include = vec![include.to_owned(), "n?ne".to_owned()];
        plan_with(&configured(with(|options: &mut ProfileOptions| options.accounts.include = include)), None, "net")
    };
    let plan = plan_of("a*").unwrap();
    assert_eq!((names(&plan), plan.accounts.len()), (vec!["ex-app-oaar"], 3));
    assert!(plan.diagnostics[0].message.contains("\"n?ne\""), "{:?}", plan.diagnostics);
    assert!(failure(plan_of("x*")).contains("all accounts are excluded"));
}

#[test]
fn account_in_a_requested_state_gets_a_profile() {
    let mut pending = Account::new("222222222222", "app");
    pending.state = AccountState::Other("PENDING_ACTIVATION".to_owned());
    let (organization, accounts) = found(vec![Account::new("111111111111", "x"), pending.clone()]);
    let request = configured(with(|options: &mut ProfileOptions| options.accounts.states = vec![pending.state]));
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    assert_eq!(names(&plan), ["ex-app-oaar"]);
}

#[test]
fn organizational_units_are_requested_only_if_needed() {
    let named = with(|options: &mut ProfileOptions| options.name = Some("{ou}-{account}".to_owned()));
    let chosen = with(|options: &mut ProfileOptions| options.accounts.include_ous = vec!["Work".to_owned()]);
    for (options, expected) in [(named, &["Work-Prod-app", "Sandbox-net"][..]), (chosen, &["ex-app-oaar"])] {
        let request = configured(options);
        assert!(matches!(
            plan_with(&request, None, "net"),
            Err(Pause::Need(asked)) if asked.len() == 1 && asked[0].name == "organizational-units/1"
        ));
        assert_eq!(names(&plan_with(&request, Some(tree()), "net").unwrap()), expected);
        let denied = OrganizationalUnits::access_denied("no");
        assert!(
            failure(plan_with(&request, Some(denied), "net"))
                .contains("not allowed to read the organizational units: no")
        );
    }
}

#[test]
fn profiles_with_the_same_name_are_an_error() {
    let named = |name: &str| with(|options: &mut ProfileOptions| options.name = Some(name.to_owned()));
    let mut request = configured(ProfileOptions::default());
    let mut listed = ProjectAccount::new("my net");
    listed.id = Some("222222222222".to_owned());
    request.project.accounts.push(listed);
    // They differ only in what a name can't hold.
    let message = failure(plan_with(&request, None, "my-net"));
    let expected =
        "the profiles of my net (222222222222) and my-net (333333333333) would both be named `ex-my-net-oaar`";
    assert_eq!(message, expected);

    let mut request = configured(named("ex-{account}"));
    request.options.credential_type = "APP".to_owned();
    let message = failure(plan_with(&request, None, "net"));
    assert!(message.contains("app (222222222222)") && message.contains("access keys"), "{message}");
    let message = failure(plan_with(&configured(named("{account}")), None, "default"));
    assert!(message.contains("default (333333333333)"), "{message}");
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
fn only_usable_mfa_device_is_used_and_several_are_asked_about() {
    let phone = MfaDevice::new("arn:aws:iam::111111111111:mfa/phone");
    let tablet = MfaDevice::new("arn:aws:iam::111111111111:mfa/tablet");
    let key = MfaDevice::new("arn:aws:iam::111111111111:u2f/user/me/key");
    let plan = plan_with_devices(&[key.clone(), phone.clone()], None).unwrap();
    assert_eq!(plan.profiles[0].settings[4], ("mfa_serial".to_owned(), phone.serial.clone()));

    let several = [phone.clone(), tablet.clone()];
    let Err(Pause::Need(asked)) = plan_with_devices(&several, None) else { panic!("a question") };
    assert_eq!(asked[0].name, "answer/1");
    let instead = asked[0].input["instead"].as_str().unwrap();
    assert!(instead.contains(&phone.serial) && instead.contains(&tablet.serial), "{instead}");

    assert!(failure(plan_with_devices(&[], None)).contains("has no MFA device"));
    assert!(failure(plan_with_devices(&[key], None)).contains("security keys"));
}

#[test]
fn named_mfa_serial_is_used_without_listing_devices() {
    let plan_with_serial = |fetch: bool, serial: &str| {
        let mut request = request("MANAGEMENT");
        request.options.fetch_mfa_device = fetch;
        request.options.settings.insert("mfa_serial".to_owned(), serial.into());
        let (organization, accounts) = found(vec![Account::new("111111111111", "x")]);
        management_type().plan(&request, &Facts::new(facts("MANAGEMENT", USER, &organization, &accounts)))
    };
    for serial in ["arn:aws:iam::111111111111:mfa/jane", "arn:aws:iam::111111111111:mfa/team/j.doe@x", "GAHT12345678"] {
        for fetch in [false, true] {
            let plan = plan_with_serial(fetch, serial).unwrap();
            assert_eq!(plan.profiles[0].settings[4], ("mfa_serial".to_owned(), serial.to_owned()));
            assert!(plan.diagnostics[0].message.contains("unchecked"), "{:?}", plan.diagnostics);
        }
    }
    for (serial, why) in [
        ("other", "9 to 256 characters"),
        ("not a serial", "neither an ARN"),
        ("arn:aws:iam::222222222222:mfa/jane", "not in account 111111111111"),
        ("arn:aws-cn:iam::111111111111:mfa/jane", "not in account 111111111111"),
        ("arn:aws:iam::111111111111:user/jane", "not the ARN of an MFA device"),
        ("arn:aws:iam::111111111111:mfa/", "not the ARN of an MFA device"),
        ("arn:aws:iam::111111111111:mfa/a\nb", "not the ARN of an MFA device"),
        ("arn:aws:iam::111111111111:u2f/user/jane/key", "security key"),
    ] {
        let message = failure(plan_with_serial(true, serial));
        assert!(message.contains(why), "{message}");
    }
}
