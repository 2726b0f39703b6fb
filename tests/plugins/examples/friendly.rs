//! A plugin as it should be: a credential type and an output.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a plugin that misbehaves")]

use leverage_planner::AssumeRole;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;

/// Read-only access for auditors.
struct Audit;

impl CredentialType for Audit {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("AUDIT", "Read-only access for auditors")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        // A plugin that prints must not disturb the conversation with the host.
        println!("planning");
        AssumeRole::new("Auditor", "audit").plan(request, facts)
    }
}

/// The accounts as a text file.
struct AccountList;

impl OutputTarget for AccountList {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("account-list", "The accounts as a text file")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let path = "accounts.txt";
        let before = facts.get(lookup::ReadFile { root: Root::Project, path: path.to_owned() })?;
        let mut changes = Changes::none();
        let text = plan.accounts.iter().map(|account| format!("{} {}\n", account.id, account.name)).collect();
        changes.write(Root::Project, path, before.as_deref(), text);
        Ok(changes)
    }
}

const LOOKUPS: &[&str] = &{
    let mut lookups = [""; AssumeRole::LOOKUPS.len() + 1];
    let mut at = 0;
    while at < AssumeRole::LOOKUPS.len() {
        lookups[at] = AssumeRole::LOOKUPS[at];
        at += 1;
    }
    lookups[at] = lookup::ReadFile::NAME;
    lookups
};

define_plugin! {
    /// Access for auditors.
    PLUGIN = "audit", types: [Audit], outputs: [AccountList], lookups: LOOKUPS
}

export_plugin!(PLUGIN);
leverage_test_plugins::leave_a_mark_when_opened!();
