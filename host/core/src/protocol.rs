//! The step protocol, as the host plays it: call, gather what is missing, call again.
//!
//! Takes a contribution as a function from document to document and a [`Gather`] for facts; gives the
//! contribution's result. It decides what is a breach of the protocol, and knows neither AWS nor files.

mod request_base;

use leverage_plugin_api::model::{Fact, Failure, Lookup, Plan, Response};
use leverage_plugin_api::naming::is_account_id;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::iter;

use leverage_error::visible::is_safe;
use leverage_error::{Error, Kind, Result};
pub use request_base::RequestBase;

/// The most rounds of questions that a contribution may ask. The built-in ones need four.
const MAX_ROUNDS: usize = 64;

/// How many bytes of questions and answers a contribution may gather: each further call is made with all of them. The
/// files and the accounts of the largest organization are a fifth of it.
const MAX_FACTS: usize = 128 << 20;

/// What to do about a defect of a plugin.
pub const DEFECT_HINT: &str = "no file was changed; this is a defect of the plugin, so tell its author";

/// A contribution of an admitted plugin.
pub trait Contribution {
    /// Names it in errors: `the credential type AUDIT of the plugin audit`.
    fn describe(&self) -> String;

    /// The lookups that the plugin's manifest declares.
    fn lookups(&self) -> &[String];

    /// Calls it with a request document and returns its response document.
    ///
    /// # Errors
    ///
    /// It could not be called, or ended in place of an answer.
    fn step(&self, request: &[u8]) -> Result<Vec<u8>>;
}

/// Finds the answers to lookups.
pub trait Gather {
    /// Answers all of `lookups`, in their order, as far as possible at once.
    fn gather(&mut self, lookups: &[Lookup]) -> impl Future<Output = Result<Vec<Box<RawValue>>>>;
}

/// Calls a contribution until it is done. Output targets are called with the plan, as it came from the
/// credential type.
///
/// # Errors
///
/// What the contribution gives as a failure, a breach of the protocol, or what gathering a fact fails
/// with.
pub async fn run<T: DeserializeOwned>(
    contribution: &dyn Contribution,
    head: &RequestBase,
    plan: Option<&RawValue>,
    gather: &mut impl Gather,
) -> Result<T> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut gathered = 0;
    for round in 0..MAX_ROUNDS {
        let response = contribution.step(&head.document(plan, &facts)?)?;
        match read_response(contribution, &response)? {
            Response::Done(done) => return Ok(done),
            Response::Failed(failure) => return Err(failed(failure)),
            Response::Need(lookups) => {
                let new = new_lookups(contribution, &facts, lookups)?;
                tracing::debug!(round, lookups = ?new.iter().map(|lookup| &lookup.name).collect::<Vec<_>>(), "gathering");
                let answers = gather.gather(&new).await.map_err(|error| attribute(contribution, error))?;
                gathered += response.len() + answers.iter().map(|answer| answer.get().len()).sum::<usize>();
                if gathered > MAX_FACTS {
                    return Err(violation(
                        contribution,
                        format!("gathered more than {} MiB of facts", MAX_FACTS >> 20),
                    ));
                }
                facts.extend(new.into_iter().zip(answers).map(|(lookup, answer)| Fact::new(lookup, answer)));
            }
            Response::Panicked(message) => return Err(violation(contribution, "panicked").cause(message)),
            _ => return Err(violation(contribution, "returned a response of an unknown kind")),
        }
    }
    Err(violation(contribution, format!("asked for more facts {MAX_ROUNDS} times over")))
}

/// Names the contribution in an error that says only what it did. Where the error has a hint, that stays; else the
/// violation is a defect of the plugin.
pub fn attribute(contribution: &dyn Contribution, mut error: Error) -> Error {
    if error.kind != Kind::ProtocolViolation {
        return error;
    }
    error.kind = Kind::Plugin;
    error.message = format!("{} {}", contribution.describe(), error.message);
    if error.hints.is_empty() { error.hint(DEFECT_HINT) } else { error }
}

fn read_response<T: DeserializeOwned>(contribution: &dyn Contribution, document: &[u8]) -> Result<Response<T>> {
    let text = std::str::from_utf8(document)
        .map_err(|error| violation(contribution, "returned a document that is not UTF-8").cause(error))?;
    serde_json::from_str(text).map_err(|error| match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => unknown_form(contribution, error),
        Err(error) => violation(contribution, "returned a document that is not JSON").cause(error),
    })
}

/// Reads the plan that a credential type was done with.
///
/// # Errors
///
/// It is of an unknown form, would put characters into files that a terminal obeys, or has an account id that is none.
pub fn read_plan(contribution: &dyn Contribution, plan: &RawValue) -> Result<Plan> {
    let plan: Plan = serde_json::from_str(plan.get()).map_err(|error| unknown_form(contribution, error))?;
    if let Some(text) = texts(&plan).find(|text| !is_safe(text)) {
        let message = format!("planned {:?}, which holds control characters", shortened(text));
        return Err(violation(contribution, message));
    }
    if let Some(id) = account_ids(&plan).find(|id| !is_account_id(id)) {
        let message = format!("planned the account id {:?}, which is not 12 digits", shortened(id));
        return Err(violation(contribution, message));
    }
    Ok(plan)
}

/// What outputs take for the id of an account. Some write it where Terraform would evaluate any other text.
fn account_ids(plan: &Plan) -> impl Iterator<Item = &str> {
    let reached = plan.profiles.iter().filter_map(|profile| profile.account_id.as_ref());
    let known = plan.accounts.iter().map(|account| &account.id);
    reached.chain(known).chain(plan.organization_accounts.iter().flatten()).map(String::as_str)
}

/// What outputs write of a plan into files.
fn texts(plan: &Plan) -> impl Iterator<Item = &str> {
    let profiles = plan.profiles.iter().map(|profile| (&profile.name, &profile.settings));
    let sessions = plan.sso_sessions.iter().map(|session| (&session.name, &session.settings));
    let sections = profiles
        .chain(sessions)
        .flat_map(|(name, settings)| iter::once(name).chain(settings.iter().flat_map(|(key, value)| [key, value])));
    let accounts =
        plan.accounts.iter().flat_map(|account| [&account.name, &account.id].into_iter().chain(&account.email));
    let keys = plan.keys.iter().flat_map(|keys| [&keys.profile, &keys.pair.access_key_id]);
    sections.chain(accounts).chain(keys).map(String::as_str)
}

fn unknown_form(contribution: &dyn Contribution, error: serde_json::Error) -> Error {
    violation(contribution, "returned a document of an unknown form").cause(error)
}

/// Those of `lookups` that are yet to be answered, each once; all must be declared.
fn new_lookups(contribution: &dyn Contribution, known: &[Fact], lookups: Vec<Lookup>) -> Result<Vec<Lookup>> {
    let mut asked: HashSet<&Lookup> = known.iter().map(|fact| &fact.lookup).collect();
    let mut is_new = Vec::with_capacity(lookups.len());
    for lookup in &lookups {
        if !contribution.lookups().contains(&lookup.name) {
            let message = format!("asked for {:?}, which its manifest does not declare", shortened(&lookup.name));
            return Err(violation(contribution, message));
        }
        is_new.push(asked.insert(lookup));
    }
    let new: Vec<Lookup> = lookups.into_iter().zip(is_new).filter_map(|(lookup, new)| new.then_some(lookup)).collect();
    if new.is_empty() {
        return Err(violation(contribution, "asked only for facts that it has already"));
    }
    Ok(new)
}

/// The start of a name that may be of any length.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

fn failed(failure: Failure) -> Error {
    let error = Error::new(Kind::Plan, failure.message);
    failure.hint.into_iter().fold(error, Error::hint)
}

fn violation(contribution: &dyn Contribution, what: impl Into<String>) -> Error {
    attribute(contribution, Error::new(Kind::ProtocolViolation, what))
}

#[cfg(test)]
mod tests {
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

    /// Counts the lookups; the answer to each has a length.
    struct Counting {
        lookups: usize,
        length: usize,
    }

    impl Gather for Counting {
        async fn gather(&mut self, lookups: &[Lookup]) -> Result<Vec<Box<RawValue>>> {
            self.lookups += lookups.len();
            let answer = || RawValue::from_string(format!("\"{}\"", "x".repeat(self.length))).unwrap();
            Ok(lookups.iter().map(|_| answer()).collect())
        }
    }

    fn play(responses: &[&'static str]) -> (Result<u32>, usize) {
        play_with(responses, 0)
    }

    fn play_with(responses: &[&'static str], length: usize) -> (Result<u32>, usize) {
        let contribution = Scripted { lookups: vec!["a/1".to_owned()], responses: RefCell::new(responses.to_vec()) };
        let head = RequestBase::new(&Project::new("ex", "us-east-1"), &Options::default()).unwrap();
        let mut gather = Counting { lookups: 0, length };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let result = runtime.block_on(run(&contribution, &head, None, &mut gather));
        (result, gather.lookups)
    }

    #[test]
    fn each_fact_is_gathered_once() {
        let twice = r#"{"need":[{"name":"a/1","input":1},{"name":"a/1","input":1}]}"#;
        let more = r#"{"need":[{"name":"a/1","input":1},{"name":"a/1","input":2}]}"#;
        let (result, gathered) = play(&[twice, more, r#"{"done":7}"#]);
        assert_eq!((result.unwrap(), gathered), (7, 2));
    }

    #[test]
    fn every_breach_of_the_protocol_is_an_error_that_names_the_contribution() {
        for response in [
            "garbage",
            "{}",
            r#"{"done":1,"failed":{"message":"x"}}"#,
            r#"{"need":[]}"#,
            r#"{"need":[{"name":"b/1"}]}"#,
            r#"{"need":[{"name":"a/1"}]}"#,
            r#"{"panicked":"at the disco"}"#,
        ] {
            let error = play(&[response]).0.unwrap_err();
            assert_eq!(error.kind, Kind::Plugin, "{response}");
            assert!(error.message.starts_with("the credential type X"), "{error}");
        }
    }

    #[test]
    fn what_is_gathered_has_a_limit_over_all_rounds() {
        let first = r#"{"need":[{"name":"a/1","input":1}]}"#;
        let second = r#"{"need":[{"name":"a/1","input":2}]}"#;
        let (result, gathered) = play_with(&[first, second, r#"{"done":7}"#], MAX_FACTS / 2 - 100);
        assert_eq!((result.unwrap(), gathered), (7, 2));
        let (result, _) = play_with(&[first, second, r#"{"done":7}"#], MAX_FACTS / 2);
        assert_eq!(result.unwrap_err().message, "the credential type X gathered more than 128 MiB of facts");
    }

    #[test]
    fn a_plan_has_account_ids_only_where_they_belong() {
        let contribution = Scripted { lookups: Vec::new(), responses: RefCell::new(Vec::new()) };
        let read =
            |plan: serde_json::Value| read_plan(&contribution, &RawValue::from_string(plan.to_string()).unwrap());
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
    fn a_failure_is_the_contributions_own_words() {
        let error = play(&[r#"{"failed":{"message":"m","hint":"h"}}"#]).0.unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str(), error.hints.as_slice()),
            (Kind::Plan, "m", &["h".to_owned()][..])
        );
    }
}
