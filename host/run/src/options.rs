//! The options of `configure`, and answers to questions that the user gives in advance.

use leverage_core::answers::{Answer, Answers};
use leverage_plugin_api::model::{AccessKeysMode, Project};
use std::path::PathBuf;

use super::effects::Effects;

/// The id of the question for the project's short name.
pub(super) const SHORT_NAME: &str = "short-name";
/// The id of the question for the primary region.
pub(super) const REGION: &str = "region";

/// The options of `configure`.
#[derive(Debug, Clone, Default)]
pub struct ConfigureOptions {
    /// The credential type, in any case.
    pub credential_type: String,
    /// The `.csv` file of the AWS console; `-` is standard input.
    pub credentials_file: Option<PathBuf>,
    /// Writes the user's MFA device to the profiles.
    pub fetch_mfa_device: bool,
    /// The serial of an MFA device to write, without listing the user's devices. Implies MFA.
    pub mfa_serial: Option<String>,
    /// What to do if the profile already has access keys.
    pub access_keys: AccessKeysMode,
    /// Writes no role profiles.
    pub skip_assumable_roles: bool,
    /// The environment. The default is `LEVERAGE_ENV`, else `default`.
    pub environment: Option<String>,
    /// The outputs to run instead of those of the environment.
    pub outputs: Vec<String>,
    /// The role that the profiles assume instead of the configured one.
    pub role_name: Option<String>,
    /// Patterns of the accounts that get a profile, instead of the configured ones.
    pub accounts: Vec<String>,
    /// The management accounts of other organizations that the access keys may belong to.
    pub allowed_accounts: Vec<String>,
    /// Shows what would be written, and writes nothing.
    pub dry_run: bool,
    /// Removes orphaned profiles of earlier runs, after asking.
    pub prune: bool,
    /// Answers to questions, except to those for a secret.
    pub answers: Answers,
}

impl ConfigureOptions {
    /// Adds the short name and the region of a project as answers, because they were perhaps asked for.
    pub(crate) fn with_answers_of(&self, project: &Project) -> Self {
        let mut options = self.clone();
        options.answers.insert(Answer::new(SHORT_NAME, &project.short_name));
        options.answers.insert(Answer::new(REGION, &project.region));
        options
    }
}

/// The answer that the user gave in advance: `--answer ID=VALUE`, or else an environment variable.
pub(crate) fn given_answer(id: &str, answers: &Answers, effects: &Effects<'_>) -> Option<String> {
    answers.get(id).map(str::to_owned).or_else(|| (effects.environment)(&answer_variable(id)))
}

/// The environment variable that can have the answer to a question.
pub(crate) fn answer_variable(id: &str) -> String {
    format!("LEVERAGE_ANSWER_{}", id.to_uppercase().replace('-', "_"))
}
