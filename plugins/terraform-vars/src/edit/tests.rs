//! The rules of the editor, one by one. Each test gives a text and says what it becomes.

use super::*;

mod properties;

const ID: &str = "000000000012";

fn new_id<'a>(name: &'a str, id: &'a str) -> NewId<'a> {
    NewId { name, id, email: None }
}

fn with_email<'a>(name: &'a str, id: &'a str, email: &'a str) -> NewId<'a> {
    NewId { name, id, email: Some(email) }
}

/// Records the id of the account `security`, and checks that doing so again changes nothing.
fn security(text: &str) -> String {
    let accounts = [new_id("security", ID)];
    let after = record(text, &accounts).unwrap();
    assert_eq!(record(&after, &accounts).unwrap(), after, "the second time");
    after
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    assert_eq!(security(before), after);
}

#[track_caller]
fn fails(text: &str, line: usize, column: usize, message: &str) {
    let error = record(text, &[new_id("security", ID)]).unwrap_err();
    assert_eq!((error.line, error.column, error.message.as_str()), (line, column, message));
    assert!(!error.hint.is_empty());
}

const GOLDEN: &str = r#"# Project (short name)
project         = "ex"

# Project (long name)
project_long    = "example"

# AWS primary region
region_primary  = "us-east-1"
region_secondary      = "us-west-2"

# Account IDs
management_account_id = "000000000001"
security_account_id = "XXXXXXXXXXXX"
shared_account_id = "XXXXXXXXXXXX"

# Accounts
accounts    = {
  management = {
      email = "aws@example.com",
      id = "000000000001"
  }
  security = {
      email = "aws+security@example.com"
  }
  shared = {
      email = "aws+shared@example.com"
  }
}

# AWS SSO
sso_enabled   = false
sso_start_url = "https://bbleverage.awsapps.com/start"
sso_region    = "us-east-1"
"#;

#[test]
fn project_of_three_accounts_gets_all_ids() {
    let accounts = ["management", "security", "shared"].iter().zip(["000000000001", ID, "000000000013"]);
    let accounts: Vec<_> = accounts.map(|(name, id)| new_id(name, id)).collect();
    let expected = GOLDEN
        .replace("security_account_id = \"XXXXXXXXXXXX\"", "security_account_id = \"000000000012\"")
        .replace("shared_account_id = \"XXXXXXXXXXXX\"", "shared_account_id = \"000000000013\"")
        .replace("+security@example.com\"", "+security@example.com\"\n      id = \"000000000012\"")
        .replace("+shared@example.com\"", "+shared@example.com\"\n      id = \"000000000013\"");
    assert_eq!(record(GOLDEN, &accounts).unwrap(), expected);
    assert_eq!(record(&expected, &accounts).unwrap(), expected);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(record(&crlf(GOLDEN), &accounts).unwrap(), crlf(&expected));
}

#[test]
fn id_is_set_in_place() {
    for value in ["\"\"", "\"XXXXXXXXXXXX\"", "null", "000000000012", "123456789012", "var.id", "<<EOT\nx\nEOT", "[1]"]
    {
        becomes(
            &format!("accounts = {{\n  security = {{\n    id   =  {value} # the id\n    b = 1\n  }}\n}}\n")
                .replace("EOT # the id", "EOT"),
            &"accounts = {\n  security = {\n    id   =  \"000000000012\" # the id\n    b = 1\n  }\n}\n"
                .replace(" # the id", if value.starts_with("<<") { "" } else { " # the id" }),
        );
    }
    becomes("accounts={security:{id:null,email:null}}", "accounts={security:{id:\"000000000012\",email:null}}");
    becomes(
        "accounts = { (\"security\") = { \"id\" = 1 } }",
        "accounts = { (\"security\") = { \"id\" = \"000000000012\" } }",
    );
}

#[test]
fn equal_id_is_unchanged() {
    for text in [
        "accounts = { security = { id = \"000000000012\" } }",
        "accounts = { security = { id = \"00000000001\\u0032\" } }",
        "security_account_id = \"000000000012\"\r\n",
        "project = \"ex\"\n",
        "\u{feff}# nothing",
        "",
    ] {
        becomes(text, text);
    }
}

#[test]
fn missing_id_is_added_in_the_style_of_its_siblings() {
    // One line.
    becomes(
        "accounts = { security = { email = \"x\" } }",
        "accounts = { security = { email = \"x\", id = \"000000000012\" } }",
    );
    becomes("accounts={security={email=\"x\",}}", "accounts={security={email=\"x\", id=\"000000000012\",}}");
    becomes("accounts = {\n  security = {}\n}", "accounts = {\n  security = { id = \"000000000012\" }\n}");
    becomes(
        "accounts = { security = { e = 1 /* c */ } }",
        "accounts = { security = { e = 1 /* c */, id = \"000000000012\" } }",
    );
    // Trailing commas, comments, line endings.
    becomes(
        "accounts = {\r\n\tsecurity = {\r\n\t\temail = \"x\", # mail\r\n\t}\r\n}",
        "accounts = {\r\n\tsecurity = {\r\n\t\temail = \"x\", # mail\r\n\t\tid    = \"000000000012\",\r\n\t}\r\n}",
    );
    becomes(
        "accounts = {\n  \"security\" : {\n    \"email\" : \"x\"\n    # end\n  }\n}\n",
        "accounts = {\n  \"security\" : {\n    \"email\" : \"x\"\n    \"id\"    : \"000000000012\"\n    # end\n  }\n}\n",
    );
    becomes(
        "accounts = {\n  security = {\n    a = <<-E\n    }\n    E\n  }\n}\n",
        "accounts = {\n  security = {\n    a = <<-E\n    }\n    E\n    id = \"000000000012\"\n  }\n}\n",
    );
    // Empty, over several lines.
    becomes(
        "accounts = {\n  security = {\n  }\n}\n",
        "accounts = {\n  security = {\n    id = \"000000000012\"\n  }\n}\n",
    );
    becomes(
        "accounts = {\n  security = { # c\n\n  }\n}\n",
        "accounts = {\n  security = { # c\n\n    id = \"000000000012\"\n  }\n}\n",
    );
    // The brace in the last attribute's line.
    becomes(
        "accounts = {\n  security = {\n    a = 1\n    b = 2 }\n}\n",
        "accounts = {\n  security = {\n    a = 1\n    b = 2\n    id = \"000000000012\" }\n}\n",
    );
}

#[test]
fn aligned_equals_signs_stay_aligned() {
    let account = |attributes: &str| format!("accounts = {{\n  security = {{\n{attributes}  }}\n}}\n");
    let check = |before: &str, added: &str| becomes(&account(before), &account(&format!("{before}{added}")));
    check("    email  = \"x\"\n    region = \"y\"\n", "    id     = \"000000000012\"\n");
    check("    email = \"x\"\n    region = \"y\"\n", "    id = \"000000000012\"\n");
    check("    email      = \"x\"\n", "    id         = \"000000000012\"\n");
    check("    email=\"x\"\n", "    id=\"000000000012\"\n");
    // A value of several lines ends the columns, for `terraform fmt`, too.
    check("    email  = \"x\"\n    tags = {\n    }\n", "    id = \"000000000012\"\n");
    // Where the account itself does not tell, the others do.
    becomes(
        "accounts = {\n  a = {\n    email = 1\n    id = 2\n  }\n  security = {\n    email = 1\n  }\n}",
        "accounts = {\n  a = {\n    email = 1\n    id = 2\n  }\n  security = {\n    email = 1\n    id = \"000000000012\"\n  }\n}",
    );
}

#[test]
fn account_id_variables_are_updated_but_never_added() {
    let accounts = [new_id("data-science", ID), new_id("shared", "000000000013")];
    let text = "data-science_account_id = null // x\ndata_science_account_id=12\nother_account_id = 1\n";
    let expected = "data-science_account_id = \"000000000012\" // x\ndata_science_account_id=\"000000000012\"\nother_account_id = 1\n";
    assert_eq!(record(text, &accounts).unwrap(), expected);
    // An account that has the name itself goes before one whose name is only similar.
    let accounts = [new_id("a-b", "000000000001"), new_id("a_b", "000000000002")];
    assert_eq!(record("a_b_account_id = 0", &accounts).unwrap(), "a_b_account_id = \"000000000002\"");
}

#[test]
fn missing_account_is_added_at_the_end() {
    let accounts = [new_id("old", ID), with_email("new", "000000000013", "n@x"), new_id("bare-1", "000000000014")];
    let check = |before: &str, after: &str| {
        assert_eq!(record(before, &accounts).unwrap(), after);
        assert_eq!(record(after, &accounts).unwrap(), after);
    };
    check(
        "accounts = {\n  old = {\n      id = \"000000000012\",\n      email = \"o\",\n  }, # old\n\n}\nx = 1",
        "accounts = {\n  old = {\n      id = \"000000000012\",\n      email = \"o\",\n  }, # old\n  new = {\n      email = \"n@x\",\n      id = \"000000000013\",\n  },\n  bare-1 = {\n      id = \"000000000014\",\n  },\n\n}\nx = 1",
    );
    check(
        "accounts = {\r\n\t\"old\": { \"id\": \"000000000012\" }\r\n}\r\n",
        "accounts = {\r\n\t\"old\": { \"id\": \"000000000012\" }\r\n\t\"new\": { \"email\": \"n@x\", \"id\": \"000000000013\" }\r\n\t\"bare-1\": { \"id\": \"000000000014\" }\r\n}\r\n",
    );
    check(
        "accounts = {old={id=\"000000000012\"}}",
        "accounts = {old={id=\"000000000012\"}, new={email=\"n@x\", id=\"000000000013\"}, bare-1={id=\"000000000014\"}}",
    );
    check(
        "accounts = {\n  old    = { id = \"000000000012\" }\n  oldest = { id = 1 }\n}\n",
        "accounts = {\n  old    = { id = \"000000000012\" }\n  oldest = { id = 1 }\n  new    = { email = \"n@x\", id = \"000000000013\" }\n  bare-1 = { id = \"000000000014\" }\n}\n",
    );
}

#[test]
fn empty_map_gets_all_accounts() {
    let accounts = [with_email("a", ID, "a@x"), new_id("b", "000000000013")];
    let members =
        "  a = {\n    email = \"a@x\"\n    id    = \"000000000012\"\n  }\n  b = {\n    id = \"000000000013\"\n  }\n";
    for (before, start) in [
        ("accounts = {}", "accounts = {\n"),
        ("accounts = { }", "accounts = {\n"),
        ("accounts = {\n}", "accounts = {\n"),
        ("accounts = { # none\n}", "accounts = { # none\n"),
        ("accounts = {\n  # none\n\n}", "accounts = {\n  # none\n\n"),
        ("accounts = { /* none */ }", "accounts = { /* none */\n"),
    ] {
        let after = record(before, &accounts).unwrap();
        assert_eq!(after, format!("{start}{members}}}"));
        assert_eq!(record(&after, &accounts).unwrap(), after);
    }
    becomes("accounts = {\n  a = {}\n}", "accounts = {\n  a = {}\n  security = {\n    id = \"000000000012\"\n  }\n}");
}

#[test]
fn missing_variable_is_not_created() {
    for text in ["", "project = \"ex\"\n", "accounts_x = {}\n", "x = { accounts = {} }\n", "accounts {\n}\n"] {
        becomes(text, text);
    }
}

#[test]
fn new_names_and_addresses_are_escaped() {
    let accounts = [with_email("a b.${c}", ID, "\"o\\'brien\"${x}%{y}\n@x")];
    let after = record("accounts = {}\n", &accounts).unwrap();
    let address = r#""\"o\\'brien\"$${x}%%{y}\n@x""#;
    assert_eq!(
        after,
        format!(
            "accounts = {{\n  \"a b.$${{c}}\" = {{\n    email = {address}\n    id    = \"000000000012\"\n  }}\n}}\n"
        )
    );
    assert_eq!(record(&after, &accounts).unwrap(), after);
}

#[test]
fn ids_are_set_in_the_organization_variable() {
    becomes(
        "organization = {\n  accounts = [\n    {\n      name  = \"management\"\n    },\n    {\n      name  = \"security\",\n      email = \"x\",\n    },\n  ]\n}\n",
        "organization = {\n  accounts = [\n    {\n      name  = \"management\"\n    },\n    {\n      name  = \"security\",\n      email = \"x\",\n      id    = \"000000000012\",\n    },\n  ]\n}\n",
    );
    becomes(
        "organization = { organizational_units = { prod = { accounts = [{ name = \"security\" }] }, dev = { accounts = { security = {id = \"\"}, b = {} } } } }",
        "organization = { organizational_units = { prod = { accounts = [{ name = \"security\", id = \"000000000012\" }] }, dev = { accounts = { security = {id = \"000000000012\"}, b = {} } } } }",
    );
    // Nothing is added there, and what has no attributes is left alone.
    for text in [
        "organization = { accounts = {} }",
        "organization = { accounts = [\"security\"], organizational_units = null }",
        "organization = { accounts = { security = \"x@y\" }, organizational_units = { a = { accounts = null } } }",
        "organization = null",
    ] {
        becomes(text, text);
    }
    // The map of all accounts may be a list, too.
    becomes("accounts = [{ name = \"security\" }]", "accounts = [{ name = \"security\", id = \"000000000012\" }]");
}

#[test]
fn invalid_hcl_is_an_error_with_its_place() {
    let error = record("a = 1\naccounts = {\n  é = ]\n}\n", &[new_id("security", ID)]).unwrap_err();
    assert_eq!((error.line, error.column), (3, 7));
    assert!(error.message.starts_with("invalid HCL: invalid expression"), "{}", error.message);
    let error = record("a = 1\na = 2\n", &[]).unwrap_err();
    assert_eq!((error.line, error.column), (2, 1));
}

#[test]
fn duplicate_is_an_error_with_its_place() {
    fails("accounts = {\n  security = {}\n  \"security\" = {}\n}\n", 3, 3, "duplicate account `security`");
    fails("accounts = { security = {\n  id = 1\n  \"id\" = 2\n} }", 3, 3, "duplicate attribute `id`");
    fails(
        "organization = { accounts = [\n { name = \"security\" },\n { name = \"security\" } ] }",
        3,
        2,
        "duplicate account `security`",
    );
}

#[test]
fn account_without_a_place_for_an_id_is_an_error() {
    fails("accounts = {\n  security = null\n}\n", 2, 14, "account `security` is not an object: cannot record its id");
    fails("\naccounts = null\n", 2, 12, "the variable `accounts` is not a map: cannot record account ids in it");
}

#[test]
fn large_file_is_read_like_a_small_one() {
    let mut text = String::from("accounts = {\n");
    let mut expected = text.clone();
    let names: Vec<_> = (0..2_000).map(|number| format!("account-{number}")).collect();
    let ids: Vec<_> = (0..2_000).map(|number| format!("{number:012}")).collect();
    for (number, (name, id)) in names.iter().zip(&ids).enumerate() {
        let account = format!("  {name} = {{ # \" }}\n    email = \"$ {{x}}}} {number}\"\n");
        text.push_str(&format!("{account}  }}\n"));
        expected.push_str(&format!("{account}    id    = \"{id}\"\n  }}\n"));
    }
    text.push_str("}\r\n");
    expected.push_str("}\r\n");
    let accounts: Vec<_> = names.iter().zip(&ids).map(|(name, id)| new_id(name, id)).collect();
    assert_eq!(record(&text, &accounts).unwrap(), expected);
    let empty = record("accounts = {}\n", &accounts).unwrap();
    assert_eq!(record(&empty, &accounts).unwrap(), empty);
}
