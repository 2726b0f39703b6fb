//! What holds for any text: see the names of the tests.

use leverage_editors::hcl::is_identifier;
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 4] = ["security", "data-science", "a b", "missing"];

fn all_accounts() -> Vec<NewId<'static>> {
    let ids = ["000000000012", "123456789012", "999999999999", "000000000000"];
    NAMES.iter().zip(ids).map(|(name, id)| with_email(name, id, "\"${a}\"@x")).collect()
}

/// Texts made of what means something in HCL.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "accounts",
        "organization",
        "organizational_units",
        "security",
        "\"security\"",
        "id",
        "email",
        "name",
        " = ",
        "=",
        ": ",
        ", ",
        "\n",
        "\r\n",
        " ",
        "\t",
        "{",
        "}",
        "{\n",
        "\n}\n",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\"x\"",
        "null",
        "12",
        "é",
        "${",
        "%{",
        "$${",
        "# c\n",
        "// c",
        "/* c */",
        "/*",
        "<<E\n",
        "\nE\n",
        "for ",
        "?",
        "\\",
        "\u{feff}",
        "security_account_id",
        "accounts = {\n",
        "security = {\n",
        "id = \"\"\n",
        "email = \"x\"\n",
        "}\n",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.concat())
}

/// How a generated file is written.
#[derive(Debug, Clone)]
struct Format {
    newline: &'static str,
    indent: &'static str,
    operator: &'static str,
    comma: &'static str,
    quote: bool,
    inline: bool,
    comment: &'static str,
}

fn format() -> impl Strategy<Value = Format> {
    let newline = prop::sample::select(["\n", "\r\n"].as_slice());
    let indent = prop::sample::select(["", " ", "  ", "    ", "\t"].as_slice());
    let operator = prop::sample::select(["=", " = ", "   = ", ": ", " : "].as_slice());
    let comment = prop::sample::select(["", " # c } \"", " // {", " /* ${ */", "  "].as_slice());
    let comma = prop::sample::select(["", ","].as_slice());
    (newline, indent, operator, comma, any::<bool>(), any::<bool>(), comment).prop_map(
        |(newline, indent, operator, comma, quote, inline, comment)| Format {
            newline,
            indent,
            operator,
            comma,
            quote,
            inline,
            comment,
        },
    )
}

type Account = (String, Vec<(&'static str, &'static str)>);

fn accounts() -> impl Strategy<Value = Vec<Account>> {
    let attribute = prop::sample::select(
        [("email", "\"x\""), ("id", "\"\""), ("id", "12"), ("tags", "[1, 2]"), ("note", "\"${a}}\""), ("id", "null")]
            .as_slice(),
    );
    let attributes = prop::collection::vec(attribute, 0..4).prop_map(|mut attributes| {
        attributes.sort_by_key(|&(name, _)| name);
        attributes.dedup_by_key(|&mut (name, _)| name);
        attributes
    });
    let names = prop::sample::subsequence(vec!["security", "data-science", "a b", "x", "y-1", "é"], 0..6);
    names.prop_flat_map(move |names| {
        let count = names.len();
        let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
        (Just(names), prop::collection::vec(attributes.clone(), count))
            .prop_map(|(names, all)| names.into_iter().zip(all).collect())
    })
}

/// The file, and those of its lines that no rule allows to change.
fn file(accounts: &[Account], format: &Format) -> (String, Vec<String>) {
    let Format { newline, indent, operator, comma, quote, inline, comment } = format;
    let key = |name: &str| if *quote || !is_identifier(name) { format!("\"{name}\"") } else { name.to_owned() };
    let mut lines = vec![
        (format!("# head{newline}"), true),
        (format!("accounts{operator}{{{comment}{newline}").replace(": ", "= "), true),
    ];
    for (name, attributes) in accounts {
        let known = NAMES.contains(&name.as_str());
        let pair = |(name, value): &(&str, &str)| format!("{}{operator}{value}", key(name));
        let start = format!("{indent}{}{operator}{{", key(name));
        if *inline {
            let attributes: Vec<_> = attributes.iter().map(pair).collect();
            lines.push((format!("{start}{}}}{comma}{comment}{newline}", attributes.join(",")), !known));
            continue;
        }
        lines.push((format!("{start}{comment}{newline}"), true));
        for attribute in attributes {
            let line = format!("{indent}{indent}{}{comma}{comment}{newline}", pair(attribute));
            lines.push((line, !known || attribute.0 != "id"));
        }
        lines.push((format!("{indent}}}{comma}{newline}"), true));
    }
    lines.push((format!("}}{comment}{newline}"), true));
    lines.push(("tail = <<E\n accounts = {\nE".to_owned(), true));
    let text = lines.iter().map(|(line, _)| line.as_str()).collect();
    (text, lines.into_iter().filter(|(_, fixed)| *fixed).map(|(line, _)| line).collect())
}

fn object<'n, 't>(node: &'n Node<'t>) -> &'n [Item<'t>] {
    match &node.kind {
        Kind::Object(items) => items,
        _ => panic!("not an object: {node:?}"),
    }
}

fn text_of(node: &Node, key: &str) -> Option<String> {
    node.values_of(key).find_map(|value| match &value.kind {
        Kind::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_edited_or_rejected(text in prop_oneof![any::<String>(), soup()]) {
        let accounts = all_accounts();
        if let Ok(after) = record(&text, &accounts) {
            prop_assert_eq!(record(&after, &accounts).unwrap(), after);
        }
        if let Ok(after) = record(&text, &[]) {
            prop_assert_eq!(after, text);
        }
    }

    #[test]
    fn ids_are_recorded_and_all_other_lines_are_unchanged((accounts, format) in (accounts(), format())) {
        let (text, fixed) = file(&accounts, &format);
        let wanted = all_accounts();
        let after = record(&text, &wanted).unwrap();
        prop_assert_eq!(&record(&after, &wanted).unwrap(), &after);

        let mut rest = after.as_str();
        for line in &fixed {
            let at = rest.find(line.as_str());
            prop_assert!(at.is_some(), "{line:?} is not in its place in {after:?}");
            rest = &rest[at.unwrap() + line.len()..];
        }

        let before = Document::parse(&text).unwrap();
        let document = Document::parse(&after).unwrap();
        let (before, members) = (object(&before.attributes[0].value), object(&document.attributes[0].value));
        for (item, old) in members.iter().zip(before) {
            prop_assert_eq!(&item.key, &old.key);
            prop_assert_eq!(text_of(&item.value, "email"), text_of(&old.value, "email"));
        }
        for account in &wanted {
            let found: Vec<_> = members.iter().filter(|item| item.key.as_deref() == Some(account.name)).collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(text_of(&found[0].value, "id"), Some(account.id.to_owned()));
            if !accounts.iter().any(|(name, _)| name == account.name) {
                prop_assert_eq!(text_of(&found[0].value, "email"), account.email.map(str::to_owned));
            }
        }
    }
}
