//! The configuration, from texts; and its schema.

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

fn in_environment(config: &Config, name: &str) -> Effective {
    let choice = Choice { environment: Some((name.to_owned(), Origin::Flag("--env"))), ..Choice::default() };
    config.choose(choice, &["files".to_owned()]).unwrap()
}

fn outputs(effective: &Effective) -> Vec<&str> {
    effective.outputs.iter().map(|output| output.name.as_str()).collect()
}

fn default_outputs(effective: &Effective) -> bool {
    outputs(effective) == ["files"] && effective.outputs_from == Origin::Default
}

#[track_caller]
fn refused(text: &str, place: &str, words: &[&str]) {
    let error = project(text).unwrap_err();
    assert_eq!(error.kind, Kind::Project, "{text}");
    assert!(error.message.starts_with(&format!("leverage.toml, {place}: ")), "{text}\n{error}");
    let said = format!("{} {}", error.message, error.hint.unwrap_or_default());
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

#[test]
fn a_key_that_there_is_not_is_told_with_its_place_and_the_nearest_one() {
    for (text, place, nearest) in [
        ("[enviroments.ci]\n", "line 1, column 2", "environments"),
        ("\n[environments.ci]\nouputs = []\n", "line 3, column 1", "outputs"),
        ("[profiles]\n  nmae = \"x\"\n", "line 2, column 3", "name"),
        ("[types.AUDIT]\nsession-duration = 900\n", "line 2, column 1", "session_duration"),
        ("types.AUDIT.accounts.exclude_out = []\n", "line 1, column 22", "exclude_ous"),
        ("[environments.ci.types.AUDIT]\nrol = \"x\"\n", "line 2, column 1", "role"),
    ] {
        refused(text, place, &["there is no key `", &format!("did you mean `{nearest}`?")]);
    }
    refused("[types.AUDIT]\nxyzzy = 1\n", "line 2, column 1", &["the keys here are role, suffix"]);
}

#[test]
fn a_value_that_is_not_right_is_told_with_its_place() {
    for (value, column, words) in [
        ("role = 3", 8, "expected a string"),
        ("role = \"a b\"", 8, "no role's name"),
        ("role = \"/x\"", 8, "no role's name"),
        ("suffix = \"]\"", 10, "can't end a profile's name"),
        ("session_duration = 899", 20, "900 to 43200 seconds, not of 899"),
        ("session_duration = 43201", 20, "900 to 43200 seconds"),
        ("external_id = \"x\"", 15, "no external id"),
        ("regions = { app = \"Virginia\" }", 19, "is not an AWS region"),
        ("settings = { Retry = 1 }", 14, "no setting's name"),
        ("settings = { role_arn = \"x\" }", 14, "it follows from `role`"),
        ("settings = { aws_session_token = \"x\" }", 14, "holds no credentials"),
        ("settings = { output = \"a\\nb\" }", 23, "can't be a setting's value"),
        ("accounts.include = [\"\"]", 20, "matches nothing"),
        ("accounts.states = [\"ACTIV\"]", 20, "did you mean `ACTIVE`?"),
    ] {
        refused(&format!("[types.AUDIT]\n{value}\n"), &format!("line 2, column {column}"), &[words]);
    }
    refused("[profiles]\nname = \"{acount}\"\n", "line 2, column 8", &["unknown placeholder `{acount}`"]);
    refused("[types.audit]\nrole = \"x\"\n", "line 1, column 8", &["in upper case"]);
    refused("environments.ci.outputs = [{ path = \"x\" }]\n", "line 1, column 28", &["needs its name"]);
    refused("environments.ci.outputs = \"x\"\n", "line 1, column 27", &["expected a sequence"]);
    refused("a = \n", "line 1, column 5", &[]);
    refused("\u{feff}# x\na\n", "line 2, column 2", &[]);
}

#[test]
fn a_project_names_plugins_by_id_and_hash_and_never_a_path() {
    let hash = crate::core::hash::Hash::of(b"x");
    let expected = Required::from([("audit".to_owned(), hash)]);
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
        assert!(error.hint.is_some_and(|hint| hint.contains("by id and hash alone")), "{text}");
    }
    for text in ["[plugins.require]\naudit = { path = \"evil.so\" }\n", "plugins = [\"evil.so\"]\n"] {
        assert_eq!(project(text).unwrap_err().kind, Kind::Project, "{text}");
    }
    let own = format!("[plugins.require]\naudit = \"{hash}\"\n");
    let error = read(&[layer(Scope::User, &own)]).unwrap_err();
    assert!(error.message.starts_with("config.toml, line 2, column 1: only a project"), "{error}");
}

#[test]
fn a_project_runs_no_program_through_everybodys_profiles() {
    for name in ["credential_process", "cli_pager", "mfa_process", "endpoint_url", "ca_bundle", "anything_new"] {
        for table in ["types.AUDIT", "environments.ci.types.AUDIT"] {
            let text = format!("[{table}.settings]\n{name} = \"x\"\n");
            refused(&text, "line 2, column 1", &[name, "your own configuration file"]);
            assert!(read(&[layer(Scope::User, &text)]).is_ok(), "one's own file may");
        }
    }
    assert!(project("[types.AUDIT.settings]\nretry_mode = \"standard\"\n").is_ok());
}

#[test]
fn an_environment_chooses_outputs_and_lies_over_the_rest() {
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
fn flags_win() {
    let config = project(
        "[types.AUDIT]\nrole = \"Auditor\"\naccounts = { include = [\"a\"], exclude = [\"b\"] }\n\
         [environments.default]\noutputs = [{ name = \"one\", path = \"x\" }]\n",
    )
    .unwrap();
    let choice = Choice { outputs: vec!["two".to_owned(), "one".to_owned()], ..Choice::default() };
    let effective = config.choose(choice, &[]).unwrap();
    assert_eq!((outputs(&effective), &effective.outputs_from), (vec!["two", "one"], &Origin::Flag("--output")));
    assert_eq!(effective.outputs[1].options["path"], "x", "it keeps the options that the environment gives it");
    let options = effective.profile_options("AUDIT", Some("Other"), &["c".to_owned()]);
    assert_eq!(options.role.as_deref(), Some("Other"));
    assert_eq!((options.accounts.include, options.accounts.exclude), (vec!["c".to_owned()], vec!["b".to_owned()]));
}

#[test]
fn an_environment_or_a_type_that_there_is_not_is_an_error() {
    let config = project("[environments.laptop]\n[environments.ci]\n[types.AUDTI]\nrole = \"x\"\n").unwrap();
    let choice =
        Choice { environment: Some(("lap".to_owned(), Origin::Variable("LEVERAGE_ENV"))), ..Choice::default() };
    let error = config.choose(choice, &[]).unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.message.contains("\"lap\" (LEVERAGE_ENV)"), "{error}");
    let hint = error.hint.unwrap();
    assert!(hint.contains("did you mean `laptop`?") && hint.contains("default, ci, laptop"), "{hint}");

    let error = config.check_types(["AUDIT", "OTHER"].into_iter()).unwrap_err();
    assert!(error.message.starts_with("leverage.toml, line 4, column 1: "), "{error}");
    assert!(error.hint.unwrap().contains("did you mean `AUDIT`?"));
    assert_eq!(config.check_types(["AUDTI"].into_iter()), Ok(()));
}

#[test]
fn everything_that_holds_is_shown_with_where_it_comes_from() {
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

/// The schema of a configuration file.
fn schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "leverage.toml".into());
    schema.to_value()
}

/// The names of all keys of a configuration file.
pub fn keys() -> BTreeSet<String> {
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
fn the_schema_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/leverage.schema.json");
    let mut text = serde_json::to_string_pretty(&schema()).unwrap();
    text.push('\n');
    if std::env::var_os("LEVERAGE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "host/schema/leverage.schema.json is not what core/config/document.rs says any more; write it anew:\n  \
         LEVERAGE_UPDATE_SNAPSHOTS=1 cargo test -p leverage the_schema_is_the_committed_one"
    );
}

#[test]
fn the_readme_describes_every_key() {
    let readme = include_str!("../../../../README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Configuration\n")).unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let described: BTreeSet<&str> = rows.flat_map(|(path, _)| path.split('.')).collect();
    for key in keys() {
        assert!(described.contains(key.as_str()), "README.md has no row for {key} under Configuration");
    }
}
