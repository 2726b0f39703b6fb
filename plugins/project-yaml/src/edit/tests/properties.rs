//! What holds for any text: see the names of the tests.

use proptest::prelude::*;

use super::*;

fn all_accounts() -> [NewId<'static>; 3] {
    [new_id("security", ID), new_id("data-science", "123456789012"), new_id("o'brien", "999999999999")]
}

/// Texts made of what means something in YAML.
fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "organization",
        "accounts",
        "organizational_units",
        "security",
        "name",
        "id",
        "email",
        ":",
        ": ",
        ":\n",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\n  ",
        "\n    ",
        "- ",
        "-",
        "? ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        "\"",
        "|",
        "|+\n",
        ">-\n",
        "&a ",
        "*a",
        "!!str ",
        "!",
        "# c\n",
        " #",
        "12",
        "~",
        "é",
        "\t",
        "---\n",
        "...\n",
        "<<: ",
        "\u{feff}",
        "%",
        "@",
        "organization:\n  accounts:\n",
        "  - name: security\n",
        "    id: 1\n",
        "    email: x\n",
        "{name: security}",
        "organization: {accounts: [",
        "]}",
    ];
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.concat())
}

/// The lines of a file, each with whether it has to stay.
type Lines = Vec<(String, bool)>;

fn account() -> impl Strategy<Value = Vec<(String, String)>> {
    let value = prop::sample::select(vec![
        "x",
        "'it''s'",
        "\"a: # b\"",
        "",
        "~",
        "[a, {b: c}]",
        "|\n        text\n\n         more",
        ">+\n        folded\n\n",
        "!!str 12",
        "\n        k: v\n        l: [",
        "\n        - 1\n        - ",
    ]);
    let value = value.prop_map(|value| if value.ends_with("l: [") { format!("{value}]") } else { value.to_owned() });
    let key = prop::sample::select(vec!["email", "note", "'quoted'", "\"json\""]).prop_map(str::to_owned);
    let id = prop::sample::select(vec!["", "12", "000000000012", "\"XXXXXXXXXXXX\"", "~", "'000000000012'"]);
    (prop::collection::vec((key, value), 0..4), prop::option::of((0..4_usize, id))).prop_map(|(mut attributes, id)| {
        attributes.sort();
        attributes.dedup_by(|(one, _), (other, _)| one == other);
        if let Some((place, id)) = id {
            attributes.insert(place.min(attributes.len()), ("id".to_owned(), id.to_owned()));
        }
        attributes
    })
}

/// A file that lists accounts.
fn file() -> impl Strategy<Value = Lines> {
    let names = prop::sample::subsequence(vec!["security", "data-science", "o'brien", "other", "é"], 0..6);
    let accounts = names.prop_flat_map(|names| {
        let count = names.len();
        (Just(names), prop::collection::vec(account(), count))
    });
    let comment = prop::sample::select(vec!["", " # c", "\n\n      # between", "\n"]);
    (accounts, any::<bool>(), comment, prop::sample::select(vec!["\n", "\r\n"])).prop_map(
        |((names, all), as_map, comment, newline)| {
            let mut lines = vec![("# head\norganization:\n  accounts:\n".to_owned(), true)];
            for (name, attributes) in names.into_iter().zip(all) {
                let start =
                    if as_map { format!("    {name}:{comment}\n") } else { format!("    - name: {name}{comment}\n") };
                lines.push((start, true));
                let known = all_accounts().iter().any(|account| account.name == name);
                for (key, value) in attributes {
                    let value = if value.contains('\n') { value } else { format!("{value}{comment}") };
                    lines.push((format!("      {key}: {value}\n"), !(known && key == "id")));
                }
            }
            lines.push(("tail: [1, 2] # end".to_owned(), true));
            let single = |(lines, fixed): &(String, bool)| {
                let fixed = *fixed;
                let lines: Vec<_> =
                    lines.split_inclusive('\n').map(|line| (line.replace('\n', newline), fixed)).collect();
                lines
            };
            lines.iter().flat_map(single).collect()
        },
    )
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
    fn ids_are_recorded_and_all_other_lines_are_unchanged(lines in file()) {
        let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
        let accounts = all_accounts();
        let after = match record(&text, &accounts) {
            Ok(after) => after,
            Err(error) => return Err(TestCaseError::fail(format!("{error:?} in {text:?}"))),
        };
        prop_assert_eq!(&record(&after, &accounts).unwrap(), &after);

        let mut rest = after.as_str();
        for (line, _) in lines.iter().filter(|(_, fixed)| *fixed) {
            let at = rest.find(line.as_str());
            prop_assert!(at.is_some(), "{line:?} is not in its place in {after:?}");
            rest = &rest[at.unwrap() + line.len()..];
        }
        for account in accounts.iter().filter(|account| text.contains(account.name)) {
            prop_assert!(after.contains(&format!("{}\"", account.id)) || after.contains(&format!("{}'", account.id)), "{after:?}");
        }
    }
}
