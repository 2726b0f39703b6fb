//! `leverage sandbox`: the tour, commands, the real `aws` command, and each fault.

use leverage::error::{Error, Kind};
use leverage::sandbox::{Config, Fault, FaultKind, project};
use leverage_tests::place::Place;
use leverage_tests::program::{Outcome, Run, leverage};
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs `leverage sandbox` in a new place.
fn sandbox(arguments: &[&str]) -> Outcome {
    sandbox_in(&Place::new(), arguments)
}

/// Runs `leverage sandbox` with a folder for temporary files that must be empty afterwards.
fn sandbox_in(place: &Place, arguments: &[&str]) -> Outcome {
    let temporary = place.path("tmp");
    fs::create_dir_all(&temporary).expect("a temporary folder");
    let outcome = Run::leverage(place, "http://127.0.0.1:9")
        .quiet_env("TMPDIR", &temporary)
        .quiet_env("LEVERAGE", leverage())
        // Variables that select another AWS are removed.
        .quiet_env("AWS_PROFILE", "elsewhere")
        .quiet_env("AWS_ACCESS_KEY_ID", "AKIAELSEWHEREEXAMPLE")
        .args(["sandbox"])
        .args(arguments)
        .outcome();
    assert_eq!(fs::read_dir(&temporary).expect("a temporary folder").count(), 0, "the sandbox tidies up");
    assert!(!place.home().join(".aws").exists(), "the sandbox has its own home folder");
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
fn tour_shows_what_each_credential_type_writes() {
    let place = Place::new();
    sandbox_in(&place, &[]).success();
    snapshot!(place.transcript());
}

#[test]
fn command_runs_in_the_sample_project_with_its_exit_code() {
    let script = "test -f project.yaml && test -z \"$AWS_PROFILE$AWS_ACCESS_KEY_ID\" && \
                  test \"$HOME\" = \"$(cd ../home && pwd)\" && exit 7";
    sandbox(&["--", "sh", "-c", script]).exits(7);
    sandbox(&["--", "sh", "-c", "kill -TERM $$"]).exits(128 + 15);
    let place = Place::new();
    sandbox_in(&place, &["--", "no-such-program"]).exits(2);
    sandbox_in(&place, &["--accounts", "1"]).exits(70);
    sandbox_in(&place, &["--fault", "gremlins"]).exits(2);
    snapshot!(place.transcript());
}

#[test]
fn aws_cli_talks_to_the_sandbox() {
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
fn aws_cli_assumes_roles_in_the_sandbox() {
    let script = "\"$LEVERAGE\" credentials configure --type MANAGEMENT \
                  --credentials-file ../keys/management_accessKeys.csv >&2 && \
                  aws sts get-caller-identity --profile ex-security-oaar --query Account --output text";
    let outcome = sandbox(&["--", "sh", "-c", script]).success();
    assert_eq!(outcome.stdout.trim(), "001122334455");
}

#[test]
fn configure_refuses_wrong_keys_and_writes_nothing() {
    let right = "cat ../keys/management_accessKeys.csv";
    for (name, change) in [
        // Changes the last character of the secret.
        ("wrong_secret", "sed '2s/[^X\\r](\\r*)$/X\\1/; t; 2s/X(\\r*)$/Y\\1/'"),
        ("wrong_access_key_id", "sed '2s/^AKIA..../AKIA0000/'"),
    ] {
        let script = format!(
            "{right} | {} > keys.csv
             \"$LEVERAGE\" credentials configure --type MANAGEMENT --credentials-file keys.csv
             code=$?; test ! -e \"$HOME/.aws\" || exit 99; exit $code",
            change.replace("sed", "sed -E")
        );
        let place = Place::new();
        snapshot!(name, place.filter(&sandbox_in(&place, &["--", "sh", "-c", &script]).exits(20).stderr));
    }
}

#[test]
fn security_without_other_profiles_falls_back_to_project_ids() {
    let world = World::start(Config::default());
    let report = world.configure_in_library(&world.options(&world.sandbox.users().security)).expect("a success");
    snapshot!(transcript::diagnostics(&report));
    assert_eq!(world.profiles(), ["ex-security"]);
}

#[test]
fn organization_of_a_thousand_accounts_is_read_once() {
    let world = World::start(Config { accounts: 1000, ..Config::default() });
    let options = world.options(&world.sandbox.users().management);
    let report = world.configure_in_library(&options).expect("a success");
    assert_eq!((report.profiles.len(), report.accounts.len()), (1000, 1000));
    assert_eq!(world.profiles().len(), 1001);
    let variables = world.project_text("config/common.tfvars");
    assert!(variables.contains("id    = \"200000000996\""), "the last account is there");

    let requests = world.sandbox.requests();
    let count = |operation: &str| requests.iter().filter(|request| *request == operation).count();
    let operations = ["GetCallerIdentity", "DescribeOrganization", "ListAccounts", "ListMFADevices"];
    assert_eq!(operations.map(count), [1, 1, 50, 0]);

    let before = world.tree();
    let again = leverage::ConfigureOptions {
        access_keys: leverage_plugin_api::model::AccessKeysMode::Overwrite,
        ..options.clone()
    };
    assert!(world.configure_in_library(&again).expect("a success").files.is_empty());
    assert_eq!(before.touched(&world.tree()), Vec::<&Path>::new());
}

/// Compares an error with its snapshot. Which of two time limits a silent AWS meets first depends on the machine's load, and
/// the message with it; that it names the operation does not.
fn check_error(name: &str, error: &Error, world: &World) {
    if name.contains("no-reply") {
        assert!(["GetCallerIdentity", "ListAccounts"].iter().any(|name| error.message.contains(name)), "{error}");
    } else {
        snapshot!(name.replace(['@', '='], "_"), world.place.filter(&transcript::error(error)));
    }
}

/// The result of a run with a fault.
enum Ending {
    /// Success, with this number of profiles out of 45.
    Profiles(usize),
    /// Success without profiles, with a warning.
    Warning,
    /// Failure without changes.
    Failure(Kind),
}

fn ending(fault: FaultKind) -> Ending {
    use Ending::{Failure, Profiles, Warning};
    match fault {
        FaultKind::Throttled | FaultKind::EmptyPage | FaultKind::DroppedConnection => Profiles(45),
        FaultKind::SuspendedAccounts => Profiles(31),
        FaultKind::AccessDenied | FaultKind::NoOrganization => Warning,
        FaultKind::RepeatedToken | FaultKind::InternalError | FaultKind::ClockSkew => Failure(Kind::Aws),
        FaultKind::TruncatedReply | FaultKind::NoReply => Failure(Kind::Network),
        FaultKind::ExpiredToken | FaultKind::UnknownKey | FaultKind::WrongSignature => {
            Failure(Kind::CredentialsRejected)
        }
    }
}

#[test]
fn every_fault_ends_as_documented() {
    std::thread::scope(|scope| {
        for fault in FaultKind::ALL {
            scope.spawn(move || play(fault));
        }
    });
}

fn play(fault: FaultKind) {
    let world = World::start(Config { accounts: 45, faults: vec![fault.into()], ..Config::default() });
    let before = world.tree();
    let result = world.configure_in_library(&world.options(&world.sandbox.users().management));
    match (ending(fault), result) {
        (Ending::Profiles(profiles), Ok(report)) => assert_eq!(report.profiles.len(), profiles, "{}", fault.name()),
        (Ending::Warning, Ok(report)) => {
            assert!(report.profiles.is_empty(), "{}", fault.name());
            snapshot!(format!("fault_{}", fault.name()), transcript::diagnostics(&report));
        }
        (Ending::Failure(kind), Err(error)) => {
            assert_eq!(error.kind, kind, "{}: {error}", fault.name());
            check_error(&format!("fault_{}", fault.name()), &error, &world);
            assert_eq!(before.touched(&world.tree()), Vec::<&Path>::new(), "{}", fault.name());
        }
        (_, result) => panic!("{}: {result:#?}", fault.name()),
    }
}

#[test]
fn configure_does_not_write_unverified_keys() {
    for fault in ["no-reply@GetCallerIdentity", "internal-error@GetCallerIdentity", "truncated-reply@GetCallerIdentity"]
    {
        let fault: Fault = fault.parse().expect("a fault");
        let world = World::start(Config { faults: vec![fault], ..Config::default() });
        let before = world.tree();
        for skip_assumable_roles in [false, true] {
            let options = world.options(&world.sandbox.users().bootstrap);
            let error = world.configure_in_library(&leverage::ConfigureOptions { skip_assumable_roles, ..options });
            let error = error.expect_err("a failure");
            check_error(&fault.to_string(), &error, &world);
            assert_eq!(before.touched(&world.tree()), Vec::<&Path>::new(), "{error}");
        }
    }
}

#[test]
fn fault_option_reaches_the_sandbox() {
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
fn incomplete_account_list_fails_the_run() {
    // The second page is never complete.
    for (fault, kind) in [
        ("dropped-connection=1", Kind::Network),
        ("access-denied=2@ListAccounts", Kind::Aws),
        ("expired-token=2@ListAccounts", Kind::CredentialsRejected),
        ("unknown-key=2@ListAccounts", Kind::CredentialsRejected),
        ("wrong-signature=2@ListAccounts", Kind::CredentialsRejected),
        ("clock-skew=2@ListAccounts", Kind::Aws),
    ] {
        let fault: Fault = fault.parse().expect("a fault");
        let world = World::start(Config { accounts: 45, faults: vec![fault], ..Config::default() });
        let before = world.tree();
        let error = world.configure_in_library(&world.options(&world.sandbox.users().management));
        let error = error.expect_err("a failure");
        assert_eq!(error.kind, kind, "{fault}: {error}");
        check_error(&fault.to_string(), &error, &world);
        assert_eq!(before.touched(&world.tree()), Vec::<&Path>::new(), "{fault}");
    }
}

/// The keys of the existing profile have become invalid; the new ones are valid. The error is about the profile.
#[test]
fn rejected_keys_of_a_reader_are_a_warning_that_names_the_profile() {
    let world = World::start(Config::default());
    let users = world.sandbox.users();
    world.configure_in_library(&world.options(&users.management)).expect("a success");
    let path = world.project.home.join(".aws").join(project::SHORT_NAME).join("credentials");
    let good = fs::read_to_string(&path).expect("the credentials");
    let key = &users.management.access_key;
    let other = &users.bootstrap.access_key;
    for (name, bad) in [
        ("stale_access_key_id", good.replace(&key.id, "AKIASTALESTALESTALE0")),
        ("stale_secret", good.replace(key.secret.as_str(), other.secret.as_str())),
    ] {
        fs::write(&path, bad).expect("the credentials can be written");
        let report = world.configure_in_library(&world.options(&users.security)).expect("a success");
        let expected =
            "profile `ex-management` cannot read the organization: AWS rejected the access keys of the existing";
        assert!(report.diagnostics[0].message.starts_with(expected), "{name}: {:?}", report.diagnostics);
    }
}

/// The run waits for three attempts of 300 ms, and much less than the ten seconds of an operation.
#[test]
fn silent_endpoint_times_out() {
    for operation in ["GetCallerIdentity", "ListAccounts"] {
        let fault: Fault = format!("no-reply@{operation}").parse().expect("a fault");
        let world = World::start(Config { faults: vec![fault], ..Config::default() });
        let started = Instant::now();
        let error = world.configure_in_library(&world.options(&world.sandbox.users().management));
        let error = error.expect_err("a failure");
        assert_eq!(error.kind, Kind::Network, "{error}");
        assert!(error.message.contains(operation), "{error}");
        assert!(started.elapsed() < Duration::from_secs(8), "{operation}: {:?}", started.elapsed());
    }
}

/// An endpoint that refuses connections, or is not AWS, is reported after the first attempt, without retries.
#[test]
fn refusing_endpoint_fails_at_once() {
    let world = World::start(Config::default());
    let without_tls = world.sandbox.endpoint_url().replace("http:", "https:");
    for (name, endpoint) in [
        // The discard port, which has no listener.
        ("endpoint_that_refuses", "http://127.0.0.1:9"),
        ("endpoint_without_a_trusted_certificate", without_tls.as_str()),
    ] {
        let place = Place::new();
        place.put("project.yaml", "short_name: ex\nprimary_region: us-east-1\n");
        let keys = world.project.keys_of(&world.sandbox.users().management);
        let before = place.tree();
        let started = Instant::now();
        let arguments = ["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"];
        let outcome = Run::leverage(&place, endpoint).args(arguments).args([keys]).outcome();
        snapshot!(name, place.filter(&outcome.exits(22).stderr));
        // Eight attempts would wait for at least eight seconds.
        assert!(started.elapsed() < Duration::from_secs(5), "{endpoint}: {:?}", started.elapsed());
        assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new());
    }
}
