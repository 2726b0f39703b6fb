//! What holds in the environment that was chosen, and what the command line says in its place.

use leverage_planner::template::DEFAULT_TEMPLATE;
use leverage_plugin_api::model::{AccountFilter, AccountState, ProfileOptions};
use serde::Serialize;

use super::document::{Document, Output, State, Type, TypeAccounts};
use super::tree::{Node, Origin};
use super::values::Pattern;
use super::{Config, DEFAULT_ENVIRONMENT, typed};
use crate::suggest::did_you_mean;
use leverage_error::{Error, Kind, Result};

/// What the person chooses for one run.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The environment, and what names it.
    pub environment: Option<(String, Origin)>,
    /// `--output`: the outputs that run instead of the environment's.
    pub outputs: Vec<String>,
}

/// What holds in one environment.
#[derive(Debug)]
pub struct Effective {
    /// The environment's name.
    pub environment: String,
    /// What chose it.
    pub chosen_by: Origin,
    /// The outputs that run, in their order.
    pub outputs: Vec<Output>,
    /// What names them.
    pub outputs_from: Origin,
    document: Document,
    tree: Node,
}

/// A value that holds, as `config show` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: serde_json::Value,
    /// Where it comes from.
    pub from: String,
}

impl Config {
    /// What holds in the environment that is chosen. `default_outputs` run where it names none.
    ///
    /// # Errors
    ///
    /// There is no environment of that name.
    pub fn choose(&self, choice: Choice, default_outputs: &[String]) -> Result<Effective> {
        let (environment, chosen_by) =
            choice.environment.unwrap_or_else(|| (DEFAULT_ENVIRONMENT.to_owned(), Origin::Default));
        let known: Vec<&str> = self.environments().collect();
        if !known.contains(&environment.as_str()) {
            return Err(Error::new(Kind::Usage, format!("there is no environment {environment:?} ({chosen_by})"))
                .hint(did_you_mean(&environment, &known, "the environments are")));
        }
        let mut tree = self.tree.clone();
        let mut own = tree.remove("environments").and_then(|mut all| all.remove(&environment)).unwrap_or_default();
        let outputs = own.remove("outputs");
        tree.merge(own);

        let entries = self.document.environments.get(&environment).and_then(|own| own.outputs.clone());
        let (outputs, outputs_from) = if !choice.outputs.is_empty() {
            // One that the environment has keeps its options.
            let entry = |name: &String| entries.iter().flatten().find(|entry| entry.name == *name).cloned();
            let chosen = choice.outputs.iter().map(|name| entry(name).unwrap_or_else(|| Output::new(name)));
            (chosen.collect(), Origin::Flag("--output"))
        } else if let Some(entries) = entries {
            (entries, outputs.and_then(|node| node.origin().cloned()).unwrap_or(Origin::Default))
        } else {
            (default_outputs.iter().map(Output::new).collect(), Origin::Default)
        };
        Ok(Effective { environment, chosen_by, outputs, outputs_from, document: typed(&tree)?, tree })
    }
}

impl Effective {
    /// What a credential type is told of its profiles. `role` and `accounts` are what the command line says.
    pub fn profile_options(&self, type_name: &str, role: Option<&str>, accounts: &[String]) -> ProfileOptions {
        let found = self.document.types.iter().find(|(name, _)| name.0 == type_name).map(|(_, found)| found.clone());
        let Type { role: own_role, suffix, session_duration, external_id, regions, settings, accounts: filter } =
            found.unwrap_or_default();
        let mut options = ProfileOptions::default();
        options.name = self.document.profiles.name.as_ref().map(|name| name.0.clone());
        options.role = role.map(str::to_owned).or(own_role.map(|role| role.0));
        options.suffix = suffix.map(|suffix| suffix.0);
        options.session_duration = session_duration.map(|seconds| seconds.0);
        options.external_id = external_id.map(|id| id.0);
        options.regions = regions.into_iter().map(|(account, region)| (account, region.0)).collect();
        options.settings = settings.into_iter().map(|(key, value)| (key.0, value.0)).collect();
        options.accounts = account_filter(filter);
        if !accounts.is_empty() {
            options.accounts.include = accounts.to_vec();
        }
        options
    }

    /// Every value that holds, and where it comes from.
    pub fn settings(&self) -> Vec<Setting> {
        let setting =
            |key: &str, value, origin: &Origin| Setting { key: key.to_owned(), value, from: origin.to_string() };
        let outputs = self.outputs.iter().map(|output| {
            let mut value = serde_json::json!({ "name": output.name });
            if let (Some(value), false) = (value.as_object_mut(), output.options.is_empty()) {
                value.extend(output.options.clone());
                return serde_json::Value::Object(std::mem::take(value));
            }
            output.name.as_str().into()
        });
        let mut settings = vec![
            setting("environment", self.environment.as_str().into(), &self.chosen_by),
            setting("outputs", outputs.collect(), &self.outputs_from),
        ];
        if self.document.profiles.name.is_none() {
            settings.push(setting("profiles.name", DEFAULT_TEMPLATE.into(), &Origin::Default));
        }
        for (path, value, origin) in self.tree.leaves() {
            let value = serde_json::to_value(value).unwrap_or_default();
            settings.push(setting(&path.join("."), value, origin));
        }
        settings
    }
}

fn account_filter(accounts: TypeAccounts) -> AccountFilter {
    let texts = |patterns: Vec<Pattern>| patterns.into_iter().map(|pattern| pattern.0).collect();
    let state = |state: State| match state {
        State::Active => AccountState::Active,
        State::PendingActivation => AccountState::Other("PENDING_ACTIVATION".to_owned()),
        State::Suspended => AccountState::Other("SUSPENDED".to_owned()),
        State::PendingClosure => AccountState::Other("PENDING_CLOSURE".to_owned()),
        State::Closed => AccountState::Other("CLOSED".to_owned()),
    };
    let mut filter = AccountFilter::default();
    filter.include = texts(accounts.include);
    filter.exclude = texts(accounts.exclude);
    filter.include_ous = texts(accounts.include_ous);
    filter.exclude_ous = texts(accounts.exclude_ous);
    filter.states = accounts.states.into_iter().map(state).collect();
    filter
}
