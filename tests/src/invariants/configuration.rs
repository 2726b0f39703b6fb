//! The configuration: a `leverage.toml` in a subdirectory overrides those above it and the user's own file, and the
//! environment overrides them all. Errors have their file and line. No project file, in any notation, sets something in
//! profiles that runs a program or redirects requests.

use leverage_core::config::{self, Config, EffectiveConfig, Layer, Origin, Scope, Selection};
use leverage_plugin_api::model::ProfileOptions;

use super::choices::Choices;

/// Applies a line to the expected configuration.
type Set = Box<dyn Fn(&mut ProfileOptions)>;

/// A valid line, and what it sets.
type Right = (&'static str, fn(&mut ProfileOptions));

const RIGHT: [[Right; 2]; 7] = [
    [
        ("role = \"Auditor\"", |options| options.role = Some("Auditor".to_owned())),
        ("role = 'teams/Auditor'", |options| options.role = Some("teams/Auditor".to_owned())),
    ],
    [
        ("suffix = \"oaar\" # ]", |options| options.suffix = Some("oaar".to_owned())),
        ("\"suffix\" = '''a.b'''", |options| options.suffix = Some("a.b".to_owned())),
    ],
    [
        ("session_duration = 900", |options| options.session_duration = Some(900)),
        ("session_duration = 43_200", |options| options.session_duration = Some(43_200)),
    ],
    [
        ("external_id = \"a:b\"", |options| options.external_id = Some("a:b".to_owned())),
        ("external_id = \"\\u0061b\"", |options| options.external_id = Some("ab".to_owned())),
    ],
    [
        ("settings.retry_mode = \"standard\"", |options| set(options, "retry_mode", "standard")),
        ("settings . \"retry_mode\" = 'adaptive'", |options| set(options, "retry_mode", "adaptive")),
    ],
    [
        ("settings.max_attempts = 0x3", |options| set(options, "max_attempts", "3")),
        ("settings.use_fips_endpoint = true", |options| set(options, "use_fips_endpoint", "true")),
    ],
    [
        ("accounts.include = [\"a*\", 'é']", |options| {
            options.accounts.include = vec!["a*".to_owned(), "é".to_owned()];
        }),
        ("accounts.include = []", |options| options.accounts.include.clear()),
    ],
];

/// Lines that are invalid in every file.
const WRONG: [&str; 12] = [
    "rol = \"Auditor\"",
    "role = 3",
    "role = \"a b\"",
    "suffix = \"]\\n[evil]\"",
    "suffix = ",
    "session_duration = 899",
    "session_duration = 4294968196",
    "external_id = \"${x}\"",
    "settings = 1",
    "settings.role_arn = \"x\"",
    "settings.aws_secret_access_key = \"NobodyMaySeeThis\"",
    "settings.output = \"a\\ncredential_process = x\"",
];

/// Settings of profiles that only the user's own file may have: they run a program, or send requests elsewhere.
const OWN: [&str; 3] = ["credential_process", "endpoint_url", "cli_pager"];

/// Pieces of files that may be valid.
const WORDS: [&str; 28] = [
    "[types.SECURITY]",
    "[types.SECURITY.settings]",
    "[[types.SECURITY]]",
    "[environments.ci.types.SECURITY]",
    "[environments.types.types.SECURITY.settings]",
    "[environments.ci]",
    "[plugins.require]",
    "[profiles]",
    "types.SECURITY.",
    "environments.ci.",
    "settings",
    "settings.",
    "\"settings\".",
    "credential_process",
    "endpoint_url",
    "\"credential\\u005fprocess\"",
    "output",
    "role",
    "outputs",
    " = ",
    "\"x\"",
    "{ ",
    " }",
    "[",
    "]",
    ", ",
    "\n",
    "\r\n",
];

fn set(options: &mut ProfileOptions, name: &str, value: &str) {
    options.settings.insert(name.to_owned(), value.to_owned());
}

/// The configuration.
///
/// # Panics
///
/// The reader breaks a rule.
pub fn check(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    match choices.below(4) {
        0 => check_any(&choices.text()),
        1 => check_any(&choices.concat(&WORDS, 24)),
        _ => check_layers(choices),
    }
}

/// Checks any text of a project's file.
fn check_any(text: &str) {
    let layer = Layer { name: "leverage.toml".to_owned(), scope: Scope::Project, text: text.to_owned() };
    match config::read(&[layer]) {
        Ok(config) => {
            let environments: Vec<String> = config.environments().map(str::to_owned).collect();
            for environment in environments {
                let effective = chosen(&config, &environment);
                let shown = effective.settings();
                let options = effective.profile_options("SECURITY", None, &[]);
                for own in OWN {
                    assert!(!options.settings.contains_key(own), "{own} of {text:?} in {environment}: {shown:?}");
                }
            }
        }
        Err(error) => {
            assert!(error.message.starts_with("leverage.toml:") && !error.message.contains('\n'), "{error:?}");
        }
    }
}

fn check_layers(choices: &mut Choices<'_>) {
    // The values outside of the environment, and in it, from the files in their order.
    let mut set = [Vec::new(), Vec::new()];
    let mut wrong = None;
    let files =
        [("config.toml", Scope::User), ("leverage.toml", Scope::Project), ("infra/leverage.toml", Scope::Project)];
    let layers = files.map(|(name, scope)| {
        let (text, wrong_line) = file(choices, scope, &mut set);
        if let (None, Some(line)) = (&wrong, wrong_line) {
            wrong = Some(format!("{name}:{line}:"));
        }
        Layer { name: name.to_owned(), scope, text }
    });
    match (config::read(&layers), wrong) {
        (Ok(config), None) => {
            let [outside, inside] = set;
            let mut expected = ProfileOptions::default();
            outside.iter().for_each(|apply| apply(&mut expected));
            let without = chosen(&config, "default").profile_options("SECURITY", None, &[]);
            assert_eq!(without, expected, "{layers:?}");
            if !inside.is_empty() {
                inside.iter().for_each(|apply| apply(&mut expected));
                let within = chosen(&config, "ci").profile_options("SECURITY", None, &[]);
                assert_eq!(within, expected, "{layers:?}");
            }
        }
        (Err(error), Some(place)) => {
            assert!(error.message.starts_with(&place), "{error:?} of {layers:?}, where {place:?} is wrong");
            assert!(!error.message.contains('\n') && !format!("{error:?}").contains("NobodyMaySeeThis"), "{error:?}");
        }
        (read, wrong) => panic!("{read:?} of {layers:?}, where {wrong:?} is wrong"),
    }
}

/// The tables whose keys are generated: outside of the environment, and in it.
const TABLES: [&str; 2] = ["types.SECURITY", "environments.ci.types.SECURITY"];

/// A file of this scope, and its invalid line, if any. Adds the values that it sets in each of [`TABLES`].
fn file(choices: &mut Choices<'_>, scope: Scope, set: &mut [Vec<Set>; 2]) -> (String, Option<usize>) {
    let ending = choices.one_of(&["\n", "\r\n"]);
    let mut text = choices.one_of(&["", "", "\u{feff}", "# é [x]\n", "\n\n"]).replace('\n', ending);
    let has_headers = choices.below(2) == 0;
    let mut wrong_line = None;
    for (table, set) in TABLES.into_iter().zip(set) {
        let mut lines: Vec<String> = Vec::new();
        for values in RIGHT {
            if choices.below(2) == 0 {
                let (line, apply) = choices.one_of(&values);
                lines.push(line.to_owned());
                set.push(Box::new(apply));
            }
        }
        let mut is_wrong = false;
        if choices.once_in(4) {
            let name = choices.one_of(&OWN);
            lines.push(format!("settings.{name} = \"x\""));
            set.push(Box::new(move |options| self::set(options, name, "x")));
            is_wrong = scope == Scope::Project;
        } else if choices.once_in(8) {
            lines.push(choices.one_of(&WRONG).to_owned());
            is_wrong = true;
        }
        if has_headers && !lines.is_empty() {
            text.push_str(&format!("[{table}]{ending}"));
        }
        for line in &lines {
            let line = if has_headers { line.clone() } else { format!("{table}.{line}") };
            text.push_str(&format!("{line}{ending}"));
        }
        if is_wrong {
            wrong_line = Some(text.matches('\n').count());
            break;
        }
    }
    (text, wrong_line)
}

/// The expected configuration of this environment.
fn chosen(config: &Config, environment: &str) -> EffectiveConfig {
    let choice =
        Selection { environment: Some((environment.to_owned(), Origin::Flag("--env"))), ..Selection::default() };
    config.select(choice, &[]).unwrap_or_else(|error| panic!("{error:?}"))
}
