//! The output target `terraform-providers`: writes a `.tf.json` file with one aliased `aws` provider per account profile.
//!
//! The whole file belongs to leverage. A file without the note of this output is an error.

#![forbid(unsafe_code)]

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::{Query, Settings};
use serde_json::{Value, json};
use std::collections::HashMap;

const NAME: &str = "terraform-providers";

/// The comment in the file that marks it as written by leverage.
const NOTE: &str = "Written by leverage (output terraform-providers): changes are overwritten";

/// Writes the providers.
struct TerraformProviders;

impl OutputTarget for TerraformProviders {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "An aliased aws provider for each account, as a .tf.json file")
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let options = Settings::of(request, NAME, &["path", "shared_files"])?;
        let path = options.path("path", "providers.tf.json")?;
        if !path.ends_with(".tf.json") {
            return Err(options
                .wrong("path", &path.into(), "a path that ends with .tf.json, which Terraform reads")
                .into());
        }
        let shared_files = options.flag("shared_files", true)?;
        let mut changes = Changes::none();
        if plan.profiles.is_empty() {
            return Ok(changes);
        }
        let before = facts.get(lookup::ReadFile { root: Root::Project, path: path.to_owned() })?;
        if let Some(before) = &before {
            refuse_anothers(path, before)?;
        }
        let document = json!({ "//": NOTE, "provider": { "aws": providers(request, plan, shared_files)? } });
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::new(format!("failed to write the providers as JSON: {error}")))?;
        changes.write(Root::Project, path, before.as_deref(), text + "\n");
        Ok(changes)
    }
}

fn refuse_anothers(path: &str, before: &str) -> Result<(), Failure> {
    let own = serde_json::from_str::<Value>(before).is_ok_and(|document| document["//"] == NOTE);
    if own {
        return Ok(());
    }
    Err(Failure::new(format!("{path} already exists and was not written by leverage"))
        .hint(format!("move it away, or set the option `path` of output `{NAME}` to another file")))
}

/// A provider for each profile, in order.
fn providers(request: &Request, plan: &Plan, shared_files: bool) -> Result<Vec<Value>, Failure> {
    let names: HashMap<&str, &str> =
        plan.accounts.iter().map(|account| (account.id.as_str(), account.name.as_str())).collect();
    let mut profiles_of: HashMap<&str, usize> = HashMap::new();
    for id in plan.profiles.iter().filter_map(|profile| profile.account_id.as_deref()) {
        *profiles_of.entry(id).or_default() += 1;
    }
    let short_name = &request.project.short_name;
    let mut taken: HashMap<String, &str> = HashMap::new();
    let mut providers = Vec::with_capacity(plan.profiles.len());
    for profile in &plan.profiles {
        let id = profile.account_id.as_deref();
        // The account's name, if only one profile gives access to the account.
        let account = id.filter(|id| profiles_of.get(id) == Some(&1)).and_then(|id| names.get(id).copied());
        let own = || profile.name.strip_prefix(short_name.as_str()).unwrap_or(&profile.name).trim_start_matches('-');
        let alias = identifier(account.unwrap_or_else(own));
        if let Some(other) = taken.insert(alias.clone(), &profile.name) {
            return Err(Failure::new(format!(
                "profiles `{other}` and `{}` would both get the Terraform alias `{alias}`",
                profile.name
            ))
            .hint("rename one of the accounts"));
        }
        let setting =
            |key: &str| profile.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let mut provider = json!({
            "alias": alias,
            "profile": literal(&profile.name),
            "region": literal(setting("region").unwrap_or(&request.project.region)),
        });
        if let Some(id) = id {
            provider["allowed_account_ids"] = json!([literal(id)]);
        }
        if shared_files {
            // `~` is each user's own home folder: the file can be shared.
            provider["shared_config_files"] = json!([format!("~/.aws/{short_name}/config")]);
            provider["shared_credentials_files"] = json!([format!("~/.aws/{short_name}/credentials")]);
        }
        providers.push(provider);
    }
    Ok(providers)
}

/// A valid Terraform identifier: letters, digits, `_` and `-`, not starting with a digit or dash.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { name } else { format!("_{name}") }
}

/// The text with template sequences escaped.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

define_plugin! {
    /// Writes an aliased aws provider for each account, for Terraform.
    pub PLUGIN = "terraform-providers", outputs: [TerraformProviders], lookups: &[lookup::ReadFile::NAME]
}
