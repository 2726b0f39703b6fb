//! Tests of reading the project's files.

use super::*;

fn source(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned().into() }
}

fn from(yaml: &str, env: &str, variables: &str) -> Result<ProjectDeclaration> {
    let one = |path: &str, text: &str| if text.is_empty() { vec![] } else { vec![source(path, text)] };
    read(&ProjectSources {
        project_yaml: one("project.yaml", yaml),
        build_env: one("build.env", env),
        terraform_variables: one("config/common.tfvars", variables).pop(),
    })
}

fn value(sourced: &Option<SourcedValue>) -> Option<&str> {
    sourced.as_ref().map(|sourced| sourced.value.as_str())
}

fn accounts(found: &ProjectDeclaration) -> Vec<(&str, Option<&str>)> {
    found.accounts.iter().map(|account| (account.name.as_str(), account.id.as_deref())).collect()
}

#[test]
fn read_prefers_yaml_over_env_over_variables() {
    let env = "# x\nPROJECT=\"en\"\nTF_IMAGE_TAG=1.3.5-0.2.4\n";
    let variables = "project = \"tf\"\nproject_long = \"long\"\nregion_primary = \"eu-west-1\"\n";
    let found = from("short_name: ex\nprimary_region: us-east-1\n", "", "").unwrap();
    assert_eq!((value(&found.short_name), value(&found.region)), (Some("ex"), Some("us-east-1")));
    assert_eq!(value(&from("", env, "").unwrap().short_name), Some("en"));
    let found = from("", "", variables).unwrap();
    assert_eq!((value(&found.short_name), value(&found.long_name)), (Some("tf"), Some("long")));
    assert_eq!(value(&found.region), Some("eu-west-1"));
    assert_eq!(from("", "", "").unwrap(), ProjectDeclaration::default());
}

#[test]
fn read_finds_the_region_under_each_key() {
    for key in ["primary_region", "region_primary", "region"] {
        assert_eq!(value(&from(&format!("{key}: sa-east-1\n"), "", "").unwrap().region), Some("sa-east-1"));
    }
}

#[test]
fn read_warns_about_contradictions() {
    let found = from("short_name: ex\n", "PROJECT=en\n", "project = \"ex\"\n").unwrap();
    assert_eq!(value(&found.short_name), Some("ex"));
    let warning = "conflicting values of the short name: using `ex` (project.yaml:1:1), not `en` (build.env:1:1)";
    assert_eq!(found.contradictions, [warning]);
}

#[test]
fn read_prefers_subfolders() {
    let sources = ProjectSources {
        build_env: vec![source("build.env", "PROJECT=ab"), source("account/build.env", "PROJECT=cd")],
        project_yaml: vec![source("project.yaml", "region: us-east-1"), source("a/project.yaml", "short_name: cd")],
        terraform_variables: None,
    };
    let found = read(&sources).unwrap();
    assert_eq!((value(&found.short_name), value(&found.region)), (Some("cd"), Some("us-east-1")));
    assert_eq!(found.project_file.as_deref(), Some("a/project.yaml"));
}

#[test]
fn read_finds_accounts_in_each_layout() {
    let variables = r#"
accounts = {
  security = { email = "o'brien@example.com", id = 000000000012, extra = [1, 2] },
  "shared" : { id = "000000000034" }
}
organization = {
  accounts = [{ name = "management", id = "XXXXXXXXXXXX" }]
  organizational_units = {
    apps = { accounts = { web = { id = 123456789012 } } }
  }
}
"#;
    let yaml = "
organization:
  accounts:
    - {name: security, email: other@example.com}
    - {name: data, id: 000000000056}
  organizational_units:
    apps:
      accounts:
        api: {id: 777777777777}
";
    let found = from(yaml, "", variables).unwrap();
    let expected = [
        ("security", Some("000000000012")),
        ("shared", Some("000000000034")),
        ("management", None),
        ("web", Some("123456789012")),
        ("data", Some("000000000056")),
        ("api", Some("777777777777")),
    ];
    assert_eq!(accounts(&found), expected);
    assert_eq!(found.accounts[0].email.as_deref(), Some("o'brien@example.com"));
}

#[test]
fn check_region_accepts_all_partitions() {
    for region in ["us-east-1", "us-gov-west-1", "ap-southeast-4", "eusc-de-east-1", "cn-northwest-1", "us-iso-east-1"]
    {
        assert_eq!(check_region(region), Ok(()), "{region}");
    }
    for region in ["", "us-east", "US-EAST-1", "us_east_1", "us-east-1 ", "1-2-3", "a-b-c-d-e-1"] {
        assert!(check_region(region).is_err(), "{region}");
    }
}

#[test]
fn read_reports_malformed_files_with_position() {
    let message = |yaml: &str, env: &str, variables: &str| from(yaml, env, variables).unwrap_err().to_string();
    assert!(message("short_name: Example\n", "", "").starts_with("project.yaml:1:1: invalid short name"));
    assert!(message("# x\n\"region\": here\n", "", "").starts_with("project.yaml:2:1: invalid region"));
    assert!(message("{a: 1, region: here}\n", "", "").starts_with("project.yaml:1:8: invalid region"));
    assert!(message("", "", "a = 1\nproject = \"X\"\n").starts_with("config/common.tfvars:2:1: invalid short name"));
    assert!(message("a: [\n", "", "").starts_with("project.yaml:2:1: invalid YAML"));
    assert!(message("- a\n", "", "").starts_with("project.yaml:1:1: expected a YAML mapping"));
    assert!(message("", "", "a = = 1\n").starts_with("config/common.tfvars:1:5: invalid HCL"));
    for (env, position) in
        [("A=1\nSECRET='abc\n", "2:1"), ("A='x\ny'\n\n# z\nabc def\nB=1\n", "5:1"), ("A=1\nB='x\nabc' y\n", "2:1")]
    {
        let error = message("", env, "");
        assert!(error.starts_with(&format!("build.env:{position}: expected `KEY=VALUE`")), "{error}");
        assert!(!error.contains("abc"), "{error}");
    }
    let long = "x".repeat(20_000);
    let error = message("", &format!("A={long}\nB=\"a\nb\"\nPROJECT=X\n"), "");
    assert!(error.starts_with("build.env:4:1: invalid short name"), "{error}");
}

/// A variable that every process has, and whose value must not be shown.
fn variable() -> (&'static str, String) {
    ("PATH", std::env::var("PATH").expect("every process has one"))
}

#[test]
fn read_does_not_expand_variables() {
    let (name, secret) = variable();
    for value in [format!("${name}"), format!("${{{name}}}"), format!("\"${{{name}}}\""), format!("a$a${name}")] {
        let error = from("", &format!("A=1\nPROJECT={value}\n"), "").unwrap_err();
        assert_eq!(error.message, "build.env:2:1: variables are not expanded in `PROJECT`", "{value}");
        assert!(!format!("{error:?}").contains(&secret), "{error:?}");
    }
    let env = format!("A=${name}\nB=\"x ${{{name}}}\"\nC='$D'\nE=\\$F\nPROJECT=ex\n");
    assert_eq!(value(&from("", &env, "").unwrap().short_name), Some("ex"));
}

#[test]
fn read_hides_malformed_values() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let error = from("", &format!("PROJECT={secret}\n"), "").unwrap_err();
    assert_eq!(error.message, "build.env:1:1: invalid short name: must be two to four lower-case letters");
    assert!(!format!("{error:?}").contains(secret), "{error:?}");
    let found = from("short_name: ex\n", &format!("PROJECT={secret}\n"), "").unwrap();
    let warning =
        "conflicting values of the short name: using `ex` (project.yaml:1:1), not a malformed one (build.env:1:1)";
    assert_eq!(found.contradictions, [warning]);
}

fn management_ids(yaml: &str, variables: &str) -> Vec<String> {
    let found = from(yaml, "", variables).unwrap().management_ids;
    found.into_iter().map(|id| format!("{} {}", id.value, id.place)).collect()
}

#[test]
fn read_finds_the_recorded_ids_of_the_management_account() {
    let variables = "accounts = {\n  root = {\n    email = \"a@b\"\n    id = \"111122223333\"\n  }\n  security = { id = \"222233334444\" }\n}\nmanagement_account_id = \"111122223333\"\n";
    let yaml = "organization:\n  accounts:\n  - name: Master\n    id: 012345678901\n";
    assert_eq!(
        management_ids(yaml, variables),
        [
            "111122223333 config/common.tfvars:4:10",
            "111122223333 config/common.tfvars:8:25",
            "012345678901 project.yaml:4:9"
        ]
    );
    let listed = "organization = { accounts = [{ name = \"management\", id = \"111122223333\" }] }\n";
    assert_eq!(management_ids("", listed), ["111122223333 config/common.tfvars:1:58"]);
}

#[test]
fn read_skips_placeholders_of_the_management_account() {
    for id in ["XXXXXXXXXXXX", "000000000000", "111111111111", "", "1111"] {
        let variables = format!("accounts = {{ management = {{ id = \"{id}\" }} }}\nmaster_account_id = \"{id}\"\n");
        assert_eq!(management_ids("", &variables), [""; 0], "{id}");
    }
}
