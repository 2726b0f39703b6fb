//! Independent programs read alike what the editors write: botocore, the AWS SDK for Rust and rust-ini;
//! python-hcl2; PyYAML. A few hundred generated inputs; with `LEVERAGE_FUZZ` set, 100,000 and more (tests/FUZZING.md).

use ::ini::{Ini, ParseOption};
use leverage_editors::ini::SharedFile;
use leverage_tests::counterparts::ask;
use leverage_tests::invariants::{ini, input, terraform_vars, yaml};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many inputs the process reads at a time.
const BATCH: usize = 250;

/// How many inputs there are to be: few, or in the long form many.
fn inputs(few: usize, many: usize) -> usize {
    if std::env::var_os("LEVERAGE_FUZZ").is_some() { many } else { few }
}

/// Other inputs than those that the tests of editors begin with.
fn numbers() -> impl Iterator<Item = u64> {
    1_000_000_000..
}

/// What a reader finds in the texts before and after each edit.
fn ask_in_batches<T>(request: &str, cases: Vec<(T, Value, Value)>, mut check: impl FnMut(T, Value, Value)) {
    let mut cases = cases.into_iter().peekable();
    while cases.peek().is_some() {
        let batch: Vec<_> = cases.by_ref().take(BATCH).collect();
        let texts: Vec<&Value> = batch.iter().flat_map(|(_, before, after)| [before, after]).collect();
        let Value::Array(found) = ask(&json!({ "do": request, "texts": texts })) else { panic!("no list") };
        let mut found = found.into_iter();
        for (case, _, _) in batch {
            let mut next = || found.next().expect("as many answers as texts");
            check(case, next(), next());
        }
    }
}

/// Whether rust-ini has a word for every line. It knows no continued values, takes an indented line for what it would be
/// without the indentation, unless a setting is above it, and takes every space of Unicode for one.
fn is_for_rust_ini(text: &str) -> bool {
    const BLANKS: [char; 3] = [' ', '\t', '\r'];
    fn trim(line: &str) -> &str {
        line.trim_matches(BLANKS)
    }
    let is_setting = |line: &str| line.contains(['=', ':']) && !trim(line).starts_with(['#', ';', '[']);
    let mut above = "";
    let has_other_spaces = text.chars().any(|c| c.is_whitespace() && c != '\n' && !BLANKS.contains(&c));
    !has_other_spaces
        && text.lines().all(|line| {
            let may_be_indented = is_setting(line) && is_setting(above);
            above = line;
            match trim(line) {
                "" => true,
                text if text.ends_with('\\') => false,
                _ if line.starts_with(BLANKS) => may_be_indented,
                // A header that is not closed goes on in the next line.
                text if text.starts_with('[') => text.find(']') == Some(text.len() - 1) && text.rfind('[') == Some(0),
                text => text.starts_with(['#', ';']) || is_setting(text),
            }
        })
}

/// What rust-ini reads in one of the AWS files, by the names of AWS; nothing, if it refuses the file, or if a section or a
/// setting is there twice. It knows no comments behind values, and nothing of AWS.
fn read_by_rust_ini(case: &ini::Case, text: &str) -> Option<ini::Sections> {
    if !is_for_rust_ini(text) {
        return None;
    }
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        // So that nested settings are no settings of the section.
        enabled_preserve_key_leading_whitespace: true,
        ..ParseOption::default()
    };
    let file = Ini::load_from_str_opt(text.trim_start_matches('\u{feff}'), options).ok()?;
    let mut sections = ini::Sections::new();
    for (name, properties) in &file {
        let Some(name) = name else {
            if properties.is_empty() {
                continue;
            }
            return None;
        };
        let name = match case.file {
            SharedFile::Config if name != "default" => name.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => format!("profile {}", name.trim()),
        };
        let mut settings = BTreeMap::new();
        for (key, value) in properties {
            let value = [" #", " ;", "\t#", "\t;"]
                .iter()
                .fold(value, |value, comment| value.split(comment).next().unwrap_or_default());
            if settings.insert(key.to_lowercase(), value.trim().to_owned()).is_some() {
                return None;
            }
        }
        if sections.insert(name, settings).is_some() {
            return None;
        }
    }
    Some(sections)
}

#[test]
fn botocore_the_sdk_and_rust_ini_read_the_same_in_aws_files() {
    let wanted = inputs(500, 100_000);
    let (mut tried, mut both, mut third) = (0, 0, 0);
    let mut numbers = numbers();
    while both < wanted {
        let mut cases = Vec::new();
        while cases.len() < BATCH {
            let case = ini::Case::new(&input(numbers.next().expect("they don't end")));
            let Some(after) = case.edit(&case.before) else { continue };
            // For the AWS CLI, the settings of a section of this name are those of all others, new ones too.
            if case.before.contains("DEFAULT]") {
                continue;
            }
            let name = if case.file == SharedFile::Config { "config" } else { "credentials" };
            let text = |text: &str| json!([name, text.trim_start_matches('\u{feff}')]);
            let (before, after_text) = (text(&case.before), text(&after));
            cases.push(((case, after), before, after_text));
        }
        tried += cases.len();
        ask_in_batches("all_sections", cases, |(case, after), before_by_cli, after_by_cli| {
            let sections = |value| serde_json::from_value::<Option<ini::Sections>>(value).expect("sections");
            let (before_by_cli, after_by_cli) = (sections(before_by_cli), sections(after_by_cli));
            let read = before_by_cli.is_some();
            case.check_reading("botocore", before_by_cli, after_by_cli, &after);
            let by_sdk = ini::read_by_sdk(&case, &case.before);
            both += usize::from(read && by_sdk.is_some());
            case.check_reading("the AWS SDK", by_sdk, ini::read_by_sdk(&case, &after), &after);
            let by_rust_ini = read_by_rust_ini(&case, &case.before);
            third += usize::from(by_rust_ini.is_some());
            case.check_reading("rust-ini", by_rust_ini, read_by_rust_ini(&case, &after), &after);
        });
    }
    println!("AWS files: {tried} edits, {both} of files that botocore and the AWS SDK read before: both read the same");
    println!("AWS files: {third} of files that rust-ini reads before: it reads the same");
    assert!(both * 3 > tried && third * 4 > tried, "many files are readable");
}

/// The value without any `id`. A value that is empty then becomes null.
fn without_ids(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let rest: serde_json::Map<_, _> = members
                .iter()
                .filter(|(key, _)| !matches!(key.trim_matches('"'), "id") && !key.ends_with("_account_id"))
                .map(|(key, value)| (key.clone(), without_ids(value)))
                .collect();
            if rest.is_empty() { Value::Null } else { Value::Object(rest) }
        }
        Value::Array(items) => Value::Array(items.iter().map(without_ids).collect()),
        other => other.clone(),
    }
}

/// The ids of the account called `name`, in a list or a map of accounts.
fn ids<'v>(accounts: &'v Value, name: &str) -> Vec<&'v Value> {
    let attributes: Vec<&Value> = match accounts {
        Value::Object(accounts) => {
            accounts.iter().filter(|(key, _)| key.trim_matches('"') == name).map(|(_, value)| value).collect()
        }
        Value::Array(accounts) => accounts.iter().filter(|account| account["name"] == name).collect(),
        _ => Vec::new(),
    };
    attributes.into_iter().map(|attributes| attributes.get("id").unwrap_or(&attributes["\"id\""])).collect()
}

#[test]
fn python_hcl2_reads_the_ids_in_terraform_variables() {
    let wanted = inputs(200, 20_000);
    let (mut read, mut numbers, mut tried) = (0, numbers(), 0);
    while tried < wanted {
        let mut cases = Vec::new();
        while cases.len() < BATCH.min(wanted) {
            let case = terraform_vars::Case::new(&input(numbers.next().expect("they don't end")));
            // Terraform accepts all letters in a name, python-hcl2 does not.
            if case.wanted.iter().any(|account| !account.name.is_ascii()) {
                continue;
            }
            let Some(after) = terraform_vars::check_case(&case).filter(|after| *after != case.before) else { continue };
            let before = case.before.clone();
            cases.push(((case, after.clone()), before.into(), after.into()));
        }
        tried += cases.len();
        ask_in_batches("all_tfvars", cases, |(case, text), before, after| {
            if before.is_null() {
                return;
            }
            read += 1;
            for account in &case.wanted {
                for id in ids(&after["accounts"], account.name) {
                    assert_eq!(id, account.id, "{text:?} of {case:?}");
                }
            }
            let (before, mut after) = (without_ids(&before), without_ids(&after));
            // Added accounts are not in the text before.
            if let Some(accounts) = after.get_mut("accounts").and_then(Value::as_object_mut) {
                accounts.retain(|name, _| before["accounts"].get(name).is_some());
                if accounts.is_empty() {
                    after["accounts"] = Value::Null;
                }
            }
            assert_eq!(after, before, "{text:?} of {case:?}");
        });
    }
    println!("Terraform variables: {tried} edits, {read} of files that python-hcl2 reads: all is there");
    assert!(read * 4 > tried, "many files are readable");
}

#[test]
fn pyyaml_reads_the_ids_in_project_yaml() {
    let wanted = inputs(200, 20_000);
    let (mut read, mut numbers, mut tried) = (0, numbers(), 0);
    while tried < wanted {
        let mut cases = Vec::new();
        while cases.len() < BATCH.min(wanted) {
            let case = yaml::Case::new(&input(numbers.next().expect("they don't end")));
            let Some(after) = yaml::check_case(&case).filter(|after| *after != case.before) else { continue };
            let before = case.before.clone();
            cases.push(((case, after.clone()), before.into(), after.into()));
        }
        tried += cases.len();
        ask_in_batches("all_yaml", cases, |(case, text), before, after| {
            if before.is_null() {
                return;
            }
            read += 1;
            for account in &case.wanted {
                for id in ids(&after["organization"]["accounts"], account.name) {
                    assert_eq!(id, account.id, "{text:?} of {case:?}");
                }
            }
            assert_eq!(without_ids(&after), without_ids(&before), "{text:?} of {case:?}");
        });
    }
    println!("project.yaml: {tried} edits, {read} of files that PyYAML reads: all is there");
    assert!(read * 2 > tried, "most files are readable");
}
