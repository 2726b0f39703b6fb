//! The step protocol: call a contribution, gather the missing facts, call it again.
//!
//! [`run`] takes a [`Contribution`] and a [`FactSource`], and returns the contribution's result. All protocol violations and
//! limits are checked here.

mod request_base;

use leverage_plugin_api::model::{Fact, Failure, Lookup, OutputInfo, Plan, Response};
use leverage_plugin_api::naming::is_account_id;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::iter;

use leverage_error::visible::is_safe;
use leverage_error::{Error, Kind, Result};
pub use request_base::RequestBase;

/// The limit of the rounds of lookups. The built-in contributions need four.
const MAX_ROUNDS: usize = 64;

/// The longest response in bytes: more than the complete text of a file with 100,000 profiles.
pub const MAX_RESPONSE: usize = 64 << 20;

/// The limit of all lookups and answers of a contribution in bytes, because each call gets all of them. The files and
/// accounts of the largest organization need a fifth of it.
const MAX_FACTS: usize = 128 << 20;

/// The hint of an error that is a bug of a plugin.
pub const DEFECT_HINT: &str = "report this bug to the author of the plugin; no file was changed";

/// A contribution of a plugin: a credential type or an output.
pub trait Contribution {
    /// The name in errors: `the credential type AUDIT of the plugin audit`.
    fn describe(&self) -> String;

    /// The lookups that the plugin's manifest declares.
    fn lookups(&self) -> &[String];

    /// The declaration of an output in the plugin's manifest; none for a credential type.
    fn output_info(&self) -> Option<&OutputInfo> {
        None
    }

    /// Calls the contribution with a request document and returns the response document.
    ///
    /// # Errors
    ///
    /// The plugin cannot be called, or ended without a response.
    fn step(&self, request: &[u8]) -> Result<Vec<u8>>;
}

/// Answers lookups.
pub trait FactSource {
    /// Answers all lookups in order, concurrently where possible.
    fn gather(&mut self, lookups: &[Lookup]) -> impl Future<Output = Result<Vec<Box<RawValue>>>>;
}

/// Calls a contribution until it is done. An output is called with the plan of the credential type.
///
/// # Errors
///
/// The contribution failed or violated the protocol, or a fact could not be gathered.
pub async fn run<T: DeserializeOwned>(
    contribution: &dyn Contribution,
    base: &RequestBase,
    plan: Option<&RawValue>,
    source: &mut impl FactSource,
) -> Result<T> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut gathered = 0;
    for round in 0..MAX_ROUNDS {
        let response = contribution.step(&base.document(plan, &facts)?)?;
        match read_response(contribution, &response)? {
            Response::Done(done) => return Ok(done),
            Response::Failed(failure) => return Err(failed(failure)),
            Response::Need(lookups) => {
                let new = new_lookups(contribution, &facts, lookups)?;
                tracing::debug!(round, lookups = ?new.iter().map(|lookup| &lookup.name).collect::<Vec<_>>(), "gathering");
                let answers = source.gather(&new).await.map_err(|error| attribute(contribution, error))?;
                gathered += response.len() + answers.iter().map(|answer| answer.get().len()).sum::<usize>();
                if gathered > MAX_FACTS {
                    return Err(violation(
                        contribution,
                        format!("asked for more than {} MiB of facts", MAX_FACTS >> 20),
                    ));
                }
                facts.extend(new.into_iter().zip(answers).map(|(lookup, answer)| Fact::new(lookup, answer)));
            }
            Response::Panicked(message) => return Err(violation(contribution, "panicked").cause(message)),
            _ => return Err(violation(contribution, "returned a response of an unknown kind")),
        }
    }
    Err(violation(contribution, format!("asked for more facts after {MAX_ROUNDS} rounds")))
}

/// Turns a protocol violation into the error of a plugin, with the name of the contribution. Without another hint, the
/// error is reported as a bug of the plugin. Other errors stay.
pub fn attribute(contribution: &dyn Contribution, mut error: Error) -> Error {
    if error.kind != Kind::ProtocolViolation {
        return error;
    }
    error.kind = Kind::Plugin;
    error.message = format!("{} {}", contribution.describe(), error.message);
    if error.hints.is_empty() { error.hint(DEFECT_HINT) } else { error }
}

fn read_response<T: DeserializeOwned>(contribution: &dyn Contribution, document: &[u8]) -> Result<Response<T>> {
    if document.len() > MAX_RESPONSE {
        let message = format!("returned a document of more than {} MiB", MAX_RESPONSE >> 20);
        return Err(violation(contribution, message));
    }
    let text = std::str::from_utf8(document)
        .map_err(|error| violation(contribution, "returned a document that is not UTF-8").cause(error))?;
    serde_json::from_str(text).map_err(|error| match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => unknown_form(contribution, error),
        Err(error) => violation(contribution, "returned a document that is not JSON").cause(error),
    })
}

/// Parses and checks the plan of a credential type.
///
/// # Errors
///
/// The plan has an unknown form, control characters or a malformed account id.
pub fn read_plan(contribution: &dyn Contribution, plan: &RawValue) -> Result<Plan> {
    let plan: Plan = serde_json::from_str(plan.get()).map_err(|error| unknown_form(contribution, error))?;
    if let Some(text) = texts(&plan).find(|text| !is_safe(text)) {
        let message = format!("planned {:?}, which contains control characters", shortened(text));
        return Err(violation(contribution, message));
    }
    let keys = plan.keys.as_ref().map(|keys| &keys.profile);
    let mut names = plan.profiles.iter().map(|profile| &profile.name).chain(keys);
    if names.any(|name| name.trim().eq_ignore_ascii_case("default")) {
        let message = "planned the profile `default`, which belongs to the user";
        return Err(violation(contribution, message));
    }
    if let Some(id) = account_ids(&plan).find(|id| !is_account_id(id)) {
        let message = format!("planned the account id {:?}, which is not 12 digits", shortened(id));
        return Err(violation(contribution, message));
    }
    Ok(plan)
}

/// The account ids of a plan. Outputs write them to places where Terraform would evaluate any other text.
fn account_ids(plan: &Plan) -> impl Iterator<Item = &str> {
    let reached = plan.profiles.iter().filter_map(|profile| profile.account_id.as_ref());
    let known = plan.accounts.iter().map(|account| &account.id);
    reached.chain(known).chain(plan.organization_accounts.iter().flatten()).map(String::as_str)
}

/// The texts of a plan that outputs write to files.
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

/// The lookups without an answer, each once. All must be declared.
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
        return Err(violation(contribution, "asked only for facts that it already has"));
    }
    Ok(new)
}

/// The start of a text of any length.
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
mod tests;
