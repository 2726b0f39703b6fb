//! Tests of the step protocol.

use super::*;
use leverage_plugin_api::model::{Options, Project};
use std::cell::RefCell;

struct Scripted {
    lookups: Vec<String>,
    responses: RefCell<Vec<&'static str>>,
}

impl Contribution for Scripted {
    fn describe(&self) -> String {
        "the credential type X".to_owned()
    }

    fn lookups(&self) -> &[String] {
        &self.lookups
    }

    fn step(&self, _request: &[u8]) -> Result<Vec<u8>> {
        let mut responses = self.responses.borrow_mut();
        let next = if responses.len() > 1 { responses.remove(0) } else { responses[0] };
        Ok(next.as_bytes().to_vec())
    }
}

/// Counts the lookups, and answers each with a text of this length.
struct Counting {
    lookups: usize,
    length: usize,
}

impl FactSource for Counting {
    async fn gather(&mut self, lookups: &[Lookup]) -> Result<Vec<Box<RawValue>>> {
        self.lookups += lookups.len();
        let answer = || RawValue::from_string(format!("\"{}\"", "x".repeat(self.length))).unwrap();
        Ok(lookups.iter().map(|_| answer()).collect())
    }
}

fn run_script(responses: &[&'static str]) -> (Result<u32>, usize) {
    run_script_with(responses, 0)
}

fn run_script_with(responses: &[&'static str], length: usize) -> (Result<u32>, usize) {
    let contribution = Scripted { lookups: vec!["a/1".to_owned()], responses: RefCell::new(responses.to_vec()) };
    let base = RequestBase::new(&Project::new("ex", "us-east-1"), &Options::default()).unwrap();
    let mut gather = Counting { lookups: 0, length };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(run(&contribution, &base, None, &mut gather));
    (result, gather.lookups)
}

#[test]
fn run_gathers_each_fact_once() {
    let twice = r#"{"need":[{"name":"a/1","input":1},{"name":"a/1","input":1}]}"#;
    let more = r#"{"need":[{"name":"a/1","input":1},{"name":"a/1","input":2}]}"#;
    let (result, gathered) = run_script(&[twice, more, r#"{"done":7}"#]);
    assert_eq!((result.unwrap(), gathered), (7, 2));
}

#[test]
fn run_reports_protocol_violations_of_the_contribution() {
    for response in [
        "garbage",
        "{}",
        r#"{"done":1,"failed":{"message":"x"}}"#,
        r#"{"need":[]}"#,
        r#"{"need":[{"name":"b/1"}]}"#,
        r#"{"need":[{"name":"a/1"}]}"#,
        r#"{"panicked":"at the disco"}"#,
    ] {
        let error = run_script(&[response]).0.unwrap_err();
        assert_eq!(error.kind, Kind::Plugin, "{response}");
        assert!(error.message.starts_with("the credential type X"), "{error}");
    }
}

#[test]
fn run_limits_the_facts_of_all_rounds() {
    let first = r#"{"need":[{"name":"a/1","input":1}]}"#;
    let second = r#"{"need":[{"name":"a/1","input":2}]}"#;
    let (result, gathered) = run_script_with(&[first, second, r#"{"done":7}"#], MAX_FACTS / 2 - 100);
    assert_eq!((result.unwrap(), gathered), (7, 2));
    let (result, _) = run_script_with(&[first, second, r#"{"done":7}"#], MAX_FACTS / 2);
    assert_eq!(result.unwrap_err().message, "the credential type X asked for more than 128 MiB of facts");
}

#[test]
fn read_plan_rejects_malformed_account_ids() {
    let contribution = Scripted { lookups: Vec::new(), responses: RefCell::new(Vec::new()) };
    let read = |plan: serde_json::Value| read_plan(&contribution, &RawValue::from_string(plan.to_string()).unwrap());
    for id in ["${file(\"/etc/passwd\")}", "\u{202e}11122223333", "11122223333", ""] {
        for plan in [
            serde_json::json!({ "profiles": [{ "name": "a", "settings": [], "account_id": id }] }),
            serde_json::json!({ "accounts": [{ "name": "a", "id": id }] }),
            serde_json::json!({ "organization_accounts": ["111122223333", id] }),
        ] {
            let error = read(plan).unwrap_err();
            assert!(error.message.starts_with("the credential type X planned "), "{error}");
            assert!(is_safe(&error.message) && error.kind == Kind::Plugin, "{error}");
        }
    }
    let ids = serde_json::json!({ "accounts": [{ "name": "a", "id": "000000000012" }] });
    assert_eq!(read(ids).unwrap().accounts.len(), 1);
}

#[test]
fn read_plan_rejects_the_default_profile() {
    let contribution = Scripted { lookups: Vec::new(), responses: RefCell::new(Vec::new()) };
    for name in ["default", "Default", " default "] {
        let plan = serde_json::json!({ "profiles": [{ "name": name, "settings": [] }] });
        let error = read_plan(&contribution, &RawValue::from_string(plan.to_string()).unwrap()).unwrap_err();
        let expected = "the credential type X planned the profile `default`, which belongs to the user";
        assert_eq!((error.kind, error.message.as_str()), (Kind::Plugin, expected));
    }
}

#[test]
fn run_reports_a_failure_in_the_words_of_the_contribution() {
    let error = run_script(&[r#"{"failed":{"message":"m","hint":"h"}}"#]).0.unwrap_err();
    assert_eq!((error.kind, error.message.as_str(), error.hints.as_slice()), (Kind::Plan, "m", &["h".to_owned()][..]));
}

#[test]
fn run_rejects_responses_that_are_too_long() {
    let contribution = Scripted { lookups: Vec::new(), responses: RefCell::new(Vec::new()) };
    let error = read_response::<u32>(&contribution, &vec![b' '; MAX_RESPONSE + 1]).map(|_| ()).unwrap_err();
    assert_eq!(error.message, "the credential type X returned a document of more than 64 MiB");
}
