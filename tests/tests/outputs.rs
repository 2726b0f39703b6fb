//! Outputs that are not written by default, in whole runs: in a sandbox, read by the real readers.

mod outputs_support;

use leverage::error::Kind;
use leverage_plugin_api::model::AccessKeysMode;
use leverage_tests::counterparts::ask;
use outputs_support::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

#[test]
fn both_readers_of_env_files_read_the_same() {
    let mut world = World::new(&["aws-cli-files", "dotenv"]);
    let before = "# mine\nexport OTHER=\"a b\" # why\nAWS_REGION='eu-west-1'\n";
    fs::write(world.project_file(".env"), before).unwrap();
    world.settings("dotenv", json!({ "profile": "ex-shared-oaar" }));
    world.configure().unwrap();

    let path = world.project_file(".env");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# mine\nexport OTHER=\"a b\" # why\nAWS_REGION=us-east-1\n"), "{text}");
    let read: BTreeMap<String, String> = dotenvy::from_path_iter(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read["AWS_PROFILE"], "ex-shared-oaar");
    assert_eq!(read["AWS_CONFIG_FILE"], world.home().join(".aws/ex/config").display().to_string());
    assert_eq!(read["EX_SHARED_ACCOUNT_ID"].len(), 12);
    assert_eq!(ask(&json!({ "do": "dotenv", "path": path })), json!(read));
    assert!(world.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn keys_in_an_env_file_are_for_its_owner_alone() {
    let mut world = World::new(&["dotenv"]);
    world.settings("dotenv", json!({ "credentials": "keys" }));
    world.configure().unwrap();
    let path = world.project_file(".env");
    let read = ask(&json!({ "do": "dotenv", "path": path }));
    assert_eq!(read["AWS_SECRET_ACCESS_KEY"], world.secret());
    let read: BTreeMap<String, String> = dotenvy::from_path_iter(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read["AWS_SECRET_ACCESS_KEY"], world.secret());
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777, 0o600);
    assert!(world.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn github_actions_is_told_what_to_hide_before_the_next_steps_get_it() {
    let mut world = World::new(&["dotenv"]);
    world.settings("dotenv", json!({ "format": "github-actions", "credentials": "keys" }));
    let error = world.configure().map(|_| ()).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Plan, "the variable GITHUB_ENV names no file"));

    let file = world.home().join("github-env");
    fs::write(&file, "BEFORE=1\n").unwrap();
    world.environment("GITHUB_ENV", &file.display().to_string());
    let report = world.configure().unwrap();
    let secret = world.secret();
    assert!(!world.printed().contains(&secret), "only a runner gets to see the secret");

    world.environment("GITHUB_ACTIONS", "true");
    world.configure().unwrap();
    assert!(world.printed().lines().any(|line| line == format!("::add-mask::{secret}")));
    assert!(report.printed.contains(&"::add-mask::********".to_owned()), "{:?}", report.printed);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("BEFORE=1\nAWS_ACCESS_KEY_ID<<LEVERAGE_END\n"), "{text}");
    assert!(text.contains(&format!("AWS_SECRET_ACCESS_KEY<<LEVERAGE_END\n{secret}\nLEVERAGE_END\n")), "{text}");
    assert_eq!(text.matches(&secret).count(), 1, "a further run appends nothing");
    assert!(world.configure().unwrap().files.is_empty(), "a further run has nothing to do");
}

#[test]
fn the_plan_is_of_the_form_that_its_schema_describes() {
    let mut world = World::new(&["json"]);
    let report = world.configure().unwrap();
    assert!(report.files.is_empty());
    let document: Value = serde_json::from_str(&world.printed()).unwrap();
    let schema = fs::read_to_string(leverage_tests::tools::own_folder("../plugins/json/schema/plan-1.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let faults = |document: &Value| ask(&json!({ "do": "conforms", "schema": schema, "document": document }));
    assert_eq!(faults(&document), json!([]));
    assert_eq!(document["profiles"].as_array().unwrap().len(), report.profiles.len());
    let mut odd = document.clone();
    odd["accounts"][0]["id"] = json!(12);
    assert_ne!(faults(&odd), json!([]));

    world.settings("json", json!({ "path": "out/plan.json" }));
    world.configure().unwrap();
    let text = fs::read_to_string(world.project_file("out/plan.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
}

#[test]
fn terraform_gets_a_provider_for_each_account() {
    let world = World::new(&["aws-cli-files", "terraform-providers"]);
    let report = world.configure().unwrap();
    let text = fs::read_to_string(world.project_file("providers.tf.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let providers = document["provider"]["aws"].as_array().unwrap();
    let profiles: Vec<&str> = providers.iter().map(|provider| provider["profile"].as_str().unwrap()).collect();
    assert_eq!(profiles, report.profiles);
    for provider in providers {
        let alias = provider["alias"].as_str().unwrap();
        assert!(alias.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{alias}");
        assert!(provider["allowed_account_ids"][0].as_str().is_some_and(|id| id.len() == 12));
    }
    assert!(world.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn an_option_that_an_output_does_not_have_writes_nothing() {
    for (output, settings) in [("dotenv", json!({ "pth": 1 })), ("json", json!({ "x": 1 }))] {
        let mut world = World::new(&["aws-cli-files", output]);
        world.settings(output, settings);
        let error = world.configure().map(|_| ()).unwrap_err();
        assert!(error.message.ends_with(&format!("` of output `{output}`")), "{error}");
        assert!(!world.home().join(".aws/ex/config").exists());
    }
}

#[test]
fn the_aws_cli_finds_the_profiles_by_itself() {
    let world = World::new(&["aws-config-shared"]);
    let aws = world.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    let own = "[default]\nregion = eu-west-1 \n\n[profile mine]\noutput=text\n";
    fs::write(aws.join("config"), own).unwrap();
    fs::set_permissions(aws.join("config"), fs::Permissions::from_mode(0o644)).unwrap();
    let report = world.configure().unwrap();

    let config = fs::read_to_string(aws.join("config")).unwrap();
    assert!(config.starts_with(own), "{config}");
    let found = |profile: &str, credentials: bool| {
        ask(&json!({ "do": "shared_profile", "home": world.home(), "profile": profile, "credentials": credentials }))
    };
    let keys = found("ex-management", true);
    assert_eq!(keys["secret_access_key"], world.secret());
    let role = found(&report.profiles[0], false);
    assert_eq!(role["config"]["source_profile"], "ex-management");
    assert_eq!(found("mine", false)["config"]["output"], "text");
    let mode = |name: &str| fs::metadata(aws.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("credentials"), mode("config")), (0o600, 0o644));
    assert!(!aws.join("ex/config").exists() && !aws.join("ex/credentials").exists());
    assert!(report.next_steps.iter().all(|step| !step.contains("AWS_CONFIG_FILE")), "{:?}", report.next_steps);
    assert!(world.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn profiles_of_the_home_folder_are_known_where_they_are_written_there() {
    let mut world = World::new(&["aws-config-shared"]);
    world.configure().unwrap();
    world.options.access_keys = AccessKeysMode::Skip;
    world.options.credentials_file = None;
    let report = world.configure().unwrap();
    assert!(!report.key_profile.unwrap().new_keys && report.files.is_empty());

    let mut other = World::new(&["aws-cli-files"]);
    fs::create_dir_all(other.home().join(".aws")).unwrap();
    for name in ["config", "credentials"] {
        fs::copy(world.home().join(".aws").join(name), other.home().join(".aws").join(name)).unwrap();
    }
    other.options.access_keys = AccessKeysMode::Skip;
    assert!(other.configure().map(|_| ()).unwrap_err().message.contains("profile `ex-management` does not exist"));
}

#[test]
fn what_the_sdk_would_read_otherwise_is_not_written_to_the_home_folder() {
    let world = World::new(&["aws-config-shared"]);
    let aws = world.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    fs::write(aws.join("config"), "[profile x\n").unwrap();
    let error = world.configure().map(|_| ()).unwrap_err();
    assert_eq!(error.kind, Kind::Files, "{error}");
    assert!(error.message.ends_with(&format!("config file in {}", aws.display())), "{error}");
}

/// Two projects write into one folder: what a run of one left half done there, nobody builds on.
#[test]
fn a_run_starts_from_what_was_there_before_another_projects_unfinished_one() {
    let world = World::new(&["aws-config-shared"]);
    let aws = world.home().join(".aws");
    world.configure().unwrap();
    let backups = fs::read_dir(aws.join("ex/backups")).unwrap();
    let run = backups.map(|entry| entry.unwrap().path()).next().expect("a run");
    // As if it had been killed at its end: its record is still its journal.
    fs::rename(run.join("run.json"), aws.join("ex/.journal")).unwrap();
    let project = world.project_file("project.yaml");
    let other = fs::read_to_string(&project).unwrap().replace("short_name: ex", "short_name: zz");
    fs::write(&project, other).unwrap();

    let error = world.configure().map(|_| ()).unwrap_err();
    assert_eq!(error.kind, Kind::Files, "{error}");
    let told = format!("{} {}", error.message, error.hint.unwrap_or_default());
    assert!(told.contains("another run was killed") && told.contains("(configure MANAGEMENT of "), "{told}");
    assert!(!aws.join("config").exists() && !aws.join("ex/.journal").exists());

    let report = world.configure().unwrap();
    let config = fs::read_to_string(aws.join("config")).unwrap();
    assert!(config.contains(&report.profiles[0]) && !config.contains("ex-"), "{config}");
}

/// The program itself: what goes to which of its outputs.
#[test]
fn what_an_output_prints_is_alone_on_standard_output() {
    let world = World::new(&["json"]);
    let run = |more: &[&str]| {
        let mut command = Command::new(leverage_tests::program::leverage());
        command.args(["credentials", "configure", "--type", "MANAGEMENT", "--overwrite-existing-credentials"]);
        command.args(["--output", "json", "--credentials-file"]).arg(world.options.credentials_file.as_ref().unwrap());
        command.args(more).current_dir(&world.project.root).env("HOME", world.home());
        command.env("AWS_ENDPOINT_URL", world.sandbox.endpoint_url()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let [out, err] = run(&[]);
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["credential_type"], "MANAGEMENT");
    assert!(err.contains("ex-management") && err.contains("Profiles"), "the report is for people: {err}");

    let [out, err] = run(&["--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["printed"][0].as_str().map(serde_json::from_str::<Value>).unwrap().unwrap(), plan);
    assert_eq!(serde_json::from_str::<Value>(&err).unwrap(), plan);

    let [out, _] = run(&["--dry-run"]);
    assert!(out.contains("Would print\n{\n"), "{out}");
}
