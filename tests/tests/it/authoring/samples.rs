//! The two plugins that are not built in, in whole runs: through a registry, in a sandbox.

use leverage::ConfigureOptions;
use leverage::answers::Answer;
use leverage::builtin::{DEFAULT_OUTPUTS, plugins as builtin};
use leverage::plugins::{Plugin, Registry};
use leverage_plugin_api::sdk;
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use std::fs;
use std::path::{Path, PathBuf};

/// The built-in plugins without those of these ids, and one more, whose outputs run beside the default ones.
fn registry(without: &[&str], plugin: sdk::Plugin) -> Registry {
    let mut plugins = builtin().unwrap();
    plugins.retain(|plugin| !without.contains(&plugin.manifest().id.as_str()));
    let plugin = Plugin::built_in(&plugin).unwrap();
    let own: Vec<String> = plugin.manifest().outputs.iter().map(|info| info.name.clone()).collect();
    let defaults = DEFAULT_OUTPUTS.into_iter().filter(|name| !without.contains(name));
    let outputs: Vec<&str> = defaults.chain(own.iter().map(String::as_str)).collect();
    plugins.push(plugin);
    Registry::new(plugins).unwrap().select_outputs(&outputs).unwrap()
}

fn options(credential_type: &str, answers: &[(&str, &str)]) -> ConfigureOptions {
    ConfigureOptions {
        credential_type: credential_type.to_owned(),
        answers: answers.iter().map(|&(id, value)| Answer::new(id, value)).collect(),
        ..ConfigureOptions::default()
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn identity_center_writes_a_session_and_profiles_without_keys() {
    let world = World::new();
    let registry = registry(&[], leverage_plugin_identity_center::PLUGIN);
    let variables = world.project.root.join("config/common.tfvars");
    let text = fs::read_to_string(&variables).unwrap();
    let known = "security = {\n    id = \"000000000012\"";
    fs::write(&variables, text.replacen("security = {", known, 1)).unwrap();
    fs::write(world.project.root.join("identity-center.toml"), "permission_sets = [\"DevOps\"]\n").unwrap();

    let wanted = options("identity-center", &[("sso-start-url", "https://example.awsapps.com/start")]);
    let report = world.embedding(&registry).configure(&wanted).unwrap();
    assert!(report.key_profile.is_none(), "a run without keys names a key profile");
    assert_eq!(report.profiles, ["ex-sso-security-devops"]);
    assert_eq!(report.next_steps[1], "aws sso login --sso-session ex");
    snapshot!(transcript::diagnostics(&report));
    let expected = "\
[sso-session ex]
sso_region = us-east-1
sso_start_url = https://example.awsapps.com/start
sso_registration_scopes = sso:account:access

[profile ex-sso-security-devops]
output = json
region = us-east-1
sso_session = ex
sso_account_id = 000000000012
sso_role_name = DevOps
";
    assert_eq!(fs::read_to_string(world.place.aws().join("config")).unwrap(), expected);
    assert!(!world.place.aws().join("credentials").exists());

    let again = world.embedding(&registry).configure(&wanted).unwrap();
    assert!(again.files.is_empty(), "a second run wrote {} files", again.files.len());
}

#[test]
fn identity_center_without_a_start_url_names_the_setting() {
    let world = World::new();
    let registry = registry(&[], leverage_plugin_identity_center::PLUGIN);
    let error = world.embedding(&registry).configure(&options("IDENTITY-CENTER", &[])).map(|_| ()).unwrap_err();
    assert_eq!(error.kind.exit_code(), 11, "{error}");
    snapshot!(transcript::error(&error));
    assert!(files(&world.project.home).is_empty());
}

#[test]
fn credential_process_stores_no_secret() {
    let world = World::new();
    let registry = registry(&["aws-cli-files"], leverage_plugin_credential_process::PLUGIN);
    let user = &world.sandbox.users().management;
    let wanted = ConfigureOptions {
        credentials_file: Some(world.project.keys_of(user)),
        ..options("MANAGEMENT", &[("credential-process-command", "/opt/company/keys {profile}")])
    };
    let report = world.embedding(&registry).configure(&wanted).unwrap();
    let config = fs::read_to_string(world.place.aws().join("config")).unwrap();
    assert!(
        config.starts_with(
            "[profile ex-management]\ncredential_process = /opt/company/keys ex-management\n\n[profile ex-"
        ),
        "{config}"
    );
    assert!(!report.profiles.is_empty());
    assert!(!world.place.aws().join("credentials").exists());
    for file in files(&world.project.home).into_iter().chain(files(&world.project.root)) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(&user.access_key.secret), "{} holds the secret", file.display());
    }
    let again = world.embedding(&registry).configure(&wanted).unwrap();
    assert!(again.files.is_empty(), "a second run wrote {} files", again.files.len());
}
