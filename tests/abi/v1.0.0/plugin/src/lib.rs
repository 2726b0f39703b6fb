//! A tiny plugin, as an author wrote it for `leverage-plugin-api` 1.0.0: keys, an identity, accounts and a file,
//! a plan and an output. Never to be changed: it has to build and work with every later 1.x as it is.

use leverage_plugin_api::prelude::*;

/// A profile for each account.
struct Tiny;

impl CredentialType for Tiny {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("TINY", "A profile for each account")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        let profile = request.key_profile("TINY");
        let pair = facts.get(lookup::AccessKeys { profile: profile.clone() })?;
        let with = Credentials::Keys(pair.clone());
        let (identity, accounts, notes) = facts.all((
            lookup::CallerIdentity { with: with.clone() },
            lookup::ListAccounts { with },
            lookup::ReadFile { root: Root::Project, path: "NOTES.md".to_owned() },
        ))?;
        let Accounts::Found { accounts, .. } = accounts else {
            return Err(Pause::Failed(Failure::new("there is no organization").hint("create one")));
        };

        let mut plan = Plan::new();
        for Account { id, name, .. } in accounts {
            let name = leverage_plugin_api::naming::account_name(&name, request.project.long_name.as_deref());
            let role = format!("arn:{}:iam::{id}:role/Tiny", identity.partition());
            let profile = PlannedProfile::new(format!("{}-{name}-tiny", request.project.short_name))
                .set("region", &request.project.region)
                .set("role_arn", role)
                .set("source_profile", &profile)
                .reaches(&id);
            plan.profiles.push(profile);
            plan.accounts.push(PlannedAccount::new(name, id));
        }
        plan.keys = Some(PlannedKeys::new(profile, pair));
        plan.note(format!("planned with leverage-plugin-api {}", leverage_plugin_api::VERSION));
        if notes.is_none() {
            plan.warn("the project has no NOTES.md");
        }
        Ok(plan)
    }
}

/// The profiles' names.
struct Names;

impl OutputTarget for Names {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("names", "The profiles' names")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let before = facts.get(lookup::ReadFile { root: Root::Project, path: "names.txt".to_owned() })?;
        let mut changes = Changes::none();
        let text = plan.profiles.iter().map(|profile| format!("{}\n", profile.name)).collect();
        changes.write(Root::Project, "names.txt", before.as_deref(), text);
        Ok(changes)
    }
}

define_plugin! {
    /// A profile for each account.
    PLUGIN = "tiny",
    types: [Tiny],
    outputs: [Names],
    lookups: &["access-keys/1", "caller-identity/1", "accounts/1", "file/1"]
}

export_plugin!(PLUGIN);
