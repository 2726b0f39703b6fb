//! The output target `terraform-vars`: records account ids in the project's Terraform variables.
//!
//! [`edit`] decides which accounts get their ids, and where.

#![forbid(unsafe_code)]

pub mod edit;

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::{Query, Settings};

use edit::NewId;

const NAME: &str = "terraform-vars";

/// Writes the accounts of a plan to the Terraform variables.
struct TerraformVars;

impl OutputTarget for TerraformVars {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "Account ids in the project's Terraform variables")
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        Settings::of(request, NAME, &[])?;
        let mut changes = Changes::none();
        let Some(path) = &request.project.terraform_variables else { return Ok(changes) };
        if plan.accounts.is_empty() {
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
    let accounts = plan.accounts.iter();
    accounts.map(|account| NewId { name: &account.name, id: &account.id, email: account.email.as_deref() }).collect()
}

define_plugin! {
    /// Records account ids in the project's Terraform variables.
    pub PLUGIN = "terraform-vars", outputs: [TerraformVars], lookups: &[lookup::ReadFile::NAME]
}

#[cfg(test)]
mod tests;
