//! The checks in the order in which they run, each with its rule and a function.

mod documents;
mod results;
mod run;

use std::time::Duration;

use crate::conversation::{Conversation, End};
use crate::fixtures::Fixtures;
use crate::report::{Check, Event, Outcome, Report};
use crate::scenarios;
use crate::subject::Subject;
use run::{CheckRun, Verdict, broken};

/// The name, the rule and the function of a check.
type CheckEntry = (&'static str, &'static str, fn(&mut CheckRun<'_>) -> Verdict);

const CHECKS: &[CheckEntry] = &[
    ("manifest", "the manifest has a valid id, version, types, outputs and lookups", documents::manifest),
    ("result", "every contribution has a result, and a result or an error in other situations", result),
    ("lookups", "the manifest declares all lookups", results::lookups),
    ("deterministic", "the same request gets the same answer", documents::deterministic),
    ("unknown-fields", "unknown fields and facts change nothing", documents::unknown_fields),
    ("garbage", "an invalid document gets an error, not a panic", documents::garbage),
    ("paths", "every path stays inside its root", results::paths),
    ("idempotent", "rendering twice changes nothing", results::idempotent),
    ("writable", "the AWS CLI and the AWS SDKs can read the planned profiles", results::writable),
    ("secrets", "results have no secrets, only tokens from the host", results::secrets),
    ("plain-text", "messages have no control characters", results::plain_text),
    ("5000-accounts", "5,000 accounts take less than the time limit", documents::many_accounts),
];

/// The names and rules of all checks, in order.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHECKS.iter().map(|(name, rule, _)| (*name, *rule))
}

/// Runs every check.
pub(super) fn run(
    subject: &dyn Subject,
    fixtures: &Fixtures,
    limit: Duration,
    mut watch: impl FnMut(Event<'_>),
) -> Report {
    let mut run = CheckRun { subject, fixtures, limit, manifest: None, conversations: Vec::new() };
    let mut checks = Vec::with_capacity(CHECKS.len());
    for (name, rule, check) in CHECKS {
        watch(Event::Started(name));
        let outcome = check(&mut run).err().unwrap_or(Outcome::Passed);
        let check = Check::new(*name, *rule, outcome);
        watch(Event::Finished(&check));
        checks.push(check);
    }
    Report::new(checks)
}

/// Runs every conversation, for this check and the ones after it.
fn result(run: &mut CheckRun<'_>) -> Verdict {
    let scenarios = scenarios::all(run.manifest()?, run.fixtures);
    let mut first = None;
    for scenario in scenarios {
        let held = Conversation::hold(run.subject, &scenario.contribution, &scenario.request, &scenario.fixtures);
        let problem = match &held {
            Err(breach) => Some(breach.clone()),
            Ok(Conversation { end: End::Failed(failure), .. }) if scenario.must_succeed => {
                Some(format!("fails with {:?}: provide fixtures with which it has a result", failure.message))
            }
            Ok(Conversation { end: End::Failed(failure), .. }) if failure.message.trim().is_empty() => {
                Some("fails without a message".to_owned())
            }
            Ok(conversation) => results::form(&scenario, &conversation.end).err(),
        };
        match (problem, held) {
            (Some(problem), _) => first = first.or_else(|| Some(broken(&scenario, problem))),
            (None, Ok(conversation)) => run.conversations.push((scenario, conversation)),
            (None, Err(_)) => {}
        }
    }
    first.map_or(Ok(()), Err)
}
