//! The rules of the editor, one by one. Each test gives a text and says what it becomes.

use super::*;

mod properties;

const ID: &str = "000000000012";

fn new_id<'a>(name: &'a str, id: &'a str) -> NewId<'a> {
    NewId { name, id }
}

/// Records the id of the account `security`, and checks that doing so again changes nothing.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let accounts = [new_id("security", ID)];
    assert_eq!(record(before, &accounts).unwrap(), after);
    assert_eq!(record(after, &accounts).unwrap(), after, "the second time");
}

/// As [`becomes`], for what `organization.accounts` is.
#[track_caller]
fn accounts_become(before: &str, after: &str) {
    becomes(&format!("organization:\n  accounts:{before}"), &format!("organization:\n  accounts:{after}"));
}

#[track_caller]
fn fails(text: &str, line: usize, column: usize, message: &str) {
    let error = record(text, &[new_id("security", ID)]).unwrap_err();
    assert_eq!((error.line, error.column, error.message.as_str()), (line, column, message));
    assert!(!error.hint.is_empty());
}

const GOLDEN: &str = "project_name: example
short_name: ex
region: us-east-1   # the primary one
secondary_region: us-west-2

# the organization
organization:
  accounts:
  - name: management   # root
    email: aws@example.com
  - name: security
    email: aws+security@example.com
  - name: shared
    email: aws+shared@example.com
";

#[test]
fn project_of_three_accounts_gets_the_known_ids() {
    let accounts = [new_id("management", "000000000001"), new_id("shared", ID), new_id("unlisted", ID)];
    let expected = GOLDEN
        .replace(" aws@example.com", " aws@example.com\n    id: \"000000000001\"")
        .replace("shared@example.com", "shared@example.com\n    id: \"000000000012\"");
    assert_eq!(record(GOLDEN, &accounts).unwrap(), expected);
    assert_eq!(record(&expected, &accounts).unwrap(), expected);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(record(&crlf(GOLDEN), &accounts).unwrap(), crlf(&expected));
    let other = |text: &str| format!("\u{feff}---\n{}\n---\nother: 'document'\n", text.trim_end());
    assert_eq!(record(&other(GOLDEN), &accounts).unwrap(), other(&expected));
}

#[test]
fn id_is_set_in_place() {
    for value in
        ["000000000012", "123456789012", "XXXXXXXXXXXX", "\"\"", "''", "~", "null", "!!int 12", "'1\n       2'", "0x1f"]
    {
        accounts_become(
            &format!("\n    - name: security\n      id:  {value} # the id\n      b: 1"),
            "\n    - name: security\n      id:  \"000000000012\" # the id\n      b: 1",
        );
    }
    accounts_become(
        "\n  - name: security\n    id:\n    b: 1",
        "\n  - name: security\n    id: \"000000000012\"\n    b: 1",
    );
    accounts_become("\n  - name: security\n    id: # c\n", "\n  - name: security\n    id: \"000000000012\" # c\n");
    accounts_become("\n  - {name: security, id, b: 1}", "\n  - {name: security, id: \"000000000012\", b: 1}");
    accounts_become("\n  - {name: security, id: , b: 1}", "\n  - {name: security, id: \"000000000012\" , b: 1}");
    accounts_become(
        "\n  - name: security\n    id: |\n      1\n    b: 1\n",
        "\n  - name: security\n    id: \"000000000012\"\n    b: 1\n",
    );
    accounts_become("\n  - id: &a !!int 12\n    name: security", "\n  - id: &a \"000000000012\"\n    name: security");
    accounts_become("\n  - id: !!int\n    name: security", "\n  - id: \"000000000012\"\n    name: security");
}

#[test]
fn equal_id_is_unchanged() {
    for value in
        ["\"000000000012\"", "'000000000012'", "!!str 000000000012", "! 000000000012", ">-\n      000000000012"]
    {
        let text = format!("\n  - name: security\n    id: {value}\n");
        accounts_become(&text, &text);
    }
    for text in [
        "",
        "# nothing\n",
        "project_name: x\r\n",
        "organization:\n",
        "organization: [security]",
        "- security",
        "security",
    ] {
        becomes(text, text);
    }
}

#[test]
fn missing_id_becomes_the_last_entry() {
    // Lists at any indentation, comments, blank lines, no last line ending.
    accounts_become(
        "\n  - name: b\n  -   email: x # the mail\n      name: security # c\n\n      # end\n\n  - name: c\n",
        "\n  - name: b\n  -   email: x # the mail\n      name: security # c\n      id: \"000000000012\"\n\n      # end\n\n  - name: c\n",
    );
    accounts_become("\n    - name: security", "\n    - name: security\n      id: \"000000000012\"");
    accounts_become("\n  -\n     name: security\n", "\n  -\n     name: security\n     id: \"000000000012\"\n");
    accounts_become("\r\n  - name: security\r\n", "\r\n  - name: security\r\n    id: \"000000000012\"\r\n");
    accounts_become("\n  - 'name': security\n", "\n  - 'name': security\n    'id': \"000000000012\"\n");
    accounts_become(
        "\n  - &s name: security\n    e: *s\n",
        "\n  - &s name: security\n    e: *s\n    id: \"000000000012\"\n",
    );
    accounts_become(
        "\n  - &s\n    name: security\n  - *s\n",
        "\n  - &s\n    name: security\n    id: \"000000000012\"\n  - *s\n",
    );
    accounts_become(
        "\n  - é: ü # ö\n    name: security",
        "\n  - é: ü # ö\n    name: security\n    id: \"000000000012\"",
    );
}

#[test]
fn missing_id_follows_the_last_value_of_any_kind() {
    for value in [
        "x",
        "'x'",
        "\"x\n      y\"",
        "x\n      y",
        "[a, b]",
        "{a: b,\n       c: d}",
        "\n      a:\n      - b:",
        "\n    - a\n    -",
        "|\n      x\n      y",
        ">-\n      x\n\n       y",
        "|2-\n       x",
        "",
        "&a",
        "!!str",
    ] {
        accounts_become(
            &format!("\n  - name: security\n    last: {value}\n\n  - name: b\n"),
            &format!("\n  - name: security\n    last: {value}\n    id: \"000000000012\"\n\n  - name: b\n"),
        );
    }
    // The blank lines belong to the value.
    accounts_become(
        "\n  - name: security\n    last: |+\n      x\n\n  - name: b\n",
        "\n  - name: security\n    last: |+\n      x\n\n    id: \"000000000012\"\n  - name: b\n",
    );
    accounts_become(
        "\r\n  - name: security\r\n    last: |+\r\n      x\r\n\r\n  - name: b\r\n",
        "\r\n  - name: security\r\n    last: |+\r\n      x\r\n\r\n    id: \"000000000012\"\r\n  - name: b\r\n",
    );
}

#[test]
fn missing_id_is_added_in_braces() {
    accounts_become(" [{name: security}, {name: b}]", " [{name: security, id: \"000000000012\"}, {name: b}]");
    accounts_become(" [ { name: security, email: x, } ]", " [ { name: security, email: x, id: \"000000000012\", } ]");
    accounts_become(" [{\"name\":\"security\",\"e\":1}]", " [{\"name\":\"security\",\"e\":1,\"id\":\"000000000012\"}]");
    accounts_become(" [{name: security, e}]", " [{name: security, e, id: \"000000000012\"}]");
    accounts_become(" [{name: security, e: }]", " [{name: security, e: , id: \"000000000012\" }]");
    accounts_become(" [name: security]", " [{name: security, id: \"000000000012\"}]");
    accounts_become(
        "\n  - {\n      name: security, # n\n      e: x # e\n    }",
        "\n  - {\n      name: security, # n\n      e: x, # e\n      id: \"000000000012\"\n    }",
    );
    accounts_become(
        "\n  - {\n      name: security, # n\n      e: x, # e\n    }",
        "\n  - {\n      name: security, # n\n      e: x, # e\n      id: \"000000000012\",\n    }",
    );
    accounts_become(
        "\n  - {\n      name: security,\n      e: x }",
        "\n  - {\n      name: security,\n      e: x,\n      id: \"000000000012\" }",
    );
    accounts_become(" { security: {}, b: { } }", " { security: {id: \"000000000012\"}, b: { } }");
    accounts_become(" { b: {}, security: { } }", " { b: {}, security: { id: \"000000000012\" } }");
}

#[test]
fn map_of_accounts_gets_ids() {
    accounts_become(
        "\n    security:\n      email: x\n    b: {}\n",
        "\n    security:\n      email: x\n      id: \"000000000012\"\n    b: {}\n",
    );
    // Accounts without attributes.
    accounts_become("\n    security: # c\n    b:\n", "\n    security: # c\n      id: \"000000000012\"\n    b:\n");
    accounts_become(
        "\n    b:\n       c: d\n    security:",
        "\n    b:\n       c: d\n    security:\n       id: \"000000000012\"",
    );
    accounts_become("\n    security: ~\n", "\n    security: {id: \"000000000012\"}\n");
    accounts_become(" {security, b}", " {security: {id: \"000000000012\"}, b}");
    accounts_become(" {security: , b}", " {security: {id: \"000000000012\"} , b}");
    // What is something else is left alone.
    for text in [" {security: a@b}", "\n    security: [a]", " [security]", " 12", "\n    security: &a\n    b: *a"] {
        accounts_become(text, text);
    }
}

#[test]
fn accounts_of_units_get_ids() {
    becomes(
        "organization:\n  organizational_units:\n    dev:\n      policy: []\n    prod:\n      accounts:\n      - name: security\n",
        "organization:\n  organizational_units:\n    dev:\n      policy: []\n    prod:\n      accounts:\n      - name: security\n        id: \"000000000012\"\n",
    );
    becomes(
        "organization:\n  organizational_units:\n    - name: prod\n      accounts: {security: {}}\n",
        "organization:\n  organizational_units:\n    - name: prod\n      accounts: {security: {id: \"000000000012\"}}\n",
    );
    // Elsewhere, the same words mean something else.
    for text in ["accounts:\n- name: security\n", "organization:\n- accounts: {security: {}}\n"] {
        becomes(text, text);
    }
}

#[test]
fn aliases_are_resolved_for_values_only() {
    let text = "n: &n security\ni: &i '000000000012'\norganization:\n  accounts:\n  - name: *n\n";
    becomes(text, &format!("{text}    id: \"000000000012\"\n"));
    becomes(&format!("{text}    id: *i\n"), &format!("{text}    id: *i\n"));
    becomes(&format!("{text}    id: *n\n"), &format!("{text}    id: \"000000000012\"\n"));
    let text = "a: &a [{name: security}]\norganization:\n  accounts: *a\n";
    becomes(text, text);
}

#[test]
fn invalid_yaml_is_an_error_with_its_place() {
    for (text, line, column) in [
        ("a: 1\nb: 'x\n", 2, 4),
        ("a:\n\tb: 1\n", 2, 2),
        ("é: b: c\n", 1, 5),
        ("a: *x\n", 1, 4),
        ("organization:\n  accounts:\n  - name: security\n   email: x\n", 4, 4),
        ("a: 1\n---\nb: [", 3, 5),
    ] {
        let error = record(text, &[new_id("security", ID)]).unwrap_err();
        assert!(error.message.starts_with("invalid YAML: "), "{}", error.message);
        assert_eq!((error.line, error.column), (line, column), "{text:?}: {}", error.message);
    }
}

#[test]
fn duplicate_is_an_error_with_its_place() {
    fails("a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key `a`");
    fails("organization: {accounts: [{name: security, \"name\": b}]}", 1, 44, "duplicate key `name`");
    fails("organization:\n  accounts:\n  - name: security\n    id: 1\n    'id': 2\n", 5, 5, "duplicate key `id`");
    fails("organization:\n  accounts:\n  - name: security\n  - name: security\n", 4, 5, "duplicate account `security`");
    // Both places of an account get its id.
    becomes(
        "organization:\n  accounts: [{name: security}]\n  organizational_units: {a: {accounts: {security: }}}\n",
        "organization:\n  accounts: [{name: security, id: \"000000000012\"}]\n  organizational_units: {a: {accounts: {security: {id: \"000000000012\"} }}}\n",
    );
    // Merge keys, and keys that only look alike.
    let text = "x: &x {}\n<<: *x\n1: a\n'1': b\nz: {<<: *x, <<: *x}\n";
    becomes(&text.replace("<<: *x\n", ""), &text.replace("<<: *x\n", ""));
}

#[test]
fn edit_with_side_effects_is_rejected() {
    fails(
        "organization: {accounts: [{name: security, id: [1]}]}",
        1,
        48,
        "the `id` of an account is not a single value",
    );
    // Another value is an alias of this one.
    fails(
        "organization: {accounts: [{name: security, id: &i 1}]}\nother: *i\n",
        1,
        51,
        "cannot add the account ids here without changing something else",
    );
}

#[test]
fn large_files_are_edited() {
    let names: Vec<_> = (0..2_000).map(|number| format!("account-{number}")).collect();
    let accounts: Vec<_> = names.iter().map(|name| new_id(name, ID)).collect();
    let file = |id: &str| {
        let listed: String = names.iter().map(|name| format!("  - name: {name}\n    email: é\n{id}")).collect();
        format!("organization:\n  accounts:\n{listed}")
    };
    assert_eq!(record(&file(""), &accounts).unwrap(), file("    id: \"000000000012\"\n"));
}
