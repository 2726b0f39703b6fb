//! The state of a run of the checks: the plugin, its manifest and its conversations.

use leverage_plugin_api::model::Manifest;
use std::time::Duration;

use crate::conversation::Conversation;
use crate::fixtures::Fixtures;
use crate::report::Outcome;
use crate::scenarios::Scenario;
use crate::subject::Subject;

/// The verdict of a check: passed, or another outcome.
pub(super) type Verdict = Result<(), Outcome>;

/// The state of a run of the checks.
pub(super) struct CheckRun<'a> {
    pub subject: &'a dyn Subject,
    pub fixtures: &'a Fixtures,
    pub limit: Duration,
    pub manifest: Option<Manifest>,
    pub conversations: Vec<(Scenario, Conversation)>,
}

impl CheckRun<'_> {
    pub fn manifest(&self) -> Result<&Manifest, Outcome> {
        self.manifest.as_ref().ok_or_else(|| Outcome::NotRun("the manifest is invalid".to_owned()))
    }

    /// The conversations so far, at least one.
    pub fn conversations(&self) -> Result<&[(Scenario, Conversation)], Outcome> {
        self.manifest()?;
        if self.conversations.is_empty() {
            return Err(Outcome::NotRun("no contribution has a result".to_owned()));
        }
        Ok(&self.conversations)
    }

    /// The conversations with output targets.
    pub fn outputs(&self) -> Result<impl Iterator<Item = &(Scenario, Conversation)>, Outcome> {
        if self.manifest()?.outputs.is_empty() {
            return Err(Outcome::DoesNotApply("the plugin has no output target".to_owned()));
        }
        Ok(self.conversations()?.iter().filter(|(scenario, _)| scenario.is_output()))
    }
}

/// The outcome of a rule that this contribution breaks.
pub(super) fn broken(scenario: &Scenario, how: impl AsRef<str>) -> Outcome {
    Outcome::Failed(format!("{} {}", scenario.describe(), how.as_ref()))
}
