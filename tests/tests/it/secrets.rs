//! A secret is only in the files that it belongs to.

use leverage_tests::moto::Keys;
use leverage_tests::organization::{COMMON_TFVARS, Organization};
use leverage_tests::place::Place;
use leverage_tests::program::{Outcome, Run, code};
use leverage_tests::silence::Silence;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

/// The halves of the new secret: no part of it may be visible either.
const CANARY: [&str; 2] = ["CANARYwJalrXUtnFEMI/", "K7MDENG+bPxRfiCYZEBR"];
/// The secret that was there before.
const OLD_CANARY: [&str; 2] = ["OLDCANARYbPxRfiCYEXA", "MPLEKEY/wJalrXUtnFEM"];

/// An organization whose administrator has the canary as a secret: moto takes any.
fn start() -> (Organization, Keys) {
    let organization = Organization::new();
    let keys = Keys { secret: CANARY.concat(), ..organization.user(&organization.management, "admin", &[]) };
    organization.place.put_keys(&keys);
    (organization, keys)
}

fn configure(organization: &Organization, arguments: &[&str]) -> Run {
    Run::leverage(&organization.place, &organization.moto.endpoint_url())
        .args(["credentials", "configure", "--type", "MANAGEMENT"])
        .args(arguments)
}

/// Options that print more. None may print a secret.
const VOLUMES: [&[&str]; 5] = [&[], &["-vv"], &["--json"], &["--dry-run", "-vv"], &["--dry-run", "--json", "-v"]];

#[track_caller]
fn shows_no_secret(outcome: &Outcome) {
    for part in CANARY.iter().chain(&OLD_CANARY) {
        for said in [&outcome.stdout, &outcome.stderr] {
            assert!(!said.contains(part), "{part} is shown:\n{said}");
        }
    }
}

fn put_old_keys(place: &Place) {
    let old = format!(
        "[ex-management]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD0\naws_secret_access_key = {}\n",
        OLD_CANARY.concat()
    );
    place.put_aws("credentials", &old);
}

#[test]
fn successful_run_shows_no_secret() {
    for volume in VOLUMES {
        let (organization, _) = start();
        put_old_keys(&organization.place);
        let arguments = ["--credentials-file", "../keys/accessKeys.csv", "--overwrite-existing-credentials"];
        let outcome = configure(&organization, &arguments).args(volume).outcome().success();
        assert!(!outcome.stdout.is_empty());
        shows_no_secret(&outcome);
    }
}

#[test]
fn failing_run_shows_no_secret() {
    let secret = CANARY.concat();
    let csv = |line: &str| format!("Access key ID,Secret access key\n{line}\n");
    let files = [
        csv(&format!("AKIAIOSFODNN7EXAMPLE,{secret}x")),
        csv(&format!("{secret},AKIAIOSFODNN7EXAMPLE")),
        csv(&format!("ASIAIOSFODNN7EXAMPLE,{secret}")),
        csv(&secret),
        secret.clone(),
        format!("{secret},{secret}\n{secret}"),
        csv(&format!("AKIAIOSFODNN7EXAMPLE,{secret}\nAKIAIOSFODNN7EXAMPLE,{secret}")),
        csv(&format!("AKIAIOSFODNN7EXAMPLE,\"{secret}")),
    ];
    let (organization, _) = start();
    put_old_keys(&organization.place);
    for file in files {
        organization.place.put_csv(&file);
        for volume in VOLUMES {
            let arguments = ["--credentials-file", "../keys/accessKeys.csv", "--overwrite-existing-credentials"];
            let outcome = configure(&organization, &arguments).args(volume).outcome();
            assert!(outcome.code == 12 || file.ends_with(&format!("\"{secret}\n")), "{file:?} {outcome:#?}");
            shows_no_secret(&outcome);
        }
    }
}

#[test]
fn errors_in_files_with_secrets_show_no_secret() {
    let secret = OLD_CANARY.concat();
    let broken = [
        ("home", "credentials", format!("[ex-management]\naws_secret_access_key {secret}\n")),
        ("home", "credentials", format!("[ex-management]\naws_secret_access_key = {secret}\n[ex-management]\n")),
        ("home", "credentials", format!("{secret}\n[ex-management\n")),
        ("home", "config", format!("[profile a]\nx = 1\n[profile a]\naws_secret_access_key = {secret}\n")),
        ("project", "build.env", format!("A='{secret}\n")),
        ("project", "project.yaml", format!("short_name: ex\nregion: us-east-1\nx: [{secret}\n")),
        ("project", "config/common.tfvars", format!("project = \"ex\"\nx = {secret} = 1\n")),
    ];
    for (place, name, text) in broken {
        let (organization, _) = start();
        match place {
            "home" => organization.place.put_aws(name, &text),
            _ => organization.place.put(name, &text),
        }
        for volume in VOLUMES {
            let arguments = ["--credentials-file", "../keys/accessKeys.csv", "--overwrite-existing-credentials"];
            let outcome = configure(&organization, &arguments).args(volume).outcome();
            assert!(outcome.code != 0, "{text:?} {outcome:#?}");
            shows_no_secret(&outcome);
        }
    }
}

/// Other keys in the files that a run changes, in every notation of their formats.
fn put_further_secrets(place: &Place) {
    let [first, second] = OLD_CANARY;
    let secret = OLD_CANARY.concat();
    let session = format!(
        "[ex-management]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD0\naws_secret_access_key = {secret}\n\
         aws_session_token = {secret}{secret}\n"
    );
    place.put_aws("credentials", &session);
    let outputs = "[environments.default]\noutputs = [\"aws-cli-files\", \"terraform-vars\", \"dotenv\"]\n";
    place.put("leverage.toml", outputs);
    let env =
        format!("TOKENS=[{first}\nPRIVATE_KEY=\"-----BEGIN\n{first}\n{second}\n-----END\"\nAWS_REGION=sa-east-1\n");
    place.put(".env", &env);
    let variables = format!(
        "{COMMON_TFVARS}\napi_tokens = [\n  \"{first}\", \"{second}\",\n]\nprivate_key = <<EOF\n{first}\n{second}\nEOF\n"
    );
    place.put("config/common.tfvars", &variables.replace("shared", "other"));
}

#[test]
fn diff_conceals_multiline_secrets_beside_changes() {
    for volume in VOLUMES {
        let (organization, _) = start();
        let place = &organization.place;
        put_further_secrets(place);
        let (env, variables) = (place.text("project/.env"), place.text("project/config/common.tfvars"));
        let arguments = ["--credentials-file", "../keys/accessKeys.csv", "--overwrite-existing-credentials"];
        let outcome = configure(&organization, &arguments).args(volume).outcome().success();
        shows_no_secret(&outcome);
        if volume.contains(&"--dry-run") {
            assert!(outcome.stdout.contains("********"), "the diff shows the neighbouring lines: {outcome:#?}");
        } else {
            // The concealed values are back in their places.
            let tail = &variables[variables.find("api_tokens").expect("the tokens")..];
            assert!(place.text("project/config/common.tfvars").contains(tail));
            let head = &env[..env.find("AWS_REGION").expect("the region")];
            assert!(place.text("project/.env").starts_with(head));
        }
    }
}

#[test]
fn build_env_does_not_expand_process_variables() {
    let canary = OLD_CANARY.concat();
    for project in ["primary_region: us-east-1\n", "short_name: ex\nprimary_region: us-east-1\n"] {
        for value in ["${AWS_SECRET_ACCESS_KEY}", "$AWSSECRET", "\"x${AWS_SECRET_ACCESS_KEY}\"", &canary] {
            let (organization, _) = start();
            organization.place.put("project.yaml", project);
            organization.place.put("config/common.tfvars", "");
            organization.place.put("build.env", &format!("PROJECT={value}\n"));
            for volume in VOLUMES {
                let arguments = ["--credentials-file", "../keys/accessKeys.csv", "--overwrite-existing-credentials"];
                let run = configure(&organization, &arguments).args(volume);
                let variables = ["AWS_SECRET_ACCESS_KEY", "AWSSECRET"];
                let outcome = variables.iter().fold(run, |run, name| run.env(name, &canary)).outcome();
                shows_no_secret(&outcome);
                let told = outcome.stdout.clone() + &outcome.stderr;
                assert!(told.contains("build.env:1:"), "{outcome:#?}");
            }
        }
    }
}

#[test]
fn secret_is_only_in_private_credentials_and_backups() {
    let (organization, keys) = start();
    let place = &organization.place;
    put_old_keys(place);
    // Other users could read the file before; only its owner can read it afterwards.
    let credentials = place.aws().join("credentials");
    fs::set_permissions(&credentials, Permissions::from_mode(0o644)).expect("the owner may do that");
    let csv = format!("Access key ID,Secret access key\n{},{}\n", keys.id, keys.secret);
    fs::remove_file(place.path("keys/accessKeys.csv")).expect("a file");
    let arguments = ["--credentials-file", "-", "--overwrite-existing-credentials"];
    configure(&organization, &arguments).with_input(&csv).success();

    let tree = place.tree();
    assert_eq!(tree.files_with(CANARY[0]), [Path::new("home/.aws/ex/credentials")]);
    let backups = tree.files_with(OLD_CANARY[0]);
    assert_eq!(backups.len(), 1, "{backups:?}");
    assert!(backups[0].starts_with("home/.aws/ex/backups"), "{backups:?}");
    for (path, entry) in tree.entries().filter(|(path, _)| path.starts_with("home/.aws")) {
        let expected = if entry.contents.is_some() { 0o600 } else { 0o700 };
        assert_eq!(entry.mode, expected, "{}", path.display());
    }
}

#[test]
fn wide_umask_makes_nothing_readable_for_others() {
    let (organization, _) = start();
    let script =
        "umask 0; exec \"$0\" credentials configure --type MANAGEMENT --credentials-file ../keys/accessKeys.csv";
    let leverage = leverage_tests::program::leverage();
    Run::program("sh", &organization.place, &organization.moto.endpoint_url())
        .args(["-c", script])
        .args([leverage])
        .outcome()
        .success();
    for (path, entry) in organization.place.tree().entries().filter(|(path, _)| path.starts_with("home/.aws")) {
        assert_eq!(entry.mode & 0o077, 0, "{} has the mode {:o}", path.display(), entry.mode);
    }
}

#[test]
fn secret_is_in_no_argument_list_and_no_core_image() {
    let place = Place::new();
    place.put("project.yaml", "short_name: ex\nprimary_region: us-east-1\n");
    place.put_keys(&Keys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret: CANARY.concat() });
    let before = place.tree();
    let silence = Silence::start();
    let run = Run::leverage(&place, &silence.endpoint_url()).args(["credentials", "configure", "--type", "MANAGEMENT"]);
    let mut command = run.args(["--credentials-file", "../keys/accessKeys.csv"]).into_command();
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");

    // The program has the keys now, and waits.
    let connection = silence.asked();
    for process in fs::read_dir("/proc").expect("the processes").flatten() {
        let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        assert!(!arguments.contains(CANARY[0]) && !arguments.contains(CANARY[1]), "{arguments}");
    }
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("the program's limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit of core images");
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");

    kill_process(Pid::from_child(&child), Signal::INT).expect("the program takes signals");
    assert_eq!(code(child.wait().expect("a child can be waited for")), 130);
    drop(connection);
    assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new());
}
