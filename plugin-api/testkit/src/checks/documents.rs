//! Checks how a plugin handles documents: repeated, unknown, broken and large ones.

use serde_json::{Value, json};
use std::time::Instant;

use super::run::{CheckRun, Verdict, broken};
use crate::conversation::{Conversation, End, UNKNOWN_RESPONSE, parse};
use crate::garbage;
use crate::report::Outcome;
use crate::scan::{control_characters, texts};
use crate::scenarios::{self, Scenario};
use leverage_plugin_api::model::{Manifest, Response};

/// How often a request is repeated.
const REPETITIONS: usize = 3;
/// A field that does not exist in any version.
const UNKNOWN: &str = "a_field_of_tomorrow";
/// The number of accounts in a large organization.
const MANY: usize = 5_000;

pub(super) fn manifest(run: &mut CheckRun<'_>) -> Verdict {
    let failed = Outcome::Failed;
    let document = run.subject.manifest().map_err(failed)?;
    let value: Value = serde_json::from_slice(&document).map_err(|error| failed(format!("it is not JSON: {error}")))?;
    if let Ok(Response::<Value>::Panicked(message)) = serde_json::from_slice(&document) {
        return Err(failed(format!("the plugin panics: {message}")));
    }
    let manifest: Manifest =
        serde_json::from_slice(&document).map_err(|error| failed(format!("invalid manifest: {error}")))?;
    if run.subject.manifest().map_err(failed)? != document {
        return Err(failed("it differs when it is requested again".to_owned()));
    }
    let mut odd = None;
    texts(&value, &mut |text| odd = odd.take().or_else(|| control_characters(text)));
    if let Some(text) = odd {
        return Err(failed(format!("it has control characters in \"{text}\"")));
    }
    well_formed(&manifest).map_err(failed)?;
    run.manifest = Some(manifest);
    Ok(())
}

fn well_formed(manifest: &Manifest) -> Result<(), String> {
    let dashed = |name: &str, letter: fn(char) -> bool| {
        let plain = |c: char| letter(c) || c.is_ascii_digit() || c == '-';
        name.starts_with(letter) && !name.ends_with('-') && name.chars().all(plain)
    };
    let lower = |c: char| c.is_ascii_lowercase();
    if !dashed(&manifest.id, lower) {
        return Err(format!("the id {:?} must have only lower-case letters, digits and dashes", manifest.id));
    }
    let numbers = manifest.version.split(['-', '+']).next().unwrap_or_default();
    if numbers.split('.').count() != 3 || numbers.split('.').any(|number| number.parse::<u64>().is_err()) {
        return Err(format!("the version {:?} does not have the form 1.2.3", manifest.version));
    }
    if manifest.types.is_empty() && manifest.outputs.is_empty() {
        return Err("it has neither a credential type nor an output target".to_owned());
    }
    for (at, info) in manifest.types.iter().enumerate() {
        if !dashed(&info.name, |c| c.is_ascii_uppercase()) {
            return Err(format!("the type {:?} must have only upper-case letters, digits and dashes", info.name));
        }
        if manifest.types[..at].iter().any(|other| other.name == info.name) {
            return Err(format!("duplicate type {}", info.name));
        }
    }
    for (at, info) in manifest.outputs.iter().enumerate() {
        if !dashed(&info.name, lower) {
            return Err(format!("the output {:?} must have only lower-case letters, digits and dashes", info.name));
        }
        if manifest.outputs[..at].iter().any(|other| other.name == info.name) {
            return Err(format!("duplicate output {}", info.name));
        }
    }
    let versioned = |name: &String| {
        name.split_once('/').is_some_and(|(name, version)| dashed(name, lower) && version.parse::<u32>().is_ok())
    };
    match manifest.lookups.iter().find(|name| !versioned(name)) {
        Some(odd) => Err(format!("the lookup {odd:?} does not have the form name/1")),
        None => Ok(()),
    }
}

pub(super) fn deterministic(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        let step = |document: &[u8]| {
            run.subject.step(scenario.contribution.as_bytes(), document).map_err(|error| broken(scenario, error))
        };
        // Backwards, to find answers that depend on earlier calls.
        for (request, response) in conversation.documents.iter().rev() {
            for _ in 0..REPETITIONS {
                if step(request)? != *response {
                    return Err(broken(scenario, "gives another answer to the same request"));
                }
            }
        }
        let mut reversed = conversation.request.clone();
        if let Some(facts) = reversed.get_mut("facts").and_then(Value::as_array_mut) {
            facts.reverse();
        }
        if end(&step(reversed.to_string().as_bytes())?).as_ref() != Ok(&conversation.end) {
            return Err(broken(scenario, "gives another answer when the facts are in another order"));
        }
    }
    Ok(())
}

/// The end of a conversation, from its last response.
fn end(answer: &[u8]) -> Result<End, String> {
    match parse(answer)? {
        Response::Done(done) => Ok(End::Done(done)),
        Response::Failed(failure) => Ok(End::Failed(failure)),
        Response::Panicked(message) => Err(format!("panics: {message}")),
        Response::Need(lookups) => {
            let names: Vec<String> = lookups.into_iter().map(|lookup| lookup.name).collect();
            Err(format!("requests {} again", names.join(", ")))
        }
        _ => Err(UNKNOWN_RESPONSE.to_owned()),
    }
}

pub(super) fn unknown_fields(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        let mut request = conversation.request.clone();
        add_unknown(&mut request);
        if let Some(facts) = request.get_mut("facts").and_then(Value::as_array_mut) {
            facts.insert(0, json!({ "lookup": { "name": "of-tomorrow/1", "input": {} }, "answer": [UNKNOWN] }));
        }
        let answer = run.subject.step(scenario.contribution.as_bytes(), request.to_string().as_bytes());
        let mut now = answer.and_then(|answer| end(&answer)).map_err(|error| broken(scenario, error))?;
        if let End::Done(done) = &mut now {
            remove_unknown(done);
        }
        let same = match (&now, &conversation.end) {
            // An output can write unknown fields, so only the files are compared.
            (End::Done(now), End::Done(before)) if scenario.is_output() => written(now) == written(before),
            (now, before) => now == before,
        };
        if !same {
            let how = match now {
                End::Failed(failure) => format!("fails with {:?}", failure.message),
                End::Done(_) => "has another result".to_owned(),
            };
            return Err(broken(scenario, format!("{how} when the request has unknown fields")));
        }
    }
    Ok(())
}

/// Adds a field to every object, except to lookups, which must be unchanged, and to the options of an output, where
/// unknown ones are an error.
fn add_unknown(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_unknown),
        Value::Object(fields) => {
            fields
                .iter_mut()
                .filter(|(name, _)| !matches!(name.as_str(), "lookup" | "settings"))
                .for_each(|(_, value)| add_unknown(value));
            fields.insert(UNKNOWN.to_owned(), "a value of tomorrow".into());
        }
        _ => {}
    }
}

fn remove_unknown(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove_unknown),
        Value::Object(fields) => {
            fields.remove(UNKNOWN);
            fields.values_mut().for_each(remove_unknown);
        }
        _ => {}
    }
}

/// The files that an output wants to write.
fn written(changes: &Value) -> Vec<(&Value, &Value)> {
    let files = changes["files"].as_array();
    files.into_iter().flatten().map(|file| (&file["root"], &file["path"])).collect()
}

pub(super) fn garbage(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        if !scenario.must_succeed {
            continue;
        }
        for case in garbage::cases(&scenario.contribution, &conversation.request) {
            let refused = |how: String| broken(scenario, format!("{how} when it gets {}", case.what));
            let answer = run.subject.step(&case.contribution, &case.document).map_err(refused)?;
            let response = parse(&answer).map_err(refused)?;
            if case.must_fail && !matches!(response, Response::Failed(_)) {
                return Err(refused("gives no error".to_owned()));
            }
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "measures how long a plugin takes")]
pub(super) fn many_accounts(run: &mut CheckRun<'_>) -> Verdict {
    run.conversations()?;
    let fixtures = run.fixtures.with_accounts(MANY);
    for scenario in scenarios::plain(run.manifest()?, &fixtures) {
        let Scenario { contribution, request, fixtures, .. } = &scenario;
        let start = Instant::now();
        let held = Conversation::hold(run.subject, contribution, request, fixtures);
        let elapsed = start.elapsed();
        match held.map_err(|error| broken(&scenario, error))?.end {
            End::Failed(failure) => return Err(broken(&scenario, format!("fails with {:?}", failure.message))),
            End::Done(_) if elapsed > run.limit => {
                let how = format!("takes {:.1} s; the limit is {} s", elapsed.as_secs_f64(), run.limit.as_secs());
                return Err(broken(&scenario, how));
            }
            End::Done(_) => {}
        }
    }
    Ok(())
}
