//! The credential type BOOTSTRAP.

#![forbid(unsafe_code)]

use leverage_planner::AssumeRole;
use leverage_plugin_api::prelude::*;

/// Keys for the first deployment of a project.
struct Bootstrap;

impl CredentialType for Bootstrap {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("BOOTSTRAP", "First deployment, with temporary keys of the management account")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        AssumeRole::new("OrganizationAccountAccessRole", "oaar")
            .keys_of_management_account()
            .starts_projects()
            .plan(request, facts)
    }
}

define_plugin! {
    /// Keys for the first deployment of a project.
    pub PLUGIN = "bootstrap", types: [Bootstrap], lookups: AssumeRole::LOOKUPS
}
