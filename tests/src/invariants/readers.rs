//! The readers of users' files: the console's `.csv` file, `build.env`, `project.yaml`, `config/common.tfvars`
//! and `leverage.toml`. They never panic, find in generated texts what was put in, and show no values in their errors.

use leverage::error::{Error, Result};
use leverage::plugins::Hash;
use leverage_core::access_keys::from_csv;
use leverage_core::config::{self, Layer, RequiredPlugins, Scope};
use leverage_core::project::{ProjectDeclaration, ProjectSources, SourceFile, read};
use std::fmt::Write;

use super::choices::Choices;

/// The contents of a project's file.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The short name.
    pub short_name: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The accounts and their ids.
    pub accounts: Vec<(String, Option<String>)>,
}

impl From<ProjectDeclaration> for Read {
    fn from(found: ProjectDeclaration) -> Self {
        let accounts = found.accounts.into_iter().map(|account| (account.name, account.id)).collect();
        Self {
            short_name: found.short_name.map(|placed| placed.value),
            region: found.region.map(|placed| placed.value),
            accounts,
        }
    }
}

fn source(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned().into() }
}

/// Reads this text as a `config/common.tfvars`.
///
/// # Errors
///
/// It can't be read.
pub fn common_tfvars_of(text: &str) -> Result<Read> {
    let terraform_variables = Some(source("config/common.tfvars", text));
    read(&ProjectSources { terraform_variables, ..ProjectSources::default() }).map(Read::from)
}

fn project_yaml_of(text: &str) -> Result<Read> {
    read(&ProjectSources { project_yaml: vec![source("project.yaml", text)], ..ProjectSources::default() })
        .map(Read::from)
}

fn build_env_of(text: &str) -> Result<Read> {
    read(&ProjectSources { build_env: vec![source("build.env", text)], ..ProjectSources::default() }).map(Read::from)
}

/// Checks that an error is a sentence for people, and does not show this secret.
fn check_error(error: &Error, secret: &str, text: &str) {
    let shown = format!("{error:?} {error}");
    assert!(!error.message.trim().is_empty(), "{shown} of {text:?}");
    assert!(!shown.contains(secret), "{shown} of {text:?}");
}

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// The console's `.csv` file.
///
/// # Panics
///
/// The reader breaks a rule.
pub fn access_keys(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    if choices.below(4) == 0 {
        let text = choices.text();
        if let Ok(keys) = from_csv(&text) {
            assert!(text.contains(&keys.id) && text.contains(&*keys.secret), "{text:?}");
        }
        return;
    }
    let id = choices.one_of(&[
        KEY_ID,
        KEY_ID,
        KEY_ID,
        "ASIAIOSFODNN7EXAMPLE",
        "akiaiosfodnn7example",
        "",
        "AKIA\nIOSFODNN7EXAMP",
        SECRET,
    ]);
    let longer = format!("{SECRET}x");
    let secret = choices.one_of(&[
        SECRET,
        SECRET,
        SECRET,
        &SECRET[1..],
        longer.as_str(),
        "",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE\u{202e}",
    ]);
    let mut columns = vec![("Access key ID", id), ("Secret access key", secret)];
    for extra in
        [("User name", "o'brien, \"x\"\n"), ("Password", ""), ("Console login link", "https://x"), ("\u{1b}[31m", "\0")]
    {
        if choices.once_in(4) {
            columns.insert(choices.below(columns.len() + 1), extra);
        }
    }
    let ending = choices.one_of(&["\n", "\r\n"]);
    let mut text = String::from(if choices.once_in(4) { "\u{feff}" } else { "" });
    let fields =
        [columns.iter().map(|column| column.0).collect::<Vec<_>>(), columns.iter().map(|column| column.1).collect()];
    let mut is_plain = id == KEY_ID && secret == SECRET;
    for row in &fields {
        let written: Vec<String> = row.iter().map(|field| csv_field(choices, field)).collect();
        text.push_str(&written.join(","));
        text.push_str(ending);
    }
    match choices.below(12) {
        0 => {
            let row = fields[1].iter().map(|field| csv_field(choices, field)).collect::<Vec<_>>().join(",");
            text.push_str(&row);
            is_plain = false;
        }
        1 => text.push_str(ending),
        2 => text.truncate(text.trim_end().len()),
        3 => {
            text.truncate(text.trim_end().len());
            text.pop();
            is_plain = false;
        }
        _ => {}
    }
    match from_csv(&text) {
        Ok(keys) if is_plain => assert_eq!((keys.id.as_str(), keys.secret.as_str()), (KEY_ID, SECRET), "{text:?}"),
        // Keys of the right form were found in a text that has another fault, or none that matters.
        Ok(keys) => assert!(text.contains(&keys.id) && text.contains(&*keys.secret), "{text:?}"),
        Err(error) => {
            assert!(!is_plain, "{error:?} of {text:?}");
            check_error(&error, &SECRET[1..30], &text);
        }
    }
}

fn csv_field(choices: &mut Choices<'_>, field: &str) -> String {
    let quoted = field.contains([',', '"', '\n']) || choices.once_in(4);
    let space = if choices.once_in(8) && !quoted { " " } else { "" };
    if quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { format!("{space}{field}{space}") }
}

/// `build.env`.
///
/// # Panics
///
/// The reader breaks a rule.
pub fn build_env(bytes: &[u8]) {
    const SECRET: &str = "NobodyMaySeeThis";
    let choices = &mut Choices::new(bytes);
    if choices.below(4) == 0 {
        drop(build_env_of(&choices.text()));
        return;
    }
    let ending = choices.one_of(&["\n", "\r\n"]);
    let mut text = String::from(if choices.once_in(6) { "\u{feff}" } else { "" });
    let mut expected = None;
    let mut is_plain = true;
    for _ in 0..choices.below(8) {
        match choices.below(8) {
            0 => text.push_str("# PROJECT=no"),
            1 => {}
            2 => text.push_str("AWS_SECRET=\"NobodyMaySeeThis # not\""),
            3 => text.push_str("export MFA_ENABLED=true # yes"),
            4 => text.push_str("OTHER='it is ${PROJECT}'"),
            5 if choices.once_in(4) => {
                text.push_str(choices.one_of(&[
                    "KEY='NobodyMaySeeThis",
                    "NobodyMaySeeThis two",
                    "=NobodyMaySeeThis",
                    "A-B=NobodyMaySeeThis x",
                ]));
                is_plain = false;
            }
            _ => {
                let value = choices.one_of(&["ex", "abcd", "zz"]);
                let form = choices.one_of(&[
                    "PROJECT=V",
                    "PROJECT=\"V\"",
                    "PROJECT='V'",
                    "export PROJECT=V",
                    "PROJECT=V # c",
                    "  PROJECT=V  ",
                ]);
                text.push_str(&form.replace('V', value));
                expected = Some(value.to_owned());
            }
        }
        text.push_str(ending);
    }
    match build_env_of(&text) {
        Ok(read) if is_plain => assert_eq!(read.short_name, expected, "{text:?}"),
        Ok(_) => {}
        Err(error) => {
            assert!(!is_plain, "{error:?} of {text:?}");
            check_error(&error, SECRET, &text);
        }
    }
}

/// `project.yaml`.
///
/// # Panics
///
/// The reader breaks a rule.
pub fn project_yaml(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    if choices.below(4) == 0 {
        // The editor and the reader are different parsers: the reader must find what the editor records.
        return yaml_round_trip(&super::yaml::Case::new(&bytes[bytes.len().min(1)..]));
    }
    if choices.below(4) == 0 {
        drop(project_yaml_of(&choices.text()));
        return;
    }
    let mut text = String::from(if choices.once_in(6) { "\u{feff}" } else { "" });
    let short = choices.one_of(&["ex", "abcd", "'zz'", "\"ab\"", "ex # c"]);
    let key = choices.one_of(&["primary_region", "region_primary", "region"]);
    let _ = write!(
        text,
        "# head\nshort_name: {short}\nother: [1, {{a: b}}]\n{key}: us-east-1\norganization:\n  accounts:\n"
    );
    let mut accounts = Vec::new();
    for name in ["security", "o'brien", "é", "a-b"] {
        let (written, id) = choices.one_of(&[
            ("\"000000000012\"", Some("000000000012")),
            ("'123456789012'", Some("123456789012")),
            ("123456789012", Some("123456789012")),
            ("XXXXXXXXXXXX", None),
            ("~", None),
            ("[1]", None),
            ("-1", None),
            ("1.5", None),
        ]);
        let _ = writeln!(text, "  - name: {name}\n    email: o'brien@x\n    id: {written}");
        accounts.push((name.to_owned(), id.map(str::to_owned)));
    }
    if choices.once_in(2) {
        text = text.replace('\n', "\r\n");
    }
    let short = short.trim_matches(['\'', '"']).trim_end_matches(" # c").to_owned();
    let expected = Read { short_name: Some(short), region: Some("us-east-1".to_owned()), accounts };
    let found = project_yaml_of(&text);
    assert!(matches!(&found, Ok(found) if *found == expected), "{found:?} of {text:?}");
}

fn yaml_round_trip(case: &super::yaml::Case) {
    let Some(after) = super::yaml::check_case(case) else { return };
    let Ok(read) = project_yaml_of(&after) else { return };
    for account in &case.wanted {
        for (_, id) in read.accounts.iter().filter(|(name, _)| name == account.name) {
            assert_eq!(id.as_deref(), Some(account.id), "{} in {after:?} of {case:?}", account.name);
        }
    }
}

/// `config/common.tfvars`; what the editor records in it is read in [`super::terraform_vars`].
///
/// # Panics
///
/// The reader breaks a rule.
pub fn common_tfvars(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    if choices.below(4) == 0 {
        drop(common_tfvars_of(&choices.text()));
        return;
    }
    let mut text = String::from(if choices.once_in(6) { "\u{feff}" } else { "" });
    let equals = choices.one_of(&[" = ", "=", "\t= "]);
    let short = choices.one_of(&["ex", "abcd", "zz"]);
    let comment = choices.one_of(&["", " # c }", " // \"", " /* { */"]);
    let _ = write!(
        text,
        "project{equals}\"{short}\"{comment}\nregion{equals}\"us-east-1\"\nx{equals}<<E\nproject = \"no\"\nE\naccounts{equals}{{{comment}\n"
    );
    let mut accounts = Vec::new();
    for name in ["security", "\"a b\"", "é", "a-b"] {
        let (written, id) = choices.one_of(&[
            ("\"000000000012\"", Some("000000000012")),
            ("123456789012", Some("123456789012")),
            ("000000000012", Some("000000000012")),
            ("\"XXXXXXXXXXXX\"", None),
            ("null", None),
            ("\"${x}\"", None),
            ("-1", None),
            ("[\"1\"]", None),
        ]);
        let _ = writeln!(text, "  {name}{equals}{{ email{equals}\"o'brien@x\", id{equals}{written} }}{comment}");
        accounts.push((name.trim_matches('"').to_owned(), id.map(str::to_owned)));
    }
    text.push_str("}\n");
    if choices.once_in(2) {
        text = text.replace('\n', "\r\n");
    }
    let expected = Read { short_name: Some(short.to_owned()), region: Some("us-east-1".to_owned()), accounts };
    let found = common_tfvars_of(&text);
    assert!(matches!(&found, Ok(found) if *found == expected), "{found:?} of {text:?}");
}

/// `[plugins.require]` in `leverage.toml`.
///
/// # Panics
///
/// The reader breaks a rule.
pub fn required_plugins(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    let is_raw = choices.below(4) == 0;
    let mut expected = Some(RequiredPlugins::new());
    let text = if is_raw { choices.text() } else { leverage_toml(choices, &mut expected) };
    let layer = Layer { name: "leverage.toml".to_owned(), scope: Scope::Project, text: text.clone() };
    match (config::read(&[layer]), expected) {
        (Ok(read), Some(expected)) if !is_raw => assert_eq!(*read.required(), expected, "{text:?}"),
        (Ok(read), _) => {
            let required = read.required();
            // No file may contain a path.
            let document: toml::Table = text.trim_start_matches('\u{feff}').parse().expect("it was read");
            let wanted =
                document.get("plugins").and_then(|plugins| plugins.get("require")).and_then(|table| table.as_table());
            assert_eq!(required.len(), wanted.map_or(0, toml::Table::len), "{text:?}");
            for (id, hash) in required {
                let written = wanted.and_then(|table| table.get(id)).and_then(|hash| hash.as_str()).unwrap_or_default();
                assert_eq!(hash.to_string(), written.to_lowercase(), "{text:?}");
            }
        }
        (Err(error), expected) => {
            assert!(is_raw || expected.is_none(), "{error:?} of {text:?}");
            assert!(error.message.starts_with("leverage.toml:") && !error.message.contains('\n'), "{error:?}");
        }
    }
}

fn leverage_toml(choices: &mut Choices<'_>, expected: &mut Option<RequiredPlugins>) -> String {
    let ending = choices.one_of(&["\n", "\r\n"]);
    let mut text = String::from(choices.one_of(&["", "\u{feff}", "# c\n", "\n"]));
    text.push_str("[plugins.require]");
    text.push_str(ending);
    for id in ["audit", "a-b", "x_1", "\"ü\""] {
        let hash = Hash::of(&[choices.below(256) as u8]);
        let value = match choices.below(16) {
            0 => "\"./evil.so\"".to_owned(),
            1 => "{ path = \"evil.so\" }".to_owned(),
            2 => "\"sha256-00\"".to_owned(),
            3 => format!("\"{}\"", hash.to_string().replace("sha256", "sha512")),
            4..8 => continue,
            _ => {
                if let Some(expected) = expected {
                    expected.insert(id.trim_matches('"').to_owned(), hash);
                }
                let quote = choices.one_of(&["\"", "'"]);
                let _ = write!(text, "{id} = {quote}{hash}{quote} # c{ending}");
                continue;
            }
        };
        *expected = None;
        let _ = write!(text, "{id} = {value}{ending}");
    }
    if choices.once_in(12) {
        text.push_str(choices.one_of(&["[plugins.load]\nx = 1\n", "[plugin]\n", "x\n", "[plugins]\npath = \"x\"\n"]));
        *expected = None;
    }
    text
}
