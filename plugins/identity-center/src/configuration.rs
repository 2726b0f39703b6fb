//! The configuration of the plugin, from `identity-center.toml` at the project's root, then from the Terraform variables
//! `sso_start_url` and `sso_region`, then from the user.

use leverage_editors::hcl::{Document, Kind};
use leverage_editors::text::{EditError, split_bom};
use leverage_plugin_api::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The plugin's configuration file, at the project's root.
const FILE: &str = "identity-center.toml";

/// The configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// The access portal.
    pub start_url: String,
    /// The region of IAM Identity Center itself.
    pub region: String,
    permission_sets: Vec<String>,
    accounts: BTreeMap<String, Vec<String>>,
}

/// `identity-center.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    start_url: Option<String>,
    region: Option<String>,
    permission_sets: Option<Vec<String>>,
    #[serde(default)]
    accounts: BTreeMap<String, Vec<String>>,
}

/// A question for a setting that no file has.
struct Question {
    id: &'static str,
    message: &'static str,
    default: Option<String>,
    /// The setting that it asks for.
    setting: &'static str,
}

impl Configuration {
    /// Reads the files, and asks for missing settings.
    pub fn read(request: &Request, facts: &Facts) -> Step<Self> {
        let variables = request.project.terraform_variables.clone();
        let read = |path: String| lookup::ReadFile { root: Root::Project, path };
        let (own, text) = facts.all((read(FILE.to_owned()), variables.clone().map(read)))?;
        let file = own.map(|text| parse(&text)).transpose()?.unwrap_or_default();
        let known = match (variables, text.flatten()) {
            (Some(path), Some(text)) => Variables::parse(&path, &text)?,
            _ => Variables::default(),
        };

        let missing = |wanted: bool, question: Question| wanted.then(|| question.ask());
        let (start_url, region) = (file.start_url.or(known.start_url), file.region.or(known.region));
        let (asked_url, asked_region, asked_sets) = facts.all((
            missing(start_url.is_none(), Question::start_url()),
            missing(region.is_none(), Question::region(&request.project.region)),
            missing(file.permission_sets.is_none() && file.accounts.is_empty(), Question::permission_sets()),
        ))?;
        let permission_sets = file.permission_sets.or_else(|| asked_sets.map(|answer| split(&answer)));
        let configuration = Self {
            start_url: start_url.or(asked_url).unwrap_or_default(),
            region: region.or(asked_region).unwrap_or_default(),
            permission_sets: permission_sets.unwrap_or_default(),
            accounts: file.accounts,
        };
        configuration.check(&request.project)?;
        Ok(configuration)
    }

    /// The permission sets for an account: its own, or those for every account.
    pub fn permission_sets_of(&self, account: &str) -> &[String] {
        self.accounts.get(account).unwrap_or(&self.permission_sets)
    }

    fn check(&self, project: &Project) -> Result<(), Failure> {
        let odd = |what: &str, value: &str, hint: &str| {
            Err(Failure::new(format!("invalid {what} of IAM Identity Center: {value:?}")).hint(hint))
        };
        let address = self.start_url.strip_prefix("https://").unwrap_or_default();
        if address.is_empty() || address.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return odd("start URL", &self.start_url, "expected the form https://d-0123456789.awsapps.com/start");
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.region.is_empty() || !self.region.chars().all(plain) {
            return odd("region", &self.region, "expected the form us-east-1");
        }
        let known = |name: &&String| project.accounts.iter().any(|account| account.name == **name);
        if let Some(stranger) = self.accounts.keys().find(|name| !known(name)) {
            let names: Vec<&str> = project.accounts.iter().map(|account| account.name.as_str()).collect();
            return Err(Failure::new(format!("unknown account {stranger:?} in {FILE}"))
                .hint(format!("accounts of the project: {}", names.join(", "))));
        }
        let mut sets = self.permission_sets.iter().chain(self.accounts.values().flatten());
        let named = |set: &&String| {
            (1..=32).contains(&set.len()) && set.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
        };
        match sets.find(|set| !named(set)) {
            Some(set) => odd("permission set name", set, "use up to 32 letters, digits and `_ + = , . @ -`"),
            None => Ok(()),
        }
    }
}

/// Parses the plugin's configuration file.
fn parse(text: &str) -> Result<File, Failure> {
    let (_, text) = split_bom(text);
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let problem: Vec<&str> = error.message().lines().collect();
        let hint = "known settings: `start_url`, `region`, `permission_sets`, and the table `accounts` of lists";
        EditError::at(text, at, problem.join("; "), hint).in_file(FILE)
    })
}

/// The settings from the Terraform variables.
#[derive(Debug, Default, PartialEq, Eq)]
struct Variables {
    start_url: Option<String>,
    region: Option<String>,
}

impl Variables {
    fn parse(path: &str, text: &str) -> Result<Self, Failure> {
        let document = Document::parse(split_bom(text).1).map_err(|error| EditError::from(error).in_file(path))?;
        let value = |name: &str| {
            let variable = document.attributes.iter().find(|variable| variable.key.as_deref() == Some(name))?;
            match &variable.value.kind {
                Kind::Text(text) if !text.is_empty() => Some(text.clone().into_owned()),
                _ => None,
            }
        };
        Ok(Self { start_url: value("sso_start_url"), region: value("sso_region") })
    }
}

impl Question {
    fn start_url() -> Self {
        let message = "The start URL of IAM Identity Center (the AWS access portal):";
        Self { id: "sso-start-url", message, default: None, setting: "start_url" }
    }

    fn region(default: &str) -> Self {
        let message = "The region of IAM Identity Center:";
        Self { id: "sso-region", message, default: Some(default.to_owned()), setting: "region" }
    }

    fn permission_sets() -> Self {
        let message = "The permission sets to make profiles for, with commas between them:";
        Self { id: "sso-permission-sets", message, default: None, setting: "permission_sets" }
    }

    fn ask(self) -> lookup::Ask {
        lookup::Ask {
            id: self.id.to_owned(),
            message: self.message.to_owned(),
            kind: AnswerKind::Text,
            default: self.default,
            instead: Some(format!("`{}` in {FILE}, or `--answer {}=VALUE`", self.setting, self.id)),
        }
    }
}

fn split(answer: &str) -> Vec<String> {
    answer.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
