//! The effective configuration: that of one environment, with the overrides of the command line.

use leverage_planner::template::DEFAULT_TEMPLATE;
use leverage_plugin_api::model::{AccountFilter, AccountState, ProfileOptions};
use serde::Serialize;

use super::document::{ConfigDocument, OutputConfig, State, TypeAccounts, TypeConfig};
use super::tree::{ConfigTree, Origin};
use super::values::Pattern;
use crate::suggest::with_suggestions;
use leverage_error::{Error, Kind, Result};

/// The environment of a run that selects none.
pub const DEFAULT_ENVIRONMENT: &str = "default";

/// The environment and the outputs that the user selects for a run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The environment, and the origin of its name.
    pub environment: Option<(String, Origin)>,
    /// `--output`: the outputs that run instead of those of the environment.
    pub outputs: Vec<String>,
}

/// The configuration of one environment.
#[derive(Debug)]
pub struct EffectiveConfig {
    /// The name of the environment.
    pub environment: String,
    /// The origin of that name.
    pub environment_from: Origin,
    /// The outputs to run, in order.
    pub outputs: Vec<OutputConfig>,
    /// The origin of the list of outputs.
    pub outputs_from: Origin,
    document: ConfigDocument,
    tree: ConfigTree,
}

/// A value of the effective configuration, as `config show` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// The value.
    pub value: serde_json::Value,
    /// The origin of the value.
    pub from: String,
}

/// Converts a tree to a document. Each file was checked before, so this fails only if the files disagree about a type.
pub(super) fn document(tree: &ConfigTree) -> Result<ConfigDocument> {
    let document = tree.to_value().try_into();
    document.map_err(|error| Error::new(Kind::Internal, "cannot merge the configuration files").cause(error))
}

impl EffectiveConfig {
    /// Selects an environment of the merged files. `default_outputs` run if the environment lists none.
    ///
    /// # Errors
    ///
    /// `environments` does not contain the environment.
    pub(super) fn select(
        merged: &ConfigDocument,
        tree: &ConfigTree,
        environments: &[&str],
        selection: Selection,
        default_outputs: &[String],
    ) -> Result<Self> {
        let (environment, environment_from) =
            selection.environment.unwrap_or_else(|| (DEFAULT_ENVIRONMENT.to_owned(), Origin::Default));
        if !environments.contains(&environment.as_str()) {
            let error = Error::new(Kind::Usage, format!("{environment_from}: unknown environment `{environment}`"));
            return Err(with_suggestions(error, &environment, environments, "environments"));
        }
        let mut tree = tree.clone();
        let mut overrides =
            tree.remove("environments").and_then(|mut all| all.remove(&environment)).unwrap_or_default();
        let outputs_node = overrides.remove("outputs");
        tree.merge(overrides);

        let configured = merged.environments.get(&environment).and_then(|environment| environment.outputs.clone());
        let (outputs, outputs_from) = if !selection.outputs.is_empty() {
            // An output that the environment lists keeps its options.
            let find = |name: &String| configured.iter().flatten().find(|output| output.name == *name).cloned();
            let outputs = selection.outputs.iter().map(|name| find(name).unwrap_or_else(|| OutputConfig::new(name)));
            (outputs.collect(), Origin::Flag("--output"))
        } else if let Some(configured) = configured {
            (configured, outputs_node.and_then(|node| node.origin().cloned()).unwrap_or(Origin::Default))
        } else {
            (default_outputs.iter().map(OutputConfig::new).collect(), Origin::Default)
        };
        let document = document(&tree)?;
        Ok(Self { environment, environment_from, outputs, outputs_from, document, tree })
    }

    /// The options of a credential type's profiles. `role` and `accounts` are overrides of the command line.
    pub fn profile_options(&self, type_name: &str, role: Option<&str>, accounts: &[String]) -> ProfileOptions {
        let configured = self.document.types.iter().find(|(name, _)| name.0 == type_name);
        let TypeConfig {
            role: configured_role,
            suffix,
            session_duration,
            external_id,
            regions,
            settings,
            accounts: filter,
        } = configured.map(|(_, configured)| configured.clone()).unwrap_or_default();
        let mut options = ProfileOptions::default();
        options.name = self.document.profiles.name.as_ref().map(|name| name.0.clone());
        options.role = role.map(str::to_owned).or(configured_role.map(|role| role.0));
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

    /// All values with their origins.
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
            setting("environment", self.environment.as_str().into(), &self.environment_from),
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
