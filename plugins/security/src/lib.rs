//! The credential type SECURITY.

#![forbid(unsafe_code)]

use leverage_planner::AssumeRole;
use leverage_plugin_api::prelude::*;

/// Keys for everyday work: a user of the security account who assumes a role in every other.
struct Security;

impl CredentialType for Security {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("SECURITY", "Everyday work")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        AssumeRole::new("DevOps", "devops")
            // A user of the security account may not list the organization's accounts.
            .read_organization_with(["management", "bootstrap"])
            // The DevOps role does not exist there.
            .without_management_account()
            .plan(request, facts)
    }
}

define_plugin! {
    /// Keys for everyday work: a user of the security account who assumes a role in every other.
    pub PLUGIN = "security", types: [Security], lookups: AssumeRole::LOOKUPS
}
