//! A plugin of tomorrow: it uses what `leverage-plugin-api` 1.2.0 may bring (see
//! `../tomorrow.patch`), and does without where the host of today does not.

use leverage_plugin_api::prelude::*;

/// Works with hosts of today too: it asks for nothing that they do not know.
struct Polite;

impl CredentialType for Polite {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("POLITE", "A profile for each account")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        let profile = request.key_profile("POLITE");
        let pair = facts.get(lookup::AccessKeys { profile: profile.clone() })?;
        let accounts = facts.get(lookup::ListAccounts { with: Credentials::Keys(pair.clone()) })?;
        let Accounts::Found { accounts, .. } = accounts else {
            return Err(Pause::failed("there is no organization"));
        };
        let mut plan = Plan::new();
        for Account { id, name, .. } in accounts {
            let name = leverage_plugin_api::naming::account_name(&name, request.project.long_name.as_deref());
            let role = format!("arn:aws:iam::{id}:role/Polite");
            let mut profile = PlannedProfile::new(format!("{}-{name}-polite", request.project.short_name))
                .set("region", &request.project.region)
                .set("role_arn", role)
                .set("source_profile", &profile);
            profile.color = Some("green".to_owned());
            plan.profiles.push(profile);
        }
        plan.tags.push("tomorrow".to_owned());
        plan.keys = Some(PlannedKeys::new(profile, pair));
        let budget = request.options.budget.map_or("no budget".to_owned(), |budget| budget.to_string());
        plan.note(format!("planned with leverage-plugin-api {}, {budget}", leverage_plugin_api::VERSION));
        Ok(plan)
    }
}

/// Asks for what only a host of tomorrow knows.
struct Curious;

impl CredentialType for Curious {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("CURIOUS", "Asks what the accounts may cost")
    }

    fn plan(&self, _request: &Request, facts: &Facts) -> Step<Plan> {
        let budget = facts.get(lookup::Budget { account: "security".to_owned() })?;
        let mut plan = Plan::new();
        plan.note(budget);
        Ok(plan)
    }
}

/// The profiles with their colors.
struct Colors;

impl OutputTarget for Colors {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("colors", "The profiles with their colors")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let before = facts.get(lookup::ReadFile { root: Root::Project, path: "colors.txt".to_owned() })?;
        let color = |profile: &PlannedProfile| profile.color.clone().unwrap_or_else(|| "none".to_owned());
        let line = |profile: &PlannedProfile| format!("{} {} {:?}\n", profile.name, color(profile), plan.tags);
        let mut changes = Changes::none();
        changes.write(Root::Project, "colors.txt", before.as_deref(), plan.profiles.iter().map(line).collect());
        Ok(changes)
    }
}

define_plugin! {
    /// What a plugin may be tomorrow.
    PLUGIN = "tomorrow",
    types: [Polite, Curious],
    outputs: [Colors],
    lookups: &["access-keys/1", "accounts/1", "file/1", "budget/1"]
}

export_plugin!(PLUGIN);
