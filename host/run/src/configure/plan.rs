//! Runs the credential type, and verifies new access keys.

use leverage_core::protocol::{self, Contribution, RequestBase};
use leverage_core::report::KeyProfile;
use leverage_error::Result;
use leverage_plugin_api::model::{Options, Plan, Project};
use serde_json::value::RawValue;

use super::lookups::LookupContext;
use super::summary;
use crate::pending_files::PendingFiles;

/// The plan of a credential type.
pub(super) struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The plan as the credential type wrote it, for the outputs.
    pub document: Box<RawValue>,
    /// The profile of the access keys.
    pub key_profile: Option<KeyProfile>,
}

/// Runs the credential type.
pub(super) async fn plan<'a>(
    credential_type: &dyn Contribution,
    options: &Options,
    project: &Project,
    lookups: &mut LookupContext<'a>,
    files: &mut PendingFiles<'a>,
) -> Result<Planned> {
    let request = RequestBase::new(project, options)?;
    // A credential type cannot declare file variables.
    let mut resolver = lookups.resolver(files, &[]);
    let document: Box<RawValue> = protocol::run(credential_type, &request, None, &mut resolver).await?;
    let plan = protocol::read_plan(credential_type, &document)?;
    let key_profile = summary::key_profile(&plan, options, project, lookups).await;
    let key_profile = key_profile.map_err(|error| protocol::attribute(credential_type, error))?;
    lookups.check_organization().await?;
    tracing::info!(profiles = plan.profiles.len(), accounts = plan.accounts.len(), "planned");
    Ok(Planned { plan, document, key_profile })
}
