//! Which account of the organization is which of the project, and what profiles are named.

use super::*;

#[test]
fn accounts_with_the_same_name_are_an_error_only_if_their_profiles_have_it() {
    let (organization, accounts) =
        found(vec![Account::new("222222222222", "example-app"), Account::new("333333333333", "app")]);
    let plan = |request: &Request| {
        management_type().plan(request, &Facts::new(facts("MANAGEMENT", USER, &organization, &accounts)))
    };
    let message = failure(plan(&request("MANAGEMENT")));
    assert!(message.contains("222222222222") && message.contains("333333333333"), "{message}");
    let named = with(|options: &mut ProfileOptions| options.name = Some("{account}-{account_id}".to_owned()));
    let plan = plan(&configured(named)).unwrap();
    assert_eq!(names(&plan), ["app-222222222222", "app-333333333333"]);
    assert_eq!(plan.accounts, [PlannedAccount::new("app", "222222222222")]);
}

fn listed(name: &str, email: &str) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.email = Some(email.to_owned());
    account
}

fn in_aws(id: &str, name: &str, email: &str) -> Account {
    let mut account = Account::new(id, name);
    account.email = Some(email.to_owned());
    account
}

#[test]
fn accounts_are_matched_by_email_and_name_in_any_case() {
    let mut request = request("MANAGEMENT");
    request.project.accounts = vec![
        listed("root", "aws@example.com"),
        listed("security", "AWS+security@example.com"),
        ProjectAccount::new("Shared"),
        listed("network", "aws+network@example.com"),
    ];
    let (organization, accounts) = found(vec![
        in_aws("111111111111", "Example Inc.", "owner@example.com"),
        in_aws("222222222222", "network", "aws+SECURITY@example.com"),
        in_aws("333333333333", "EXAMPLE-shared", "x@example.com"),
        in_aws("444444444444", "Net", "aws+network@example.com"),
    ]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    let ids: Vec<(&str, &str)> = plan.accounts.iter().map(|one| (one.name.as_str(), one.id.as_str())).collect();
    assert_eq!(
        ids,
        [
            ("root", "111111111111"),
            ("security", "222222222222"),
            ("Shared", "333333333333"),
            ("network", "444444444444")
        ]
    );
}

#[test]
fn closed_account_does_not_take_the_place_of_its_successor() {
    let mut request = request("MANAGEMENT");
    request.project.accounts = vec![recorded("shared", "222222222222")];
    let mut closed = Account::new("222222222222", "shared");
    closed.state = AccountState::Other("SUSPENDED".to_owned());
    let (organization, accounts) = found(vec![closed, Account::new("333333333333", "shared")]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    assert_eq!(plan.accounts, [PlannedAccount::new("shared", "333333333333")]);
}

#[test]
fn missing_accounts_are_one_warning() {
    let mut request = request("MANAGEMENT");
    request.project.accounts = (0..13).map(|at| recorded(&format!("app-{at}"), &format!("{:012}", at + 12))).collect();
    let (organization, accounts) = found(vec![Account::new("111111111111", "x")]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request, &facts).unwrap();
    assert_eq!(plan.diagnostics.len(), 1, "{:?}", plan.diagnostics);
    assert!(plan.diagnostics[0].message.starts_with("13 accounts"), "{:?}", plan.diagnostics);
}

#[test]
fn names_without_allowed_characters_become_the_id() {
    let (organization, accounts) = found(vec![
        Account::new("222222222222", "データ基盤"),
        Account::new("333333333333", "[PROD] Project  Name"),
        Account::new("444444444444", "本番"),
    ]);
    let facts = Facts::new(facts("MANAGEMENT", USER, &organization, &accounts));
    let plan = management_type().plan(&request("MANAGEMENT"), &facts).unwrap();
    assert_eq!(names(&plan), ["ex-222222222222-oaar", "ex-PROD-Project-Name-oaar", "ex-444444444444-oaar"]);
}

#[test]
fn template_without_suffix_never_takes_the_key_profile_of_another_type() {
    let named = with(|options: &mut ProfileOptions| options.name = Some("{short_name}-{account}".to_owned()));
    let message = failure(plan_with(&configured(named), None, "security"));
    assert!(message.contains("`ex-security`") && message.contains("SECURITY"), "{message}");
}
