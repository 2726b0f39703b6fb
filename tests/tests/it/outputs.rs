//! The outputs that are not default, in complete runs on the sandbox, read by the real readers.

use leverage::error::Kind;
use leverage_plugin_api::model::AccessKeysMode;
use leverage_tests::counterparts::{self, ask};
use leverage_tests::outputs::Outputs;
use leverage_tests::{snapshot, transcript};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn dotenv_file_reads_the_same_in_rust_and_python() {
    let mut outputs = Outputs::new(&["aws-cli-files", "dotenv"]);
    let before = "# mine\nexport OTHER=\"a b\" # why\nAWS_REGION='eu-west-1'\n";
    fs::write(outputs.project_file(".env"), before).unwrap();
    outputs.settings("dotenv", json!({ "profile": "ex-shared-oaar" }));
    outputs.configure().unwrap();

    let path = outputs.project_file(".env");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# mine\nexport OTHER=\"a b\" # why\nAWS_REGION=us-east-1\n"), "{text}");
    let read: BTreeMap<String, String> = dotenvy::from_path_iter(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read["AWS_PROFILE"], "ex-shared-oaar");
    assert_eq!(read["AWS_CONFIG_FILE"], outputs.home().join(".aws/ex/config").display().to_string());
    assert_eq!(read["EX_SHARED_ACCOUNT_ID"].len(), 12);
    assert_eq!(ask(&json!({ "do": "dotenv", "path": path })), json!(read));
    assert!(outputs.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn dotenv_file_with_keys_is_private() {
    let mut outputs = Outputs::new(&["dotenv"]);
    outputs.settings("dotenv", json!({ "credentials": "keys" }));
    outputs.configure().unwrap();
    let path = outputs.project_file(".env");
    let read = ask(&json!({ "do": "dotenv", "path": path }));
    assert_eq!(read["AWS_SECRET_ACCESS_KEY"], outputs.secret());
    let read: BTreeMap<String, String> = dotenvy::from_path_iter(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read["AWS_SECRET_ACCESS_KEY"], outputs.secret());
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777, 0o600);
    assert!(outputs.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn github_actions_output_masks_the_secret_first() {
    let mut outputs = Outputs::new(&["dotenv"]);
    outputs.settings("dotenv", json!({ "format": "github-actions", "credentials": "keys" }));
    let error = outputs.error();
    assert_eq!(error.kind, Kind::Plan);
    snapshot!(transcript::error(&error));

    let file = outputs.home().join("github-env");
    fs::write(&file, "BEFORE=1\n").unwrap();
    outputs.environment("GITHUB_ENV", &file.display().to_string());
    let report = outputs.configure().unwrap();
    let secret = outputs.secret();
    assert!(!outputs.printed().contains(&secret), "only a runner gets to see the secret");

    outputs.environment("GITHUB_ACTIONS", "true");
    outputs.configure().unwrap();
    assert!(outputs.printed().lines().any(|line| line == format!("::add-mask::{secret}")));
    assert!(report.printed.contains(&"::add-mask::********".to_owned()), "{:?}", report.printed);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("BEFORE=1\nAWS_ACCESS_KEY_ID<<LEVERAGE_END\n"), "{text}");
    assert!(text.contains(&format!("AWS_SECRET_ACCESS_KEY<<LEVERAGE_END\n{secret}\nLEVERAGE_END\n")), "{text}");
    assert_eq!(text.matches(&secret).count(), 1, "a further run appends nothing");
    assert!(outputs.configure().unwrap().files.is_empty(), "a further run has nothing to do");
}

#[test]
fn json_plan_matches_its_schema() {
    let mut outputs = Outputs::new(&["json"]);
    let report = outputs.configure().unwrap();
    assert!(report.files.is_empty());
    let document: Value = serde_json::from_str(&outputs.printed()).unwrap();
    let schema = fs::read_to_string(leverage_tests::tools::own_folder("../plugins/json/schema/plan-1.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let faults = |document: &Value| ask(&json!({ "do": "conforms", "schema": schema, "document": document }));
    assert_eq!(faults(&document), json!([]));
    assert_eq!(document["profiles"].as_array().unwrap().len(), report.profiles.len());
    let mut odd = document.clone();
    odd["accounts"][0]["id"] = json!(12);
    assert_ne!(faults(&odd), json!([]));

    outputs.settings("json", json!({ "path": "out/plan.json" }));
    outputs.configure().unwrap();
    let text = fs::read_to_string(outputs.project_file("out/plan.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
}

#[test]
fn terraform_providers_name_every_account() {
    let outputs = Outputs::new(&["aws-cli-files", "terraform-providers"]);
    let report = outputs.configure().unwrap();
    let text = fs::read_to_string(outputs.project_file("providers.tf.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let providers = document["provider"]["aws"].as_array().unwrap();
    let profiles: Vec<&str> = providers.iter().map(|provider| provider["profile"].as_str().unwrap()).collect();
    assert_eq!(profiles, report.profiles);
    for provider in providers {
        let alias = provider["alias"].as_str().unwrap();
        assert!(alias.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{alias}");
        assert!(provider["allowed_account_ids"][0].as_str().is_some_and(|id| id.len() == 12));
    }
    assert!(outputs.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn unknown_option_of_an_output_is_refused() {
    for (output, settings) in [("dotenv", json!({ "pth": 1 })), ("json", json!({ "x": 1 }))] {
        let mut outputs = Outputs::new(&["aws-cli-files", output]);
        outputs.settings(output, settings);
        snapshot!(
            format!("unknown_option_of_{output}"),
            outputs.world.place.filter(&transcript::error(&outputs.error()))
        );
        assert!(!outputs.home().join(".aws/ex/config").exists());
    }
}

#[test]
fn shared_config_output_is_found_by_the_aws_cli() {
    let outputs = Outputs::new(&["aws-config-shared"]);
    let aws = outputs.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    let own = "[default]\nregion = eu-west-1 \n\n[profile mine]\noutput=text\n";
    fs::write(aws.join("config"), own).unwrap();
    fs::set_permissions(aws.join("config"), fs::Permissions::from_mode(0o644)).unwrap();
    let report = outputs.configure().unwrap();

    let config = fs::read_to_string(aws.join("config")).unwrap();
    assert!(config.starts_with(own), "{config}");
    let found = |profile: &str, credentials: bool| {
        ask(&json!({ "do": "shared_profile", "home": outputs.home(), "profile": profile, "credentials": credentials }))
    };
    let keys = found("ex-management", true);
    assert_eq!(keys["secret_access_key"], outputs.secret());
    let role = found(&report.profiles[0], false);
    assert_eq!(role["config"]["source_profile"], "ex-management");
    assert_eq!(found("mine", false)["config"]["output"], "text");
    let mode = |name: &str| fs::metadata(aws.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("credentials"), mode("config")), (0o600, 0o644));
    assert!(!aws.join("ex/config").exists() && !aws.join("ex/credentials").exists());
    assert!(report.next_steps.iter().all(|step| !step.contains("AWS_CONFIG_FILE")), "{:?}", report.next_steps);
    assert!(outputs.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn skipped_keys_are_found_in_the_shared_config() {
    let mut outputs = Outputs::new(&["aws-config-shared"]);
    outputs.configure().unwrap();
    outputs.options.access_keys = AccessKeysMode::Skip;
    outputs.options.credentials_file = None;
    let report = outputs.configure().unwrap();
    assert!(!report.key_profile.unwrap().new_keys && report.files.is_empty());

    let mut other = Outputs::new(&["aws-cli-files"]);
    fs::create_dir_all(other.home().join(".aws")).unwrap();
    for name in ["config", "credentials"] {
        fs::copy(outputs.home().join(".aws").join(name), other.home().join(".aws").join(name)).unwrap();
    }
    other.options.access_keys = AccessKeysMode::Skip;
    snapshot!(transcript::error(&other.error()));
}

#[test]
fn unreadable_shared_config_is_refused() {
    let outputs = Outputs::new(&["aws-config-shared"]);
    let aws = outputs.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    fs::write(aws.join("config"), "[profile x\n").unwrap();
    let error = outputs.error();
    assert_eq!(error.kind, Kind::Files, "{error}");
    snapshot!(outputs.world.place.filter(&transcript::error(&error)));
}

#[test]
fn file_that_the_aws_cli_cannot_read_is_refused_before_anything_is_written() {
    let outputs = Outputs::new(&["aws-cli-files"]);
    let aws = outputs.home().join(".aws/ex");
    fs::create_dir_all(&aws).unwrap();
    for (file, text, place) in [
        ("config", "[profile foo]\nname = value\nname = value2\n", "config:3:1"),
        ("config", "[profile foo]\nname = value\n\n[other]\n[profile foo]\n", "config:5:1"),
        ("config", "\u{feff}[profile foo]\nname = value\n", "config:1:1"),
        ("config", "[profile foo]\nname\n", "config:2:1"),
        ("credentials", "[foo]\nname = value\nNAME: value\n", "credentials:3:1"),
    ] {
        fs::write(aws.join(file), text).unwrap();
        assert!(!counterparts::can_read(&aws), "{text:?}");
        let error = outputs.error();
        let shown = transcript::error(&error);
        assert!(shown.contains(place) || shown.contains("on line"), "{shown}");
        assert_eq!(fs::read_to_string(aws.join(file)).unwrap(), text);
        fs::remove_file(aws.join(file)).unwrap();
        let written = ["config", "credentials", ".profiles.json"].iter().any(|name| aws.join(name).exists());
        assert!(!written, "{shown}");
    }
    // The AWS CLI reads this one, but its settings would become those of every profile.
    fs::write(aws.join("config"), "[DEFAULT]\nregion = eu-west-1\n").unwrap();
    snapshot!(outputs.world.place.filter(&transcript::error(&outputs.error())));
}

#[test]
fn shared_config_is_refused_if_the_aws_cli_looks_elsewhere() {
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        let mut outputs = Outputs::new(&["aws-config-shared"]);
        outputs.environment(variable, "/elsewhere/file");
        let error = outputs.error();
        assert_eq!(error.kind, Kind::Usage, "{error}");
        assert!(error.message.contains(variable) && !outputs.home().join(".aws/config").exists(), "{error}");
        if variable == "AWS_CONFIG_FILE" {
            snapshot!("shared_config_elsewhere", outputs.world.place.filter(&transcript::error(&error)));
        }
    }
    let mut outputs = Outputs::new(&["aws-config-shared"]);
    outputs.environment("AWS_CONFIG_FILE", "~/.aws/config");
    let credentials = outputs.home().join(".aws/credentials").display().to_string();
    outputs.environment("AWS_SHARED_CREDENTIALS_FILE", &credentials);
    outputs.configure().unwrap();
}

#[test]
fn sections_that_only_the_aws_cli_reads_are_left_alone_with_one_warning() {
    let outputs = Outputs::new(&["aws-config-shared"]);
    let aws = outputs.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    for foreign in [
        "[profile mine]\n  region = eu-west-1\n  output = json\n",
        "[profile mine]\nregion: eu-west-1\n",
        "[profile mine] text\nregion = eu-west-1\n",
    ] {
        fs::write(aws.join("config"), foreign).unwrap();
        assert!(counterparts::can_read(&aws), "{foreign:?}");
        let report = outputs.configure().unwrap();
        assert!(fs::read_to_string(aws.join("config")).unwrap().starts_with(foreign));
        assert!(counterparts::profiles(&aws).contains(&"mine".to_owned()));
        assert_eq!(report.diagnostics.len(), 1, "{}", transcript::diagnostics(&report));
        if foreign.contains("  output") {
            snapshot!("indented_settings", outputs.world.place.filter(&transcript::diagnostics(&report)));
        }
        assert!(outputs.configure().unwrap().files.is_empty(), "a second run writes nothing");
    }
}

/// Two projects write into one folder: a run of one recovers an interrupted run of the other first.
#[test]
fn interrupted_run_of_another_project_is_rolled_back_first() {
    let outputs = Outputs::new(&["aws-config-shared"]);
    let aws = outputs.home().join(".aws");
    outputs.configure().unwrap();
    let backups = fs::read_dir(aws.join("ex/backups")).unwrap();
    let run = backups.map(|entry| entry.unwrap().path()).next().expect("a run");
    // As if it was killed at its end: the record is still the journal.
    fs::rename(run.join("run.json"), aws.join("ex/.journal")).unwrap();
    let project = outputs.project_file("project.yaml");
    let other = fs::read_to_string(&project).unwrap().replace("short_name: ex", "short_name: zz");
    fs::write(&project, other).unwrap();

    let error = outputs.error();
    assert_eq!(error.kind, Kind::Files, "{error}");
    snapshot!(outputs.world.place.filter(&transcript::error(&error)));
    assert!(!aws.join("config").exists() && !aws.join("ex/.journal").exists());

    let report = outputs.configure().unwrap();
    let config = fs::read_to_string(aws.join("config")).unwrap();
    assert!(config.contains(&report.profiles[0]) && !config.contains("ex-"), "{config}");
}

/// What the program prints to standard output and to standard error.
#[test]
fn printed_output_is_alone_on_standard_output() {
    let outputs = Outputs::new(&["json"]);
    let run = |more: &[&str]| {
        let options = ["--overwrite-existing-credentials", "--output", "json"];
        let outcome = outputs.world.configure("MANAGEMENT", &[&options[..], more].concat()).success();
        [outcome.stdout, outcome.stderr]
    };
    let [out, err] = run(&[]);
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["credential_type"], "MANAGEMENT");
    // The report goes to standard error.
    snapshot!("report_beside_what_an_output_prints", outputs.world.place.filter(&err));

    let [out, err] = run(&["--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["printed"][0].as_str().map(serde_json::from_str::<Value>).unwrap().unwrap(), plan);
    assert_eq!(serde_json::from_str::<Value>(&err).unwrap(), plan);

    let [out, _] = run(&["--dry-run"]);
    snapshot!("dry_run_shows_what_an_output_would_print", outputs.world.place.filter(&out));
}
