//! The vault conceals every secret value, in each format that outputs read, and no value that a plugin needs. Revealing
//! restores the text byte for byte.

use leverage_core::secrets::{Vault, has_token};
use leverage_editors::{dotenv, hcl, yaml};

use super::choices::Choices;

/// The secret values.
const SECRET: &str = "NobodyMaySeeThis";

/// Pieces that have a meaning in one of the formats.
const WORDS: [&str; 40] = [
    "token",
    "password",
    "PRIVATE_KEY",
    "name",
    "export ",
    "=",
    " = ",
    ":",
    ": ",
    "\"",
    "'",
    "\\",
    "[",
    "]",
    "{",
    "}",
    ",",
    "<<",
    "<<-",
    "EOF",
    "|",
    ">-",
    "- ",
    "#",
    "//",
    ";",
    "\n",
    "\n",
    "\r\n",
    "  ",
    "\t",
    "$",
    "\u{feff}",
    "é",
    "\u{2028}",
    "[profile a]",
    "x",
    "''",
    "\"\"",
    "null",
];

/// Settings whose value is secret, `§` in it, as each format has them.
const ENV: [&str; 8] = [
    "TOKEN=§",
    "export API_KEY='§'",
    "PRIVATE_KEY=\"-----BEGIN\n§\n\n§==\n-----END\" # why",
    "TOKEN=[§",
    "TOKEN=<§>",
    "TOKEN={\"a\": \"§\"}",
    "MY_SECRET='§\n§'",
    "PASSWORD=|§",
];
const GITHUB: [&str; 4] =
    ["TOKEN=§", "TOKEN<<EOF\n§\nEOF", "PRIVATE_KEY<<ghadelimiter_1\n§\n\nA=§\nghadelimiter_1", "SECRET<<A=B\n§\nA=B"];
const HCL: [&str; 6] = [
    "token = \"§\"",
    "api_tokens = [\"§\", \"§\"] # why",
    "tokens = [\n  \"§\", # why\n  \"§\"\n]",
    "private_key = <<EOF\n§\n §\nEOF",
    "private_key = <<-EOF\n    §\n  EOF",
    "a = { password = \"§\", b = 1 }",
];
const YAML: [&str; 7] = [
    "token: §",
    "tokens:\n  - §\n  - '§'",
    "token: |\n  §\n\n  §",
    "token: >-\n    §\n     §",
    "tokens: [§, \"§\"]",
    "token: \"§\n  §\"",
    "a: {password: §, b: 1}",
];
const INI: [&str; 4] = ["aws_secret_access_key = §", "aws_session_token=\"§", "token = [§", "password = <§"];

/// Settings that are no secret, with a secret's name in a string or in brackets.
const HCL_STRINGS: [&str; 6] = [
    "a = \"https://x/?token=§\"",
    "a = [\"--token=§\", \"secret:§\"]",
    "a = { b = \"arn:secret:§\", c = 1 }",
    "a = <<EOF\ntoken = [\"§\nEOF",
    "/* password = \"§\" */",
    "a = \"x\" # token: '§",
];
const YAML_STRINGS: [&str; 9] = [
    "a: \"https://x/?token=§\"",
    "a: 'token=it''s §'",
    "a: [--token=§, \"secret: §\", b]",
    "a: {b: \"x:secret:§\", c: 1}",
    "a: [\n  --token=§,\n  b\n ]",
    "a: |\n  password = \"§",
    "a: \"x\n  token=§\n  y\"",
    "secrets: # §\n  a: b",
    "a: &token\n  secret: &b §",
];
const ENV_STRINGS: [&str; 4] =
    ["URL=\"https://x/?token=§\"", "export URL='x:secret:§' # why", "A=\"x\ntoken=§\ny\"", "A='--password=§'"];

/// The check of the vault.
///
/// # Panics
///
/// The vault breaks a rule.
pub fn check(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    match choices.below(11) {
        0 => comes_back(&choices.text()),
        1 | 2 => comes_back(&choices.concat(&WORDS, 60)),
        3 => settings(choices, &ENV, "N=x", ""),
        4 => settings(choices, &GITHUB, "N<<EOF\nx\nEOF", ""),
        5 => settings(choices, &HCL, "n = [\"x\"]", ""),
        6 => settings(choices, &YAML, "n: 'x'", ""),
        7 => stays_valid(choices, &HCL_STRINGS, "=", "n = \"x\"", |text| hcl::Document::parse(text).is_ok()),
        8 => stays_valid(choices, &YAML_STRINGS, ":", "n: 'x'", |text| yaml::Document::parse(text).is_ok()),
        9 => stays_valid(choices, &ENV_STRINGS, "=", "N='x'", |text| dotenv::edit(text, &[]).is_ok()),
        _ => settings(choices, &INI, "n = \"x\"", "[profile a]\n"),
    };
}

/// Checks that revealing the concealed text restores it, and returns the concealed text.
fn comes_back(text: &str) -> String {
    // A text that already contains tokens is refused.
    if has_token(text) {
        return String::new();
    }
    let vault = Vault::default();
    let concealed = vault.conceal(text).expect("a vault takes all").into_owned();
    assert_eq!(*vault.reveal(&concealed).expect("its own tokens"), text);
    assert_eq!(vault.conceal(text).expect("a vault takes all"), concealed, "the same text is concealed alike");
    concealed
}

/// Settings whose names differ, with a secret's name in them, are as valid as they were before.
fn stays_valid(
    choices: &mut Choices<'_>,
    settings: &[&str],
    separator: &str,
    plain: &str,
    is_valid: fn(&str) -> bool,
) -> String {
    let mut text = String::new();
    let mut names = 0..;
    for _ in 0..choices.below(6) {
        for setting in [choices.one_of(settings), plain] {
            let number = names.next().unwrap_or_default();
            // Each setting has a name of its own.
            text.push_str(&match setting.split_once(separator) {
                Some((name, value)) if !setting.starts_with('/') => {
                    format!("{}{number}{}{separator}{value}\n", name.trim_end(), &name[name.trim_end().len()..])
                }
                _ => format!("{setting}\n"),
            });
        }
    }
    let ending = choices.one_of(&["\n", "\r\n"]);
    let text = text.replace('§', SECRET).replace('\n', ending);
    assert!(is_valid(&text), "{text:?}");
    let concealed = comes_back(&text);
    assert!(is_valid(&concealed), "{concealed:?} of {text:?}");
    concealed
}

/// Some settings, and one behind each that is no secret.
fn settings(choices: &mut Choices<'_>, secret: &[&str], plain: &str, head: &str) -> String {
    let mut text = String::from(head);
    let count = choices.below(6);
    for _ in 0..count {
        text.push_str(choices.one_of(secret));
        text.push_str(choices.one_of(&["\n", "\n\n", "\n# why\n"]));
        text.push_str(plain);
        text.push('\n');
    }
    let ending = choices.one_of(&["\n", "\r\n"]);
    let text = text.replace('§', SECRET).replace('\n', ending);
    let concealed = comes_back(&text);
    assert!(!concealed.contains(SECRET), "{concealed:?} of {text:?}");
    let plain = plain.replace('\n', ending);
    assert_eq!(concealed.matches(&plain).count(), count, "{concealed:?} of {text:?}");
    concealed
}
