//! Checks the lookups and the results of a plugin: paths, texts, secrets, and the files that they lead to.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

use super::run::{CheckRun, Verdict, broken};
use crate::conversation::{Conversation, End};
use crate::fixtures::KEY_ID;
use crate::report::Outcome;
use crate::scan::{control_characters, is_inside, secret_looking, texts, tokens};
use crate::scenarios::Scenario;
use leverage_editors::ini::{self, SectionEdit, SharedFile};
use leverage_plugin_api::model::{Changes, Diagnostic, Plan, Root, SecretRef, TextFormat};
use leverage_plugin_api::naming::is_account_id;
use leverage_plugin_api::sdk::Query;
use leverage_plugin_api::sdk::lookup::{RUN, ReadFile};

/// Checks that a result is a valid document.
pub(super) fn form(scenario: &Scenario, end: &End) -> Result<(), String> {
    let End::Done(done) = end else { return Ok(()) };
    let parsed = if scenario.is_output() { changes(done).map(|_| ()) } else { plan(done).map(|_| ()) };
    parsed.map_err(|error| format!("returns an invalid result: {error}"))
}

fn changes(done: &Value) -> serde_json::Result<Changes> {
    Changes::deserialize(done)
}

fn plan(done: &Value) -> serde_json::Result<Plan> {
    Plan::deserialize(done)
}

/// The result of an output target. It was checked to be valid before.
fn changes_of(conversation: &Conversation) -> Option<Changes> {
    match &conversation.end {
        End::Done(done) => changes(done).ok(),
        End::Failed(_) => None,
    }
}

pub(super) fn lookups(run: &mut CheckRun<'_>) -> Verdict {
    let declared = &run.manifest()?.lookups;
    for (scenario, conversation) in run.conversations()? {
        if let Some(lookup) = conversation.asked.iter().find(|lookup| !declared.contains(&lookup.name)) {
            return Err(broken(scenario, format!("requests {}, which the manifest does not declare", lookup.name)));
        }
        let changes = if scenario.is_output() { changes_of(conversation) } else { None };
        for command in changes.into_iter().flat_map(|changes| changes.commands) {
            if !declared.iter().any(|name| name == RUN) {
                return Err(broken(
                    scenario,
                    format!("wants to run a command, but the manifest does not declare {RUN}"),
                ));
            }
            if std::iter::once(&command.program).chain(&command.arguments).any(|word| tokens(word).next().is_some()) {
                return Err(broken(scenario, "has a secret in the arguments of a command"));
            }
        }
    }
    Ok(())
}

pub(super) fn paths(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        let read = conversation.asked.iter().filter(|lookup| lookup.name == ReadFile::NAME);
        let read = read.filter_map(|lookup| lookup.input["path"].as_str().map(str::to_owned));
        let changes = if scenario.is_output() { changes_of(conversation) } else { None };
        let written = changes.into_iter().flat_map(|changes| changes.files).map(|file| file.path);
        if let Some(path) = read.chain(written).find(|path| !is_inside(path)) {
            return Err(broken(scenario, format!("uses the path {path:?}, which leads out of its root")));
        }
    }
    Ok(())
}

pub(super) fn idempotent(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.outputs()? {
        let Some(changes) = changes_of(conversation) else { continue };
        let mut fixtures = scenario.fixtures.clone();
        apply(changes, &mut fixtures.files);
        let again = Conversation::hold(run.subject, &scenario.contribution, &scenario.request, &fixtures)
            .map_err(|error| broken(scenario, format!("{error} after its changes are written")))?;
        match &again.end {
            End::Failed(failure) => {
                let how = format!("fails with {:?} after its changes are written", failure.message);
                return Err(broken(scenario, how));
            }
            End::Done(_) => {
                if let Some(file) = changes_of(&again).and_then(|changes| changes.files.into_iter().next()) {
                    return Err(broken(scenario, format!("changes {} again after its changes are written", file.path)));
                }
            }
        }
    }
    Ok(())
}

/// Writes changes as the host does: the next reader gets verbatim tokens for secrets in the files.
fn apply(changes: Changes, files: &mut BTreeMap<Root, BTreeMap<String, String>>) {
    let token = |format: TextFormat| format!("{}{}_", SecretRef::PREFIX, format.name());
    for file in changes.files {
        let text = TextFormat::ALL
            .into_iter()
            .fold(file.text, |text, format| text.replace(&token(format), &token(TextFormat::Verbatim)));
        files.entry(file.root).or_default().insert(file.path, text);
    }
}

/// Writes each plan into empty files, with the editor that the outputs use.
pub(super) fn writable(run: &mut CheckRun<'_>) -> Verdict {
    if run.manifest()?.types.is_empty() {
        return Err(Outcome::DoesNotApply("the plugin has no credential type".to_owned()));
    }
    for (scenario, conversation) in run.conversations()?.iter().filter(|(scenario, _)| !scenario.is_output()) {
        let End::Done(done) = &conversation.end else { continue };
        let plan = plan(done).map_err(|error| broken(scenario, error.to_string()))?;
        let sessions = plan.sso_sessions.iter().map(|one| SectionEdit::sso_session(&one.name, &one.settings));
        let profiles = plan.profiles.iter().map(|one| SectionEdit::profile(&one.name, &one.settings));
        let config: Vec<SectionEdit<'_>> = sessions.chain(profiles).collect();
        let keys: Vec<SectionEdit<'_>> =
            plan.keys.iter().map(|keys| SectionEdit::profile(&keys.profile, &[])).collect();
        ini::edit(SharedFile::Config, None, &config)
            .and_then(|_| ini::edit(SharedFile::Credentials, None, &keys))
            .map_err(|failure| {
                broken(scenario, format!("plans something that cannot be written: {}", failure.message))
            })?;
        if let Some(account) = plan.accounts.iter().find(|account| !is_account_id(&account.id)) {
            let how = format!("gives {} the id {:?}, which does not have 12 digits", account.name, account.id);
            return Err(broken(scenario, how));
        }
    }
    Ok(())
}

pub(super) fn secrets(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        // Texts in the request come from the user, not from the plugin.
        let known = conversation.request.to_string();
        let mut problem = None;
        let mut look = |text: &str| {
            let literal = secret_looking(text).into_iter().find(|one| *one != KEY_ID && !known.contains(one));
            let stranger = tokens(text).find(|token| !was_given_out(token, &known));
            let found = literal
                .map(|literal| format!("has something like a secret in its result: {literal:.8}…"))
                .or_else(|| stranger.map(|_| "uses a secret that it did not get".to_owned()));
            problem = problem.take().or(found);
        };
        match &conversation.end {
            End::Done(done) => texts(done, &mut look),
            End::Failed(failure) => look(&failure.message),
        }
        if let Some(problem) = problem {
            return Err(broken(scenario, problem));
        }
    }
    Ok(())
}

/// Whether this text after a token's prefix completes the token of a secret in the request.
fn was_given_out(token: &str, request: &str) -> bool {
    let Some((format, rest)) = token.split_once('_') else { return false };
    let known = TextFormat::ALL.iter().any(|known| known.name() == format);
    known && rest.get(..SecretRef::ID_LENGTH).is_some_and(|id| request.contains(id))
}

pub(super) fn plain_text(run: &mut CheckRun<'_>) -> Verdict {
    for (scenario, conversation) in run.conversations()? {
        let mut read: Vec<String> = Vec::new();
        match &conversation.end {
            End::Failed(failure) => {
                read.extend([Some(failure.message.clone()), failure.hint.clone()].into_iter().flatten());
            }
            End::Done(done) => {
                let diagnostics: Vec<Diagnostic> =
                    done.get("diagnostics").map(Vec::deserialize).and_then(Result::ok).unwrap_or_default();
                read.extend(diagnostics.into_iter().map(|diagnostic| diagnostic.message));
            }
        }
        let questions = conversation.asked.iter().filter_map(|lookup| lookup.input["message"].as_str());
        let mut read = read.iter().map(String::as_str).chain(questions);
        if let Some(text) = read.find_map(control_characters) {
            return Err(broken(scenario, format!("says \"{text}\"")));
        }
    }
    Ok(())
}
