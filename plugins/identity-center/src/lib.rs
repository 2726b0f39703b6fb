//! The credential type IDENTITY-CENTER: users sign in through IAM Identity Center, without access keys.
//!
//! Plans one `sso-session`, and one profile per account and permission set of the `Configuration`. It sends no requests to
//! AWS: users run `aws sso login` afterwards.

#![forbid(unsafe_code)]

mod configuration;

use leverage_plugin_api::naming;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;
use std::collections::HashMap;

use configuration::Configuration;

/// Plans profiles that sign in through IAM Identity Center.
struct IdentityCenter;

impl CredentialType for IdentityCenter {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("IDENTITY-CENTER", "Sign in through IAM Identity Center, without access keys")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        let configuration = Configuration::read(request, facts)?;
        let project = &request.project;
        let mut plan = Plan::new();
        plan.sso_sessions.push(
            PlannedSsoSession::new(&project.short_name)
                .set("sso_region", &configuration.region)
                .set("sso_start_url", &configuration.start_url)
                .set("sso_registration_scopes", "sso:account:access"),
        );
        if !request.options.skip_assumable_roles {
            add_profiles(&mut plan, project, &configuration)?;
        }
        Ok(plan)
    }
}

/// Plans one profile per account and permission set.
fn add_profiles(plan: &mut Plan, project: &Project, configuration: &Configuration) -> Result<(), Failure> {
    let mut taken: HashMap<String, &str> = HashMap::new();
    let mut unknown = Vec::new();
    for account in &project.accounts {
        let permission_sets = configuration.permission_sets_of(&account.name);
        let Some(id) = &account.id else {
            unknown.extend((!permission_sets.is_empty()).then_some(account.name.as_str()));
            continue;
        };
        for permission_set in permission_sets {
            let name = profile_name(&project.short_name, &account.name, permission_set);
            if let Some(other) = taken.insert(name.clone(), permission_set) {
                let problem =
                    format!("permission sets `{other}` and `{permission_set}` would both get the profile `{name}`");
                return Err(Failure::new(problem).hint("remove one of them, or rename it in IAM Identity Center"));
            }
            let profile = PlannedProfile::new(name)
                .reaches(id)
                .set("output", "json")
                .set("region", &project.region)
                .set("sso_session", &project.short_name)
                .set("sso_account_id", id)
                .set("sso_role_name", permission_set);
            plan.profiles.push(profile);
        }
    }
    if !unknown.is_empty() {
        plan.warn(format!("no profiles for accounts without an id in the project's files: {}", unknown.join(", ")));
    }
    if plan.profiles.is_empty() {
        plan.warn("no profiles planned: no account has both an id and a permission set");
    }
    Ok(())
}

/// `<short name>-sso-<account>-<permission set>`, which differs from the profile names of other types.
fn profile_name(short_name: &str, account: &str, permission_set: &str) -> String {
    naming::profile_name(&format!("{short_name}-sso-{account}-{}", permission_set.to_lowercase()))
}

define_plugin! {
    /// Profiles that sign in through IAM Identity Center, without access keys.
    pub PLUGIN = "identity-center",
    types: [IdentityCenter],
    lookups: &[lookup::ReadFile::NAME, lookup::Ask::NAME]
}
