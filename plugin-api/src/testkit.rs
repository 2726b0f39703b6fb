//! Checks a plugin over its real boundary: the root module's functions and the documents, with fixtures in
//! the host's place. `leverage plugin verify FILE` runs the same checks on a library.
//!
//! ```
//! use leverage_plugin_api::prelude::*;
//! use leverage_plugin_api::testkit::{self, Kit};
//! # struct Audit;
//! # impl CredentialType for Audit {
//! #     fn info(&self) -> TypeInfo { TypeInfo::new("AUDIT", "Read-only access for auditors") }
//! #     fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
//! #         AssumeRole::new("Auditor", "audit").plan(request, facts)
//! #     }
//! # }
//! # define_plugin! { pub PLUGIN = "audit", types: [Audit], lookups: AssumeRole::LOOKUPS }
//!
//! testkit::check(&PLUGIN); // every rule, each in several situations; panics with what is broken
//!
//! let plan = Kit::new(&PLUGIN).plan("AUDIT")?; // what the plugin does, for assertions of your own
//! assert_eq!(plan.profiles[0].name, "ex-management-audit");
//! # Ok::<(), Failure>(())
//! ```

mod checks;
mod conversation;
mod fixtures;
mod garbage;
mod scan;
mod scenarios;
mod subject;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

use crate::model::{Changes, Failure, Plan, Request};
use conversation::{Conversation, End};
pub use fixtures::Fixtures;
pub use subject::Subject;

/// How long one contribution may take for 5,000 accounts. Far more than a sound plugin needs, even one
/// that was built without optimisation on a busy machine; far less than one that looks at all pairs.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Checks everything with the standard fixtures.
///
/// # Panics
///
/// If a rule is broken: the message says which ones, and how.
#[track_caller]
pub fn check(subject: &dyn Subject) {
    Kit::new(subject).check();
}

/// A plugin and the fixtures that stand in the host's place.
pub struct Kit<'a> {
    subject: &'a dyn Subject,
    fixtures: Fixtures,
    limit: Duration,
}

impl<'a> Kit<'a> {
    /// A kit with the standard fixtures.
    pub fn new(subject: &'a dyn Subject) -> Self {
        Self { subject, fixtures: Fixtures::new(), limit: TIME_LIMIT }
    }

    /// Uses other fixtures.
    #[must_use]
    pub fn fixtures(self, fixtures: Fixtures) -> Self {
        Self { fixtures, ..self }
    }

    /// Allows another time for 5,000 accounts than [`TIME_LIMIT`].
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// What the credential type called `name` plans.
    ///
    /// # Errors
    ///
    /// What it stops with, or how it breaks the protocol.
    pub fn plan(&self, name: &str) -> Result<Plan, Failure> {
        let mut options = self.fixtures.options.clone();
        options.credential_type = name.to_owned();
        self.result(&format!("type/{name}"), Request::new(self.fixtures.project.clone(), options, None))
    }

    /// What the output target called `name` wants to write of the fixtures' plan.
    ///
    /// # Errors
    ///
    /// What it stops with, or how it breaks the protocol.
    pub fn changes(&self, name: &str) -> Result<Changes, Failure> {
        let Fixtures { project, options, plan, .. } = self.fixtures.clone();
        self.result(&format!("output/{name}"), Request::new(project, options, Some(plan)))
    }

    fn result<T: DeserializeOwned>(&self, contribution: &str, request: Request) -> Result<T, Failure> {
        let conversation =
            Conversation::hold(self.subject, contribution, &request, &self.fixtures).map_err(Failure::new)?;
        match conversation.end {
            End::Done(done) => serde_json::from_value(done)
                .map_err(|error| Failure::new(format!("the result is not of the expected form: {error}"))),
            End::Failed(failure) => Err(failure),
        }
    }

    /// Runs every check.
    ///
    /// # Panics
    ///
    /// If one is not passed.
    #[track_caller]
    pub fn check(&self) {
        let report = self.run(|_| {});
        assert!(report.passed(), "{report}");
    }

    /// Runs every check, and tells `watch` when one starts and ends.
    pub fn run(&self, watch: impl FnMut(Event<'_>)) -> Report {
        checks::run(self.subject, &self.fixtures, self.limit, watch)
    }
}

/// What happens while the checks run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The check of this name starts.
    Started(&'a str),
    /// A check ended.
    Finished(&'a Check),
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Its name: lower-case letters, digits and dashes.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// How it ended.
    pub outcome: Outcome,
}

impl Check {
    /// The check called `name` of `rule`, which ended so.
    pub fn new(name: impl Into<String>, rule: impl Into<String>, outcome: Outcome) -> Self {
        Self { name: name.into(), rule: rule.into(), outcome }
    }
}

/// The names and rules of all checks, in their order.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    checks::CHECKS.iter().map(|(name, rule, _)| (*name, *rule))
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The rule is kept.
    Passed,
    /// The rule is broken: where and how.
    Failed(String),
    /// The rule is about something that this plugin does not have.
    DoesNotApply(String),
    /// It could not be checked, since something else is broken.
    NotRun(String),
}

/// Every check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// In the order in which they ran.
    pub checks: Vec<Check>,
}

impl Report {
    /// The report of these checks.
    pub fn new(checks: Vec<Check>) -> Self {
        Self { checks }
    }

    /// Whether no rule is broken and every check ran.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| matches!(check.outcome, Outcome::Passed | Outcome::DoesNotApply(_)))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, rule, outcome } = self;
        match outcome {
            Outcome::Passed => write!(formatter, "ok       {name}: {rule}"),
            Outcome::Failed(how) => write!(formatter, "broken   {name}: {rule}: {how}"),
            Outcome::DoesNotApply(why) => write!(formatter, "-        {name}: {rule}: does not apply, {why}"),
            Outcome::NotRun(why) => write!(formatter, "not run  {name}: {rule}: {why}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|check| writeln!(formatter, "{check}"))
    }
}

#[cfg(test)]
mod tests;
