//! The parts of a report besides the files.

use leverage_core::report::{KeyProfile, Report};
use leverage_error::Result;
use leverage_plugin_api::model::{Diagnostic, Options as PluginOptions, Plan, Project};
use leverage_plugin_api::naming;
use std::path::Path;

use super::lookups::LookupContext;
use crate::pending_files::{CONFIG, CREDENTIALS};

/// The profile of the access keys, unless the credential type uses none. New keys are verified here if the type did not
/// ask for their owner, because AWS must accept keys before they are written.
pub(super) async fn key_profile(
    plan: &Plan,
    options: &PluginOptions,
    project: &Project,
    lookups: &mut LookupContext<'_>,
) -> Result<Option<KeyProfile>> {
    if plan.keys.is_none() && !lookups.used_credentials() {
        return Ok(None);
    }
    let identity = match &plan.keys {
        Some(keys) => Some(lookups.identity_of(&keys.pair).await?),
        None => lookups.only_identity().await,
    };
    let default = || naming::key_profile(&project.short_name, &options.credential_type);
    Ok(Some(KeyProfile {
        name: plan.keys.as_ref().map_or_else(default, |keys| keys.profile.clone()),
        new_keys: plan.keys.is_some(),
        arn: identity.map(|identity| identity.arn),
    }))
}

/// The commands that use the profiles. Unless the AWS CLI reads the files by default, environment variables name them.
pub(super) fn next_steps(aws_folder: &Path, plan: &Plan, read_by_default: bool) -> Vec<String> {
    let Some(profile) = plan.profiles.first() else { return Vec::new() };
    let file = |name| aws_folder.join(name).display().to_string();
    let mut steps = Vec::new();
    if !read_by_default {
        let (config, credentials) = (file(CONFIG), file(CREDENTIALS));
        steps.push(format!("export AWS_CONFIG_FILE={config} AWS_SHARED_CREDENTIALS_FILE={credentials}"));
    }
    steps.extend(plan.sso_sessions.iter().map(|session| format!("aws sso login --sso-session {}", session.name)));
    steps.push(format!("aws sts get-caller-identity --profile {}", profile.name));
    steps
}

/// The report of a run that skips access keys and role profiles.
pub(super) fn nothing_to_do(type_name: &str, dry_run: bool) -> Report {
    let message = "nothing to do: access keys and role profiles are skipped".to_owned();
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
