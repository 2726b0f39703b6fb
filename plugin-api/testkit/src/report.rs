//! The report of the checks: the outcome of each rule.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An event during the checks.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The check with this name starts.
    Started(&'a str),
    /// A check ended.
    Finished(&'a Check),
}

/// A check and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Its name: lower-case letters, digits and dashes.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// The outcome.
    pub outcome: Outcome,
}

impl Check {
    /// The check `name` of `rule` with this outcome.
    pub fn new(name: impl Into<String>, rule: impl Into<String>, outcome: Outcome) -> Self {
        Self { name: name.into(), rule: rule.into(), outcome }
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The plugin follows the rule.
    Passed,
    /// The plugin breaks the rule: where and how.
    Failed(String),
    /// The rule does not apply to this plugin: why.
    DoesNotApply(String),
    /// The rule was not checked, because something else is broken.
    NotRun(String),
}

/// All checks and their outcomes.
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
