//! Tests of the configuration and its schema.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn layer(scope: Scope, text: &str) -> Layer {
    let name = if scope == Scope::User { "config.toml" } else { "leverage.toml" };
    Layer { name: name.to_owned(), scope, text: text.to_owned() }
}

fn project(text: &str) -> Result<Config> {
    read(&[layer(Scope::Project, text)])
}

fn in_environment(config: &Config, name: &str) -> EffectiveConfig {
    let selection = Selection { environment: Some((name.to_owned(), Origin::Flag("--env"))), ..Selection::default() };
    config.select(selection, &["files".to_owned()]).unwrap()
}

fn outputs(effective: &EffectiveConfig) -> Vec<&str> {
    effective.outputs.iter().map(|output| output.name.as_str()).collect()
}

fn default_outputs(effective: &EffectiveConfig) -> bool {
    outputs(effective) == ["files"] && effective.outputs_from == Origin::Default
}

#[track_caller]
fn refused(text: &str, place: &str, words: &[&str]) {
    let error = project(text).unwrap_err();
    assert_eq!(error.kind, Kind::Project, "{text}");
    assert!(error.message.starts_with(&format!("leverage.toml:{place}: ")), "{text}\n{error}");
    let said = format!("{} {}", error.message, error.hints.join("; "));
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

#[test]
fn read_reports_unknown_keys_with_position_and_suggestion() {
    for (text, place, nearest) in [
        ("[enviroments.ci]\n", "1:2", "environments"),
        ("\n[environments.ci]\nouputs = []\n", "3:1", "outputs"),
        ("[profiles]\n  nmae = \"x\"\n", "2:3", "name"),
        ("[types.AUDIT]\nsession-duration = 900\n", "2:1", "session_duration"),
        ("types.AUDIT.accounts.exclude_out = []\n", "1:22", "exclude_ous"),
        ("[environments.ci.types.AUDIT]\nrol = \"x\"\n", "2:1", "role"),
    ] {
        refused(text, place, &["unknown key `", &format!("did you mean `{nearest}`?")]);
    }
    refused("[types.AUDIT]\nxyzzy = 1\n", "2:1", &["known keys: role, suffix"]);
}

#[test]
fn read_quotes_the_line_and_masks_secrets() {
    let error = project("[profiles]\nnmae = \"x\"\n").unwrap_err();
    assert_eq!(error.snippet.as_deref(), Some("  |\n2 | nmae = \"x\"\n  | ^"));
    let error = project("[types.AUDIT.settings]\naws_secret_access_key = \"s3cret\"\n").unwrap_err();
    assert!(error.snippet.as_deref().unwrap().contains("\"********\""), "{error:?}");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}

#[test]
fn read_reports_invalid_values_with_position() {
    for (value, column, words) in [
        ("role = 3", 8, "expected a string"),
        ("role = \"a b\"", 8, "invalid role name"),
        ("role = \"/x\"", 8, "invalid role name"),
        ("suffix = \"]\"", 10, "invalid suffix"),
        ("session_duration = 899", 20, "invalid session duration 899: must be 900 to 43200 seconds"),
        ("session_duration = 43201", 20, "900 to 43200 seconds"),
        ("external_id = \"x\"", 15, "invalid external id"),
        ("regions = { app = \"Virginia\" }", 19, "invalid region"),
        ("settings = { Retry = 1 }", 14, "invalid setting name"),
        ("settings = { role_arn = \"x\" }", 14, "use `role` of the type"),
        ("settings = { aws_session_token = \"x\" }", 14, "must not contain credentials"),
        ("settings = { output = \"a\\nb\" }", 23, "must be one line"),
        ("accounts.include = [\"\"]", 20, "match nothing"),
        ("accounts.states = [\"ACTIV\"]", 20, "did you mean `ACTIVE`?"),
    ] {
        refused(&format!("[types.AUDIT]\n{value}\n"), &format!("2:{column}"), &[words]);
    }
    refused("[profiles]\nname = \"{acount}\"\n", "2:8", &["unknown placeholder `{acount}`"]);
    refused("[types.audit]\nrole = \"x\"\n", "1:8", &["in upper case"]);
    refused("environments.ci.outputs = [{ path = \"x\" }]\n", "1:28", &["missing output name"]);
    refused("environments.ci.outputs = \"x\"\n", "1:27", &["expected a sequence"]);
    refused("a = \n", "1:5", &[]);
    refused("\u{feff}# x\na\n", "2:2", &[]);
}

#[test]
fn read_accepts_plugins_by_hash_only() {
    let hash = crate::hash::Hash::of(b"x");
    let expected = RequiredPlugins::from([("audit".to_owned(), hash)]);
    for text in
        [format!("[plugins.require]\naudit = \"{hash}\"\n"), format!("plugins = {{ require.audit = \"{hash}\" }}\n")]
    {
        assert_eq!(*project(&text).unwrap().required(), expected);
    }
    for text in [
        "[plugins]\npath = \"evil.so\"\n",
        "[plugins.require]\naudit = \"./evil.so\"\n",
        "[plugins.load]\naudit = \"evil.so\"\n",
    ] {
        let error = project(text).unwrap_err();
        assert!(error.hints.iter().any(|hint| hint.contains("by id and hash")), "{text}");
    }
    for text in ["[plugins.require]\naudit = { path = \"evil.so\" }\n", "plugins = [\"evil.so\"]\n"] {
        assert_eq!(project(text).unwrap_err().kind, Kind::Project, "{text}");
    }
    let own = format!("[plugins.require]\naudit = \"{hash}\"\n");
    let error = read(&[layer(Scope::User, &own)]).unwrap_err();
    assert!(error.message.starts_with("config.toml:2:1: only a project"), "{error}");
}

#[test]
fn read_rejects_project_settings_that_run_programs() {
    for name in ["credential_process", "cli_pager", "mfa_process", "endpoint_url", "ca_bundle", "anything_new"] {
        for table in ["types.AUDIT", "environments.ci.types.AUDIT"] {
            let text = format!("[{table}.settings]\n{name} = \"x\"\n");
            refused(&text, "2:1", &[name, "your own configuration file"]);
            assert!(read(&[layer(Scope::User, &text)]).is_ok(), "the user's file can set it");
        }
    }
    assert!(project("[types.AUDIT.settings]\nretry_mode = \"standard\"\n").is_ok());
}

#[test]
fn select_merges_the_environment_over_the_rest() {
    let config = project(
        "[profiles]\nname = \"{account}\"\n[types.AUDIT]\nrole = \"Auditor\"\nsettings = { max_attempts = 5 }\n\
         [environments.ci]\noutputs = [\"one\", { name = \"two\", path = \"x\", deep = { when = 2026-01-02 } }]\n\
         [environments.ci.profiles]\nname = \"ci-{account}\"\n[environments.ci.types.AUDIT]\nsuffix = \"ci\"\n\
         settings = { use_fips_endpoint = true }\n[environments.empty]\n",
    )
    .unwrap();
    let ci = in_environment(&config, "ci");
    assert_eq!(outputs(&ci), ["one", "two"]);
    let expected = serde_json::json!({ "path": "x", "deep": { "when": "2026-01-02" } });
    assert_eq!(serde_json::to_value(&ci.outputs[1].options).unwrap(), expected);
    let options = ci.profile_options("AUDIT", None, &[]);
    assert_eq!(options.name.as_deref(), Some("ci-{account}"));
    assert_eq!((options.role.as_deref(), options.suffix.as_deref()), (Some("Auditor"), Some("ci")));
    let settings: Vec<_> = options.settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(settings, ["max_attempts=5", "use_fips_endpoint=true"]);

    for name in ["default", "empty"] {
        let effective = in_environment(&config, name);
        assert!(default_outputs(&effective), "{name}");
        let options = effective.profile_options("AUDIT", None, &[]);
        assert_eq!((options.name.as_deref(), options.suffix), (Some("{account}"), None));
        assert!(in_environment(&Config::default(), "default").profile_options("AUDIT", None, &[]).is_default());
    }
}

#[test]
fn select_prefers_the_command_line() {
    let config = project(
        "[types.AUDIT]\nrole = \"Auditor\"\naccounts = { include = [\"a\"], exclude = [\"b\"] }\n\
         [environments.default]\noutputs = [{ name = \"one\", path = \"x\" }]\n",
    )
    .unwrap();
    let selection = Selection { outputs: vec!["two".to_owned(), "one".to_owned()], ..Selection::default() };
    let effective = config.select(selection, &[]).unwrap();
    assert_eq!((outputs(&effective), &effective.outputs_from), (vec!["two", "one"], &Origin::Flag("--output")));
    assert_eq!(effective.outputs[1].options["path"], "x", "options of the environment are kept");
    let options = effective.profile_options("AUDIT", Some("Other"), &["c".to_owned()]);
    assert_eq!(options.role.as_deref(), Some("Other"));
    assert_eq!((options.accounts.include, options.accounts.exclude), (vec!["c".to_owned()], vec!["b".to_owned()]));
}

#[test]
fn select_and_check_types_reject_unknown_names() {
    let config = project("[environments.laptop]\n[environments.ci]\n[types.AUDTI]\nrole = \"x\"\n").unwrap();
    let selection =
        Selection { environment: Some(("lap".to_owned(), Origin::Variable("LEVERAGE_ENV"))), ..Selection::default() };
    let error = config.select(selection, &[]).unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.message.contains("LEVERAGE_ENV: unknown environment `lap`"), "{error}");
    let hint = error.hints.join("; ");
    assert!(hint.contains("did you mean `laptop`?") && hint.contains("default, ci, laptop"), "{hint}");

    let error = config.check_types(["AUDIT", "OTHER"].into_iter()).unwrap_err();
    assert!(error.message.starts_with("leverage.toml:4:1: "), "{error}");
    assert!(error.hints.join("; ").contains("did you mean `AUDIT`?"));
    assert_eq!(config.check_types(["AUDTI"].into_iter()), Ok(()));
}

#[test]
fn settings_have_their_origins() {
    let user = layer(Scope::User, "[types.AUDIT]\nrole = \"User\"\nsuffix = \"user\"\n");
    let own = layer(Scope::Project, "[types.AUDIT]\nrole = \"Project\"\n[environments.ci]\noutputs = [\"one\"]\n");
    let config = read(&[user, own]).unwrap();
    let said: Vec<String> = in_environment(&config, "ci")
        .settings()
        .iter()
        .map(|setting| format!("{} {} {}", setting.key, setting.value, setting.from))
        .collect();
    let expected = [
        "environment \"ci\" --env",
        "outputs [\"one\"] leverage.toml:4",
        "profiles.name \"{short_name}-{account}-{suffix}\" default",
        "types.AUDIT.role \"Project\" leverage.toml:2",
        "types.AUDIT.suffix \"user\" config.toml:3",
    ];
    assert_eq!(said, expected);
}

/// The JSON schema of a configuration file.
fn schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<ConfigDocument>();
    schema.insert("title".to_owned(), "leverage.toml".into());
    schema.to_value()
}

/// The names of all keys.
fn keys() -> BTreeSet<String> {
    fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    keys.extend(properties.keys().cloned());
                }
                object.values().for_each(|value| collect(value, keys));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    collect(&schema(), &mut keys);
    assert!(keys.len() > 15, "{keys:?}");
    keys
}

#[test]
fn schema_matches_the_committed_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/leverage.schema.json");
    let mut text = serde_json::to_string_pretty(&schema()).unwrap();
    text.push('\n');
    if std::env::var_os("LEVERAGE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "host/schema/leverage.schema.json does not match host/core/src/config/document.rs; update it:\n  \
         LEVERAGE_UPDATE_SNAPSHOTS=1 cargo test -p leverage-core schema_matches_the_committed_file"
    );
}

#[test]
fn documentation_describes_every_key() {
    let page = include_str!("../../../docs/configuration.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Keys\n")).unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let described: BTreeSet<&str> = rows.flat_map(|(path, _)| path.split('.')).collect();
    for key in keys() {
        assert!(described.contains(key.as_str()), "host/docs/configuration.md has no row for {key} under Keys");
    }
}

/// The template with all options uncommented.
fn uncommented_template() -> String {
    let option = |line: &str| {
        line.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' ')).map(str::to_owned)
    };
    TEMPLATE.lines().filter_map(option).map(|line| line + "\n").collect()
}

#[test]
fn template_sets_nothing_until_a_line_is_uncommented() {
    let outputs = |text: String| {
        let layer = Layer { name: "leverage.toml".to_owned(), scope: Scope::Project, text };
        read(&[layer]).unwrap().select(Selection::default(), &[]).unwrap().outputs
    };
    assert!(outputs(TEMPLATE.to_owned()).is_empty());
    assert!(!outputs(uncommented_template()).is_empty());
}

#[test]
fn template_has_every_key() {
    let text = uncommented_template();
    for key in keys() {
        assert!(text.contains(&key), "{key} is missing");
    }
}
