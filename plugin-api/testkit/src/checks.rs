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
    ("manifest", "the manifest names the plugin, its version and what it adds", documents::manifest),
    ("result", "every contribution has a result, and ends in order in other situations", result),
    ("lookups", "only lookups that the manifest declares are asked for", results::lookups),
    ("deterministic", "the same documents get the same answers, whatever came before", documents::deterministic),
    ("unknown-fields", "fields and facts of a later version change nothing", documents::unknown_fields),
    ("garbage", "a document that makes no sense gets an error, and no panic", documents::garbage),
    ("paths", "every path stays inside its root", results::paths),
    ("idempotent", "rendering what is written already changes nothing", results::idempotent),
    ("writable", "the AWS CLI and the AWS SDKs can read what a plan wants", results::writable),
    ("secrets", "no secret stands in a result, only tokens that were given out", results::secrets),
    ("plain-text", "what people read has no control characters", results::plain_text),
    ("5000-accounts", "an organization of 5,000 accounts takes no long time", documents::many_accounts),
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
                Some(format!("stops with {:?}: give fixtures with which it has a result", failure.message))
            }
            Ok(Conversation { end: End::Failed(failure), .. }) if failure.message.trim().is_empty() => {
                Some("stops without saying why".to_owned())
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
