//! The plugin as the host calls it.

use super::*;
use leverage_plugin_api::model::{AccessKeysMode, Fact, Lookup};

const PATH: &str = "config/common.tfvars";

fn request(path: Option<&str>) -> Request {
    let mut project = Project::new("ex", "us-east-1");
    project.terraform_variables = path.map(str::to_owned);
    let mut options = Options::default();
    options.access_keys = AccessKeysMode::Skip;
    Request::new(project, options, None)
}

fn plan() -> Plan {
    let mut plan = Plan::new();
    plan.accounts.push(PlannedAccount::new("security", "000000000012"));
    plan
}

fn facts(text: Option<&str>) -> Facts {
    let lookup = Lookup::new("file/1", serde_json::json!({ "root": "project", "path": PATH }));
    Facts::new(vec![Fact::new(lookup, serde_json::value::to_raw_value(&text).unwrap())])
}

#[test]
fn file_is_requested_and_then_edited() {
    let request = request(Some(PATH));
    let Err(Pause::Need(lookups)) = TerraformVars.render(&request, &plan(), &Facts::new(Vec::new())) else {
        panic!("the file is not asked for");
    };
    assert_eq!(lookups, [Lookup::new("file/1", serde_json::json!({ "root": "project", "path": PATH }))]);

    let changes = TerraformVars.render(&request, &plan(), &facts(Some("security_account_id = 1\n"))).unwrap();
    let [change] = changes.files.as_slice() else { panic!("not one file: {changes:?}") };
    assert_eq!((change.root, change.path.as_str()), (Root::Project, PATH));
    assert_eq!(change.text, "security_account_id = \"000000000012\"\n");

    let again = TerraformVars.render(&request, &plan(), &facts(Some(&change.text))).unwrap();
    assert_eq!(again, Changes::none());
}

#[test]
fn missing_file_or_ids_change_nothing() {
    let nothing = Facts::new(Vec::new());
    assert_eq!(TerraformVars.render(&request(None), &plan(), &nothing).unwrap(), Changes::none());
    assert_eq!(TerraformVars.render(&request(Some(PATH)), &Plan::new(), &nothing).unwrap(), Changes::none());
    assert_eq!(TerraformVars.render(&request(Some(PATH)), &plan(), &facts(None)).unwrap(), Changes::none());
}

#[test]
fn failure_has_the_file_and_the_place() {
    let text = "accounts = {\n  security = \"\u{1b}[2J\"\n}\n";
    let Err(Pause::Failed(failure)) = TerraformVars.render(&request(Some(PATH)), &plan(), &facts(Some(text))) else {
        panic!("this was edited");
    };
    assert_eq!(failure.message, "config/common.tfvars:2:14: account `security` is not an object: cannot record its id");
    assert!(failure.hint.is_some());
}

#[test]
fn manifest_declares_the_lookup() {
    assert_eq!(PLUGIN.id(), "terraform-vars");
    assert_eq!(<lookup::ReadFile as Query>::NAME, "file/1");
}
