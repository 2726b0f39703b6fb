//! The output target `dotenv`: writes the environment variables for working with the accounts to a `.env` file, or for the
//! later steps of a GitHub Actions job.

#![forbid(unsafe_code)]

mod github;
mod options;
mod variables;

use leverage_editors::dotenv;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;

use options::{DotenvOptions, Format, NAME};
use variables::Variable;

/// The variable with the path of the file for environment variables in GitHub Actions.
const GITHUB_ENV: &str = "GITHUB_ENV";

/// Writes environment variables.
struct Dotenv;

impl OutputTarget for Dotenv {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "Environment variables, as a .env file or for GitHub Actions")
            .file_variable(GITHUB_ENV)
            .hidden_lines(github::hidden_lines())
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let options = DotenvOptions::read(request)?;
        let variables = variables::of(request, plan, &options)?;
        let mut changes = Changes::none();
        if variables.is_empty() {
            return Ok(changes);
        }
        let (root, path) = match options.format {
            Format::Dotenv => (Root::Project, options.path),
            Format::GithubActions => (Root::Environment, GITHUB_ENV),
        };
        let before = facts.get(lookup::ReadFile { root, path: path.to_owned() })?;
        let before = before.as_deref();
        let text = match options.format {
            Format::Dotenv => {
                let variables: Vec<_> = variables.iter().map(Variable::in_file).collect();
                let edited = dotenv::edit(before.unwrap_or_default(), &variables);
                edited.map_err(|error| error.in_file(options.path))?
            }
            Format::GithubActions => {
                changes.print.extend(github::masks(plan, &options));
                github::append(before.unwrap_or_default(), &variables)
            }
        };
        changes.write(root, path, before, text);
        if options.format == Format::Dotenv && variables.iter().any(Variable::is_secret) {
            changes
                .diagnostics
                .push(Diagnostic::warning(format!("{path} has a secret access key: keep it out of version control")));
        }
        Ok(changes)
    }
}

define_plugin! {
    /// Writes environment variables, as a .env file or for GitHub Actions.
    pub PLUGIN = "dotenv", outputs: [Dotenv], lookups: &[lookup::ReadFile::NAME]
}
