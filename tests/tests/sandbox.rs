//! `leverage sandbox`: the tour, commands in it, the real `aws` command, and each thing that goes wrong.

use leverage::error::Kind;
use leverage::sandbox::{Config, Fault, FaultKind, project};
use leverage_tests::embedded::Embedded;
use leverage_tests::place::Place;
use leverage_tests::program::{Outcome, Run, leverage};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs `leverage sandbox` with a folder for temporary files that has to be empty again afterwards.
fn sandbox(arguments: &[&str]) -> Outcome {
    let place = Place::new();
    let temporary = place.path("tmp");
    fs::create_dir(&temporary).expect("a temporary folder");
    let outcome = Run::leverage(&place, "http://127.0.0.1:9")
        .env("TMPDIR", &temporary)
        .env("LEVERAGE", leverage())
        // Whatever leads elsewhere is taken away.
        .env("AWS_PROFILE", "elsewhere")
        .env("AWS_ACCESS_KEY_ID", "AKIAELSEWHEREEXAMPLE")
        .args(["sandbox"])
        .args(arguments)
        .outcome();
    assert_eq!(fs::read_dir(&temporary).expect("a temporary folder").count(), 0, "the sandbox tidies up");
    assert!(!place.home().join(".aws").exists(), "the sandbox has a home folder of its own");
    outcome
}

/// A script for `sh` that has the keys of a user in its environment.
fn with_keys_of(user: &str, script: &str) -> String {
    format!(
        "keys=$(tail -n 1 ../keys/{user}_accessKeys.csv | tr -d '\\r')
         export AWS_ACCESS_KEY_ID=${{keys%%,*}} AWS_SECRET_ACCESS_KEY=${{keys#*,}} AWS_DEFAULT_REGION=us-east-1
         {script}"
    )
}

#[test]
fn the_tour_shows_what_each_credential_type_writes() {
    let tour = sandbox(&[]).success().stdout;
    for shown in [
        "$ leverage credentials configure --type BOOTSTRAP --credentials-file ../keys/bootstrap_accessKeys.csv",
        "$ leverage credentials configure --type MANAGEMENT --credentials-file ../keys/management_accessKeys.csv \
         --fetch-mfa-device",
        "$ leverage credentials configure --type SECURITY --credentials-file ../keys/security_accessKeys.csv \
         --fetch-mfa-device",
        "+[ex-bootstrap]",
        "+    id: \"111122223333\"",
        "+[profile ex-management-oaar]",
        "+mfa_serial = arn:aws:iam::111122223333:mfa/management",
        "+    id    = \"001122334455\"",
        "+[profile ex-security-devops]",
        "+aws_secret_access_key = ********",
    ] {
        assert!(tour.contains(shown), "{shown:?} is not in\n{tour}");
    }
    assert!(!tour.contains("[profile ex-management-devops]"), "{tour}");
}

#[test]
fn a_command_runs_in_the_sample_project_and_its_exit_code_is_passed_on() {
    let script = "test -f project.yaml && test -z \"$AWS_PROFILE$AWS_ACCESS_KEY_ID\" && \
                  test \"$HOME\" = \"$(cd ../home && pwd)\" && exit 7";
    sandbox(&["--", "sh", "-c", script]).exits(7);
    sandbox(&["--", "sh", "-c", "kill -TERM $$"]).exits(128 + 15);
    sandbox(&["--", "no-such-program"]).exits(2).says(&["no-such-program can't be run"]);
    sandbox(&["--accounts", "1"]).exits(70).says(&["two accounts at least"]);
    sandbox(&["--fault", "gremlins"]).exits(2).says(&["gremlins"]);
}

#[test]
fn the_real_aws_command_talks_to_it() {
    let script = "aws organizations list-accounts --query 'length(Accounts)' && \
                  aws sts get-caller-identity --query Arn --output text && \
                  aws organizations describe-organization --query Organization.MasterAccountId --output text && \
                  aws iam list-mfa-devices --user-name management --query 'MFADevices[].SerialNumber' --output text";
    let outcome = sandbox(&["--accounts", "45", "--", "sh", "-c", &with_keys_of("management", script)]).success();
    let expected = [
        "45",
        "arn:aws:iam::111122223333:user/admins/management",
        "111122223333",
        "arn:aws:iam::111122223333:mfa/management",
    ];
    assert_eq!(outcome.stdout.lines().collect::<Vec<_>>(), expected);

    let refused = with_keys_of("security", "aws organizations list-accounts");
    let outcome = sandbox(&["--", "sh", "-c", &refused]);
    assert!(outcome.code != 0 && outcome.stderr.contains("AccessDenied"), "{outcome:#?}");
}

#[test]
fn the_real_aws_command_assumes_the_roles_that_were_set_up() {
    let script = "\"$LEVERAGE\" credentials configure --type MANAGEMENT \
                  --credentials-file ../keys/management_accessKeys.csv >&2 && \
                  aws sts get-caller-identity --profile ex-security-oaar --query Account --output text";
    let outcome = sandbox(&["--", "sh", "-c", script]).success();
    assert_eq!(outcome.stdout.trim(), "001122334455");
}

#[test]
fn wrong_keys_are_rejected_and_nothing_is_written() {
    let right = "cat ../keys/management_accessKeys.csv";
    for (change, says) in [
        // The last character of the secret, whatever it is, becomes another.
        ("sed '2s/[^X\\r](\\r*)$/X\\1/; t; 2s/X(\\r*)$/Y\\1/'", "the secret access key does not belong"),
        ("sed '2s/^AKIA..../AKIA0000/'", "there is no such access key id"),
    ] {
        let script = format!(
            "{right} | {} > keys.csv
             \"$LEVERAGE\" credentials configure --type MANAGEMENT --credentials-file keys.csv
             code=$?; test ! -e \"$HOME/.aws\" || exit 99; exit $code",
            change.replace("sed", "sed -E")
        );
        sandbox(&["--", "sh", "-c", &script]).exits(20).says(&["AWS rejected the access keys", says]);
    }
}

#[test]
fn a_security_user_without_other_profiles_may_not_list_accounts() {
    let embedded = Embedded::start(Config::default());
    let report = embedded.configure(&embedded.options(&embedded.sandbox.users().security)).expect("a success");
    let warning = &report.diagnostics[0].message;
    assert!(warning.contains("not allowed to list the organization's accounts"), "{warning}");
    assert!(warning.contains("using the account ids in the project's files"), "{warning}");
    assert_eq!(embedded.profiles(), ["ex-security"]);
}

#[test]
fn an_organization_of_a_thousand_accounts_is_read_once_and_completely() {
    let embedded = Embedded::start(Config { accounts: 1000, ..Config::default() });
    let options = embedded.options(&embedded.sandbox.users().management);
    let report = embedded.configure(&options).expect("a success");
    assert_eq!((report.profiles.len(), report.accounts.len()), (1000, 1000));
    assert_eq!(embedded.profiles().len(), 1001);
    let variables = embedded.project_text("config/common.tfvars");
    assert!(variables.contains("id    = \"200000000996\""), "the last account is there");

    let requests = embedded.sandbox.requests();
    let count = |operation: &str| requests.iter().filter(|request| *request == operation).count();
    let operations = ["GetCallerIdentity", "DescribeOrganization", "ListAccounts", "ListMFADevices"];
    assert_eq!(operations.map(count), [1, 1, 50, 0]);

    let before = embedded.tree();
    let again = leverage::configure::Options {
        access_keys: leverage_plugin_api::model::AccessKeysMode::Overwrite,
        ..options.clone()
    };
    assert!(embedded.configure(&again).expect("a success").files.is_empty());
    assert_eq!(before.touched(&embedded.tree()), Vec::<&Path>::new());
}

/// What becomes of a run in which something goes wrong.
enum Ending {
    /// It succeeds, with so many profiles of 45.
    Profiles(usize),
    /// It succeeds without profiles, and a warning says why.
    Warning(&'static str),
    /// It fails and changes nothing.
    Failure(Kind, &'static str),
}

fn ending(fault: FaultKind) -> Ending {
    use Ending::{Failure, Profiles, Warning};
    match fault {
        FaultKind::Throttled | FaultKind::EmptyPage | FaultKind::DroppedConnection => Profiles(45),
        FaultKind::SuspendedAccounts => Profiles(31),
        FaultKind::AccessDenied => Warning("not allowed to list the organization's accounts (AccessDeniedException"),
        FaultKind::NoOrganization => Warning("there is no organization yet"),
        FaultKind::RepeatedToken => Failure(Kind::Aws, "AWS's list does not end: organizations:ListAccounts"),
        FaultKind::InternalError => Failure(Kind::Aws, "AWS failed at organizations:ListAccounts"),
        FaultKind::TruncatedReply => Failure(Kind::Network, "AWS's answer to organizations:ListAccounts can't be read"),
        FaultKind::NoReply => Failure(Kind::Network, "AWS did not answer"),
        FaultKind::ClockSkew => Failure(Kind::Aws, "this machine's clock is wrong"),
        FaultKind::ExpiredToken => Failure(Kind::CredentialsRejected, "they have expired"),
        FaultKind::UnknownKey => Failure(Kind::CredentialsRejected, "there is no such access key id"),
        FaultKind::WrongSignature => {
            Failure(Kind::CredentialsRejected, "the secret access key does not belong to the access key id")
        }
    }
}

#[test]
fn every_fault_has_its_own_ending() {
    std::thread::scope(|scope| {
        for fault in FaultKind::ALL {
            scope.spawn(move || play(fault));
        }
    });
}

fn play(fault: FaultKind) {
    let embedded = Embedded::start(Config { accounts: 45, faults: vec![fault.into()], ..Config::default() });
    let before = embedded.tree();
    let result = embedded.configure(&embedded.options(&embedded.sandbox.users().management));
    let says = |text: &str, part: &str| assert!(text.contains(part), "{}: {text:?}", fault.name());
    match (ending(fault), result) {
        (Ending::Profiles(profiles), Ok(report)) => assert_eq!(report.profiles.len(), profiles, "{}", fault.name()),
        (Ending::Warning(warning), Ok(report)) => {
            assert!(report.profiles.is_empty(), "{}", fault.name());
            says(&report.diagnostics[0].message, warning);
        }
        (Ending::Failure(kind, message), Err(error)) => {
            assert_eq!(error.kind, kind, "{}: {error}", fault.name());
            says(&error.message, message);
            assert_eq!(before.touched(&embedded.tree()), Vec::<&Path>::new(), "{}", fault.name());
        }
        (_, result) => panic!("{}: {result:#?}", fault.name()),
    }
}

#[test]
fn keys_that_can_not_be_verified_are_not_written() {
    for fault in ["no-reply@GetCallerIdentity", "internal-error@GetCallerIdentity", "truncated-reply@GetCallerIdentity"]
    {
        let fault: Fault = fault.parse().expect("a fault");
        let embedded = Embedded::start(Config { faults: vec![fault], ..Config::default() });
        let before = embedded.tree();
        for skip_assumable_roles in [false, true] {
            let options = embedded.options(&embedded.sandbox.users().bootstrap);
            let error = embedded.configure(&leverage::configure::Options { skip_assumable_roles, ..options });
            let error = error.expect_err("a failure");
            assert!(error.message.contains("sts:GetCallerIdentity"), "{error}");
            assert_eq!(before.touched(&embedded.tree()), Vec::<&Path>::new(), "{error}");
        }
    }
}

#[test]
fn the_command_line_passes_faults_on() {
    let script = "\"$LEVERAGE\" credentials configure --type MANAGEMENT --json \
                  --credentials-file ../keys/management_accessKeys.csv";
    let faults = ["--accounts", "45", "--fault", "repeated-token", "--", "sh", "-c", script];
    let outcome = sandbox(&faults).exits(21);
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
    assert_eq!((&document["error"]["kind"], &document["error"]["exit_code"]), (&"aws".into(), &21.into()));
    let throttled = ["--accounts", "45", "--fault", "throttled=2", "--", "sh", "-c", script];
    let outcome = sandbox(&throttled).success();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
    assert_eq!(document["profiles"].as_array().map(Vec::len), Some(45));
}

#[test]
fn a_list_that_breaks_off_is_no_list() {
    // The first page and the third are there; the second never comes whole.
    for (fault, kind, message) in [
        ("dropped-connection=1", Kind::Network, "AWS can't be reached for organizations:ListAccounts"),
        ("access-denied=2@ListAccounts", Kind::Aws, "AWS refused organizations:ListAccounts: AccessDeniedException"),
        ("expired-token=2@ListAccounts", Kind::CredentialsRejected, "they have expired: ExpiredTokenException"),
        ("unknown-key=2@ListAccounts", Kind::CredentialsRejected, "UnrecognizedClientException"),
        ("wrong-signature=2@ListAccounts", Kind::CredentialsRejected, "InvalidSignatureException"),
        ("clock-skew=2@ListAccounts", Kind::Aws, "clock is wrong: InvalidSignatureException"),
    ] {
        let fault: Fault = fault.parse().expect("a fault");
        let embedded = Embedded::start(Config { accounts: 45, faults: vec![fault], ..Config::default() });
        let before = embedded.tree();
        let error = embedded.configure(&embedded.options(&embedded.sandbox.users().management));
        let error = error.expect_err("a failure");
        assert_eq!(error.kind, kind, "{fault}: {error}");
        assert!(error.to_string().contains(message), "{fault}: {error}");
        assert_eq!(before.touched(&embedded.tree()), Vec::<&Path>::new(), "{fault}");
    }
}

/// Keys that were good when the profile was set up, beside new ones that are good: only the profile's are to blame.
#[test]
fn a_profile_whose_keys_are_rejected_is_named() {
    let embedded = Embedded::start(Config::default());
    let users = embedded.sandbox.users();
    embedded.configure(&embedded.options(&users.management)).expect("a success");
    let path = embedded.project.home.join(".aws").join(project::SHORT_NAME).join("credentials");
    let good = fs::read_to_string(&path).expect("the credentials");
    let key = &users.management.access_key;
    let other = &users.bootstrap.access_key;
    for (bad, why) in [
        (good.replace(&key.id, "AKIASTALESTALESTALE0"), "there is no such access key id"),
        (good.replace(key.secret.as_str(), other.secret.as_str()), "the secret access key does not belong"),
    ] {
        fs::write(&path, bad).expect("the credentials can be written");
        let before = embedded.tree();
        let error = embedded.configure(&embedded.options(&users.security)).expect_err("a failure");
        assert_eq!(error.kind, Kind::CredentialsRejected, "{error}");
        assert!(error.message.contains("access keys that the profile ex-management holds already"), "{error}");
        assert!(error.message.contains(why), "{error}");
        let hint = error.hint.expect("a hint");
        assert!(hint.contains("give ex-management valid ones") && !hint.contains(".csv"), "{hint}");
        assert_eq!(before.touched(&embedded.tree()), Vec::<&Path>::new());
    }
}

/// Nobody waits longer than three tries of 300 ms take, and far less than the ten seconds of an operation.
#[test]
fn an_endpoint_that_never_answers_is_given_up_after_the_last_try() {
    for operation in ["GetCallerIdentity", "ListAccounts"] {
        let fault: Fault = format!("no-reply@{operation}").parse().expect("a fault");
        let embedded = Embedded::start(Config { faults: vec![fault], ..Config::default() });
        let started = Instant::now();
        let error = embedded.configure(&embedded.options(&embedded.sandbox.users().management));
        let error = error.expect_err("a failure");
        assert!(error.message.contains("AWS did not answer") && error.message.contains(operation), "{error}");
        assert!(started.elapsed() < Duration::from_secs(8), "{operation}: {:?}", started.elapsed());
    }
}

/// Where nothing listens, or something that is not AWS, is known at the first try: nobody waits for the eighth.
#[test]
fn an_endpoint_that_refuses_is_one_sentence_at_once() {
    let embedded = Embedded::start(Config::default());
    let without_tls = embedded.sandbox.endpoint_url().replace("http:", "https:");
    for (endpoint, says) in [
        // The port that is reserved for discarding, where nothing listens.
        ("http://127.0.0.1:9", ["AWS can't be reached for sts:GetCallerIdentity", "Connection refused"]),
        (&without_tls, ["there is no trusted connection to AWS for sts:GetCallerIdentity", "certificate"]),
    ] {
        let place = Place::new();
        place.put("project.yaml", "short_name: ex\nprimary_region: us-east-1\n");
        let keys = embedded.project.keys_of(&embedded.sandbox.users().management);
        let before = place.tree();
        let started = Instant::now();
        let arguments = ["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"];
        let outcome = Run::leverage(&place, endpoint).args(arguments).args([keys]).outcome();
        outcome.exits(22).says(&says);
        // Eight tries wait for eight seconds at least, however fast the machine.
        assert!(started.elapsed() < Duration::from_secs(5), "{endpoint}: {:?}", started.elapsed());
        assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new());
    }
}
