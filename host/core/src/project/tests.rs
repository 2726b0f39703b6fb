//! What is read from the project's files.

use super::*;

fn source(path: &str, text: &str) -> SourceText {
    SourceText { path: path.to_owned(), text: text.to_owned().into() }
}

fn from(yaml: &str, env: &str, variables: &str) -> Result<ProjectDeclaration> {
    let one = |path: &str, text: &str| if text.is_empty() { vec![] } else { vec![source(path, text)] };
    read(&Sources {
        project_yaml: one("project.yaml", yaml),
        build_env: one("build.env", env),
        terraform_variables: one("config/common.tfvars", variables).pop(),
    })
}

fn value(placed: &Option<Sourced>) -> Option<&str> {
    placed.as_ref().map(|placed| placed.value.as_str())
}

fn accounts(found: &ProjectDeclaration) -> Vec<(&str, Option<&str>)> {
    found.accounts.iter().map(|account| (account.name.as_str(), account.id.as_deref())).collect()
}

#[test]
fn each_source_serves_where_those_before_it_are_silent() {
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
fn all_three_keys_of_the_region_are_known() {
    for key in ["primary_region", "region_primary", "region"] {
        assert_eq!(value(&from(&format!("{key}: sa-east-1\n"), "", "").unwrap().region), Some("sa-east-1"));
    }
}

#[test]
fn sources_that_contradict_each_other_are_named() {
    let found = from("short_name: ex\n", "PROJECT=en\n", "project = \"ex\"\n").unwrap();
    assert_eq!(value(&found.short_name), Some("ex"));
    let sentence = "the short name is ex (short_name in project.yaml), but en (PROJECT in build.env)";
    assert_eq!(found.contradictions, [sentence]);
}

#[test]
fn deeper_files_win() {
    let sources = Sources {
        build_env: vec![source("build.env", "PROJECT=ab"), source("account/build.env", "PROJECT=cd")],
        project_yaml: vec![source("project.yaml", "region: us-east-1"), source("a/project.yaml", "short_name: cd")],
        terraform_variables: None,
    };
    let found = read(&sources).unwrap();
    assert_eq!((value(&found.short_name), value(&found.region)), (Some("cd"), Some("us-east-1")));
    assert_eq!(found.project_file.as_deref(), Some("a/project.yaml"));
}

#[test]
fn accounts_are_read_in_every_layout_and_ids_keep_their_zeros() {
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
fn every_partition_has_regions_of_the_right_form() {
    for region in ["us-east-1", "us-gov-west-1", "ap-southeast-4", "eusc-de-east-1", "cn-northwest-1", "us-iso-east-1"]
    {
        assert_eq!(check_region(region), Ok(()), "{region}");
    }
    for region in ["", "us-east", "US-EAST-1", "us_east_1", "us-east-1 ", "1-2-3", "a-b-c-d-e-1"] {
        assert!(check_region(region).is_err(), "{region}");
    }
}

#[test]
fn what_is_not_of_the_right_form_is_named_with_its_place() {
    let message = |yaml: &str, env: &str, variables: &str| from(yaml, env, variables).unwrap_err().to_string();
    assert!(message("short_name: Example\n", "", "").contains("short_name in project.yaml"));
    assert!(message("region: here\n", "", "").contains("region in project.yaml"));
    assert!(message("a: [\n", "", "").contains("project.yaml is not valid YAML"));
    assert!(message("- a\n", "", "").contains("not a YAML mapping"));
    assert!(message("", "", "a = = 1\n").contains("config/common.tfvars is not valid HCL at line 1"));
    let error = message("", "A=1\nSECRET='abc\n", "");
    assert!(error.contains("build.env line 2") && !error.contains("abc"), "{error}");
}

/// A variable that every process has, and which nobody may have shown.
fn variable() -> (&'static str, String) {
    ("PATH", std::env::var("PATH").expect("every process has one"))
}

#[test]
fn no_variable_of_the_process_is_put_into_what_a_file_says() {
    let (name, held) = variable();
    for value in [format!("${name}"), format!("${{{name}}}"), format!("\"${{{name}}}\""), format!("a$a${name}")] {
        let error = from("", &format!("A=1\nPROJECT={value}\n"), "").unwrap_err();
        assert_eq!(error.message, "PROJECT in build.env has a `$`, and no variable is put there", "{value}");
        assert!(!format!("{error:?}").contains(&held), "{error:?}");
    }
    let env = format!("A=${name}\nB=\"x ${{{name}}}\"\nC='$D'\nE=\\$F\nPROJECT=ex\n");
    assert_eq!(value(&from("", &env, "").unwrap().short_name), Some("ex"));
}

#[test]
fn what_is_not_of_the_right_form_is_not_shown() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let error = from("", &format!("PROJECT={secret}\n"), "").unwrap_err();
    let form = "PROJECT in build.env is not a short name: two to four lower-case letters";
    assert_eq!(error.message, form);
    assert!(!format!("{error:?}").contains(secret), "{error:?}");
    let found = from("short_name: ex\n", &format!("PROJECT={secret}\n"), "").unwrap();
    let sentence =
        "the short name is ex (short_name in project.yaml), but another, not of the right form (PROJECT in build.env)";
    assert_eq!(found.contradictions, [sentence]);
}
