//! Whose access keys are accepted, and who reads the organization.

use super::*;

/// The plan of MANAGEMENT for keys of an account, if the organization answers this.
fn plan_of_caller(request: &Request, account: &str, organization: &Organization) -> Step<Plan> {
    let mut facts = facts("MANAGEMENT", USER, organization, &Accounts::access_denied("no"));
    facts[2] = caller(account, "user/me");
    management_type().plan(request, &Facts::new(facts))
}

#[test]
fn management_keys_are_compared_with_the_recorded_id_if_the_organization_cannot_be_read() {
    let denied = Organization::access_denied("no");
    let mut request = request("MANAGEMENT");
    request.project.accounts = vec![recorded("Root", "101010101010")];
    assert!(plan_of_caller(&request, "101010101010", &denied).is_ok());
    for organization in [&denied, &Organization::NotInUse] {
        let message = failure(plan_of_caller(&request, "222222222222", organization));
        assert!(message.contains("101010101010") && message.contains("222222222222"), "{message}");
    }
    request.options.settings.insert("allowed_accounts".to_owned(), vec!["222222222222"].into());
    assert!(plan_of_caller(&request, "222222222222", &denied).is_ok());
}

#[test]
fn root_user_is_accepted_only_for_the_first_bootstrap_run() {
    let (organization, accounts) = found(vec![]);
    let of_root = |kind: &str| {
        let mut facts = facts(kind, USER, &organization, &accounts);
        facts[2] = caller("111111111111", "root");
        Facts::new(facts)
    };
    let first = management_type().starts_projects();
    let plan = first.plan(&request("BOOTSTRAP"), &of_root("BOOTSTRAP")).unwrap();
    assert!(plan.diagnostics[0].message.contains("root user"), "{:?}", plan.diagnostics);
    for skip in [false, true] {
        let mut request = request("MANAGEMENT");
        request.options.skip_assumable_roles = skip;
        let message = failure(management_type().plan(&request, &of_root("MANAGEMENT")));
        assert!(message.contains("cannot assume roles"), "{message}");
    }
}

fn security_type() -> AssumeRole {
    AssumeRole::new("DevOps", "devops")
        .read_organization_with(["management", "bootstrap"])
        .keys_of_account("security")
        .without_management_account()
}

/// What a reader of the organization gets.
fn reading(with: &Credentials, organization: &Organization, accounts: &Accounts) -> [Fact; 2] {
    let with = with.clone();
    [fact(&DescribeOrganization { with: with.clone() }, organization), fact(&ListAccounts { with }, accounts)]
}

/// The plan of SECURITY for keys of this account. Each reader, the own keys last, finds the organization or is denied.
fn plan_security(request: &Request, account: &str, readers: [bool; 3]) -> Step<Plan> {
    let own = Credentials::Keys(pair());
    let mut facts = vec![
        profile_fact("ex-security", false),
        profile_fact("ex-management", true),
        profile_fact("ex-bootstrap", true),
        fact(&AccessKeys { profile: "ex-security".to_owned() }, &pair()),
        caller(account, "user/me"),
    ];
    let profiles = ["ex-management", "ex-bootstrap"].map(|name| Credentials::Profile(name.to_owned()));
    for (reader, can_read) in profiles.iter().chain([&own]).zip(readers) {
        let (organization, accounts) = if can_read {
            found(vec![Account::new("111111111111", "root"), Account::new("222222222222", "Security")])
        } else {
            (Organization::access_denied("rejected"), Accounts::access_denied("rejected"))
        };
        facts.extend(reading(reader, &organization, &accounts));
    }
    security_type().plan(request, &Facts::new(facts))
}

#[test]
fn security_keys_must_belong_to_the_security_account() {
    let mut request = request("SECURITY");
    for skip in [false, true] {
        request.options.skip_assumable_roles = skip;
        request.project.accounts.clear();
        assert!(plan_security(&request, "222222222222", [true; 3]).is_ok());
        for other in ["111111111111", "333333333333"] {
            let message = failure(plan_security(&request, other, [true; 3]));
            assert!(message.contains(other) && message.contains("222222222222"), "{message}");
        }
        // The recorded id wins over the name in AWS, and is enough if nobody can read the organization.
        request.project.accounts = vec![recorded("security", "444455556666")];
        assert!(plan_security(&request, "444455556666", [true; 3]).is_ok());
        assert!(plan_security(&request, "444455556666", [false; 3]).is_ok());
        failure(plan_security(&request, "222222222222", [true; 3]));
        failure(plan_security(&request, "222222222222", [false; 3]));
        // Nobody knows the security account, but it is not the management account.
        request.project.accounts = vec![recorded("management", "101010101010")];
        assert!(failure(plan_security(&request, "101010101010", [false; 3])).contains("management account"));
    }
}

#[test]
fn readers_are_tried_in_turn_and_finally_the_ids_of_the_project() {
    let mut request = request("SECURITY");
    request.project.accounts = vec![recorded("security", "222222222222")];
    for (readers, warnings) in
        [([true; 3], 0), ([false, true, false], 1), ([false, false, true], 2), ([false, false, false], 3)]
    {
        let plan = plan_security(&request, "222222222222", readers).unwrap();
        assert_eq!(names(&plan), ["ex-security-devops"], "{readers:?}");
        assert_eq!(plan.diagnostics.len(), warnings, "{:?}", plan.diagnostics);
    }
    let plan = plan_security(&request, "222222222222", [false, true, false]).unwrap();
    assert_eq!(plan.diagnostics[0].message, "profile `ex-management` cannot read the organization: rejected");
}
