//! The output target `project-yaml`: records account ids in `project.yaml`.
//!
//! [`edit`] decides which accounts get their ids, and where.

#![forbid(unsafe_code)]

pub mod edit;

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::{Query, Settings};

use edit::NewId;

const NAME: &str = "project-yaml";

/// Writes the accounts of a plan to `project.yaml`.
struct ProjectYaml;

impl OutputTarget for ProjectYaml {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "Account ids in project.yaml, on a project's first run")
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        Settings::of(request, NAME, &[])?;
        let mut changes = Changes::none();
        let Some(path) = &request.project.project_file else { return Ok(changes) };
        if !plan.record_in_project_file || plan.accounts.is_empty() {
            return Ok(changes);
        }
        let Some(before) = facts.get(lookup::ReadFile { root: Root::Project, path: path.clone() })? else {
            return Ok(changes);
        };
        let after = edit::record(&before, &new_ids(plan)).map_err(|error| error.in_file(path))?;
        changes.write(Root::Project, path.as_str(), Some(&before), after);
        Ok(changes)
    }
}

fn new_ids(plan: &Plan) -> Vec<NewId<'_>> {
    plan.accounts.iter().map(|account| NewId { name: &account.name, id: &account.id }).collect()
}

define_plugin! {
    /// Records account ids in project.yaml.
    pub PLUGIN = "project-yaml", outputs: [ProjectYaml], lookups: &[lookup::ReadFile::NAME]
}

#[cfg(test)]
mod tests;
