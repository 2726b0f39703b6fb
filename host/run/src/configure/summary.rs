//! What a run reports besides its files.

use leverage_core::report::{KeyProfile, Report};
use leverage_error::Result;
use leverage_plugin_api::model::{Diagnostic, Options as PluginOptions, Plan, Project};
use leverage_plugin_api::naming;
use std::path::Path;

use super::lookups::LookupState;
use crate::shared_files::{CONFIG, CREDENTIALS};

/// The profile that holds the keys, unless the credential type needs none. New ones are verified here if
/// it did not ask whose they are: none is written before AWS has accepted it.
pub(super) async fn key_profile(
    plan: &Plan,
    options: &PluginOptions,
    project: &Project,
    lookups: &LookupState<'_>,
) -> Result<Option<KeyProfile>> {
    if plan.keys.is_none() && !lookups.used_credentials() {
        return Ok(None);
    }
    let identity = match &plan.keys {
        Some(keys) => Some(lookups.identity_of(&keys.pair).await?),
        None => lookups.any_identity().await,
    };
    let own = || naming::key_profile(&project.short_name, &options.credential_type);
    Ok(Some(KeyProfile {
        name: plan.keys.as_ref().map_or_else(own, |keys| keys.profile.clone()),
        new_keys: plan.keys.is_some(),
        arn: identity.map(|identity| identity.arn),
    }))
}

/// How to use the profiles. Unless the AWS CLI finds them by itself, it has to be told where they are.
pub(super) fn next_steps(aws_folder: &Path, plan: &Plan, found_by_itself: bool) -> Vec<String> {
    let Some(profile) = plan.profiles.first() else { return Vec::new() };
    let file = |name| aws_folder.join(name).display().to_string();
    let mut steps = Vec::new();
    if !found_by_itself {
        let (config, credentials) = (file(CONFIG), file(CREDENTIALS));
        steps.push(format!("export AWS_CONFIG_FILE={config} AWS_SHARED_CREDENTIALS_FILE={credentials}"));
    }
    steps.extend(plan.sso_sessions.iter().map(|session| format!("aws sso login --sso-session {}", session.name)));
    steps.push(format!("aws sts get-caller-identity --profile {}", profile.name));
    steps
}

/// The report of a run that is to do neither of the two things that it could.
pub(super) fn nothing_to_do(type_name: &str, dry_run: bool) -> Report {
    let message = "nothing to do: both the access keys and the role profiles are to be skipped".to_owned();
    Report {
        credential_type: type_name.to_owned(),
        key_profile: None,
        dry_run,
        profiles: Vec::new(),
        accounts: Vec::new(),
        files: Vec::new(),
        printed: Vec::new(),
        commands: Vec::new(),
        diagnostics: vec![Diagnostic::note(message)],
        next_steps: Vec::new(),
    }
}
