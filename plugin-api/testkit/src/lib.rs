//! Tests a plugin over its real boundary, the root module's functions and the documents, with fixtures in place of a host.
//! `leverage plugin verify FILE` runs the same checks on a library.
//!
//! ```
//! use leverage_planner::AssumeRole;
//! use leverage_plugin_api::prelude::*;
//! use leverage_testkit::Kit;
//! # struct Audit;
//! # impl CredentialType for Audit {
//! #     fn info(&self) -> TypeInfo { TypeInfo::new("AUDIT", "Read-only access for auditors") }
//! #     fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
//! #         AssumeRole::new("Auditor", "audit").plan(request, facts)
//! #     }
//! # }
//! # define_plugin! { pub PLUGIN = "audit", types: [Audit], lookups: AssumeRole::LOOKUPS }
//!
//! leverage_testkit::check(&PLUGIN); // checks every rule in several situations, and panics if one is broken
//!
//! let plan = Kit::new(&PLUGIN).plan("AUDIT")?; // the result, for your own assertions
//! assert_eq!(plan.profiles[0].name, "ex-management-audit");
//! # Ok::<(), Failure>(())
//! ```

#![forbid(unsafe_code)]

mod checks;
mod conversation;
mod fixtures;
mod garbage;
mod report;
mod scan;
mod scenarios;
mod subject;

use serde::de::DeserializeOwned;
use std::time::Duration;

pub use checks::rules;
use conversation::{Conversation, End};
pub use fixtures::Fixtures;
use leverage_plugin_api::model::{Changes, Failure, Plan, Request};
pub use report::{Check, Event, Outcome, Report};
pub use subject::Subject;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The time limit of one contribution for 5,000 accounts. Far more than a plugin needs, even in a debug build on a busy
/// machine; far less than one with quadratic run time takes.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The code of the plugin guide is compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../../docs/WRITING-A-PLUGIN.md")]
mod guide {}

/// Runs all checks with the default fixtures.
///
/// # Panics
///
/// If a rule is broken. The message lists the rules and the reasons.
#[track_caller]
pub fn check(subject: &dyn Subject) {
    Kit::new(subject).check();
}

/// A plugin, and the fixtures in place of a host.
pub struct Kit<'a> {
    subject: &'a dyn Subject,
    fixtures: Fixtures,
    limit: Duration,
}

impl<'a> Kit<'a> {
    /// A kit with the default fixtures.
    pub fn new(subject: &'a dyn Subject) -> Self {
        Self { subject, fixtures: Fixtures::new(), limit: TIME_LIMIT }
    }

    /// Uses other fixtures.
    #[must_use]
    pub fn fixtures(self, fixtures: Fixtures) -> Self {
        Self { fixtures, ..self }
    }

    /// Sets another time limit for 5,000 accounts than [`TIME_LIMIT`].
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The plan of the credential type `name`.
    ///
    /// # Errors
    ///
    /// Its failure, or how it violates the protocol.
    pub fn plan(&self, name: &str) -> Result<Plan, Failure> {
        let mut options = self.fixtures.options.clone();
        options.credential_type = name.to_owned();
        self.result(&format!("type/{name}"), Request::new(self.fixtures.project.clone(), options, None))
    }

    /// The changes of the output target `name` for the fixtures' plan.
    ///
    /// # Errors
    ///
    /// Its failure, or how it violates the protocol.
    pub fn changes(&self, name: &str) -> Result<Changes, Failure> {
        let Fixtures { project, options, plan, .. } = self.fixtures.clone();
        self.result(&format!("output/{name}"), Request::new(project, options, Some(plan)))
    }

    fn result<T: DeserializeOwned>(&self, contribution: &str, request: Request) -> Result<T, Failure> {
        let conversation =
            Conversation::hold(self.subject, contribution, &request, &self.fixtures).map_err(Failure::new)?;
        match conversation.end {
            End::Done(done) => {
                serde_json::from_value(done).map_err(|error| Failure::new(format!("invalid result: {error}")))
            }
            End::Failed(failure) => Err(failure),
        }
    }

    /// Runs every check.
    ///
    /// # Panics
    ///
    /// If one fails.
    #[track_caller]
    pub fn check(&self) {
        let report = self.run(|_| {});
        assert!(report.passed(), "{report}");
    }

    /// Runs every check, and calls `watch` when one starts and ends.
    pub fn run(&self, watch: impl FnMut(Event<'_>)) -> Report {
        checks::run(self.subject, &self.fixtures, self.limit, watch)
    }
}

#[cfg(test)]
mod tests;
