//! The credential type SECURITY.

#![forbid(unsafe_code)]

use leverage_planner::AssumeRole;
use leverage_plugin_api::prelude::*;

/// Keys for everyday work: of a user in the security account who assumes a role in every other account.
struct Security;

impl CredentialType for Security {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("SECURITY", "Everyday work")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        AssumeRole::new("DevOps", "devops")
            // Users of the security account are not allowed to list the organization's accounts.
            .read_organization_with(["management", "bootstrap"])
            .keys_of_account("security")
            // The DevOps role does not exist there.
            .without_management_account()
            .plan(request, facts)
    }
}

define_plugin! {
    /// Keys for everyday work: of a user in the security account who assumes a role in every other account.
    pub PLUGIN = "security", types: [Security], lookups: AssumeRole::LOOKUPS
}
