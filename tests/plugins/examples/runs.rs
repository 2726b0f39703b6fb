//! An output that has run whatever the project's file `commands.json` says. `{secret}` in it stands for the new secret
//! access key.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a plugin that misbehaves")]

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;

struct Runs;

impl OutputTarget for Runs {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("runs", "Nothing, and has commands run")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let text = facts.get(lookup::ReadFile { root: Root::Project, path: "commands.json".to_owned() })?;
        let secret = plan.keys.as_ref().map(|keys| keys.pair.secret_access_key.in_text(TextFormat::Ini));
        let text = text.unwrap_or_else(|| "[]".to_owned()).replace("{secret}", &secret.unwrap_or_default());
        let mut changes = Changes::none();
        changes.commands =
            serde_json::from_str(&text).map_err(|error| Failure::new(format!("commands.json: {error}")))?;
        Ok(changes)
    }
}

define_plugin! {
    /// Has commands run.
    PLUGIN = "runs", outputs: [Runs], lookups: &[lookup::ReadFile::NAME, lookup::RUN]
}

export_plugin!(PLUGIN);
