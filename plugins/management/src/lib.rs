//! The credential type MANAGEMENT.

#![forbid(unsafe_code)]

use leverage_planner::AssumeRole;
use leverage_plugin_api::prelude::*;

/// Keys for the administration of the organization.
struct Management;

impl CredentialType for Management {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("MANAGEMENT", "Administration of the organization")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        AssumeRole::new("OrganizationAccountAccessRole", "oaar").keys_of_management_account().plan(request, facts)
    }
}

define_plugin! {
    /// Keys for the administration of the organization.
    pub PLUGIN = "management", types: [Management], lookups: AssumeRole::LOOKUPS
}
