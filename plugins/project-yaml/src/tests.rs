//! The plugin as the host calls it.

use super::*;
use leverage_plugin_api::model::{Fact, Lookup};

const PATH: &str = "project.yaml";

fn request(path: Option<&str>) -> Request {
    let mut project = Project::new("ex", "us-east-1");
    project.project_file = path.map(str::to_owned);
    Request::new(project, Options::default(), None)
}

fn plan() -> Plan {
    let mut plan = Plan::new();
    plan.record_in_project_file = true;
    plan.accounts.push(PlannedAccount::new("management", "000000000012"));
    plan
}

fn facts(text: Option<&str>) -> Facts {
    let lookup = Lookup::new("file/1", serde_json::json!({ "root": "project", "path": PATH }));
    Facts::new(vec![Fact::new(lookup, serde_json::value::to_raw_value(&text).unwrap())])
}

#[test]
fn file_is_requested_and_then_edited() {
    let request = request(Some(PATH));
    let Err(Pause::Need(lookups)) = ProjectYaml.render(&request, &plan(), &Facts::new(Vec::new())) else {
        panic!("the file is not asked for");
    };
    assert_eq!(lookups, [Lookup::new("file/1", serde_json::json!({ "root": "project", "path": PATH }))]);

    let text = "organization:\n  accounts:\n  - name: management\n";
    let changes = ProjectYaml.render(&request, &plan(), &facts(Some(text))).unwrap();
    let [change] = changes.files.as_slice() else { panic!("not one file: {changes:?}") };
    assert_eq!((change.root, change.path.as_str()), (Root::Project, PATH));
    assert_eq!(change.text, format!("{text}    id: \"000000000012\"\n"));

    let again = ProjectYaml.render(&request, &plan(), &facts(Some(&change.text))).unwrap();
    assert_eq!(again, Changes::none());
}

#[test]
fn plan_that_does_not_request_it_records_nothing() {
    let nothing = Facts::new(Vec::new());
    let mut later = plan();
    later.record_in_project_file = false;
    assert_eq!(ProjectYaml.render(&request(Some(PATH)), &later, &nothing).unwrap(), Changes::none());
    assert_eq!(ProjectYaml.render(&request(None), &plan(), &nothing).unwrap(), Changes::none());
    let mut empty = plan();
    empty.accounts.clear();
    assert_eq!(ProjectYaml.render(&request(Some(PATH)), &empty, &nothing).unwrap(), Changes::none());
    assert_eq!(ProjectYaml.render(&request(Some(PATH)), &plan(), &facts(None)).unwrap(), Changes::none());
}

#[test]
fn failure_has_the_file_and_the_place() {
    let text = "a: 1\n\"\\e[2J\": 1\n\"\\e[2J\": 2\n";
    let Err(Pause::Failed(failure)) = ProjectYaml.render(&request(Some(PATH)), &plan(), &facts(Some(text))) else {
        panic!("this was edited");
    };
    assert_eq!(failure.message, "project.yaml:3:1: duplicate key `\\u{1b}[2J`");
    assert!(failure.hint.is_some());
}

#[test]
fn manifest_declares_the_lookup() {
    assert_eq!(PLUGIN.id(), "project-yaml");
    assert_eq!(<lookup::ReadFile as Query>::NAME, "file/1");
}
