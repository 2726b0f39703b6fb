//! The form of a configuration file. Its JSON schema, `host/schema/leverage.schema.json`, is generated from it.

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

use super::values::{
    ExternalId, NameTemplate, Pattern, RegionName, RoleName, SessionDuration, SettingName, SettingValue, Suffix,
    TypeName,
};
use crate::hash::Hash;

/// The plugins that a project requires, by id.
pub type RequiredPlugins = BTreeMap<String, Hash>;

/// The configuration of leverage: `leverage.toml` in a project, and `leverage/config.toml` in the user's configuration
/// folder.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConfigDocument {
    /// The plugins that the project requires. Only in a project's file.
    pub plugins: PluginsConfig,
    /// The names of profiles.
    pub profiles: ProfilesConfig,
    /// Settings of credential types, by the type's name in upper case.
    pub types: BTreeMap<TypeName, TypeConfig>,
    /// Environments, which select the outputs. `--env NAME` or `LEVERAGE_ENV` selects one; the default is `default`.
    pub environments: BTreeMap<String, EnvironmentConfig>,
}

/// The plugins that the project requires.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PluginsConfig {
    /// The hash of each plugin, by the plugin's id: `sha256-` and 64 hexadecimal digits.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub require: RequiredPlugins,
}

/// The names of profiles.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProfilesConfig {
    /// The template of profile names, with `{short_name}`, `{account}`, `{account_id}`, `{role}`, `{suffix}`, `{type}` and
    /// `{ou}`. The default is `{short_name}-{account}-{suffix}`.
    pub name: Option<NameTemplate>,
}

/// Settings of a credential type that assumes a role in each account. The type determines the defaults.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TypeConfig {
    /// The role that its profiles assume, with its path, if any. `--role-name` overrides it.
    pub role: Option<RoleName>,
    /// The suffix of its profile names.
    pub suffix: Option<Suffix>,
    /// The duration of a role session in seconds: 900 to 43200.
    pub session_duration: Option<SessionDuration>,
    /// The external id that the trust policy of the role requires.
    pub external_id: Option<ExternalId>,
    /// The regions of accounts, by account name. The default is the primary region of the project.
    pub regions: BTreeMap<String, RegionName>,
    /// Additional settings of each profile in the AWS config file.
    pub settings: BTreeMap<SettingName, SettingValue>,
    /// The accounts that get a profile.
    pub accounts: TypeAccounts,
}

/// The accounts that get a profile: those that match all `include` lists and no `exclude` list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TypeAccounts {
    /// Patterns of account names to include. `--account` overrides them.
    pub include: Vec<Pattern>,
    /// Patterns of account names to exclude.
    pub exclude: Vec<Pattern>,
    /// Patterns of paths of organizational units to include, with all units below them.
    pub include_ous: Vec<Pattern>,
    /// Patterns of paths of organizational units to exclude, with all units below them.
    pub exclude_ous: Vec<Pattern>,
    /// The account states to include. The default is `ACTIVE`.
    pub states: Vec<State>,
}

/// The state of an account, as AWS names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// In use.
    Active,
    /// Created, but not usable yet.
    PendingActivation,
    /// Suspended by AWS.
    Suspended,
    /// Being closed.
    PendingClosure,
    /// Closed.
    Closed,
}

/// An environment: its outputs, and settings that override those outside of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EnvironmentConfig {
    /// The outputs to run, in this order. The default is `aws-cli-files`, `terraform-vars` and `project-yaml`.
    /// `--output` overrides it.
    pub outputs: Option<Vec<OutputConfig>>,
    /// The names of profiles in this environment.
    pub profiles: ProfilesConfig,
    /// Settings of credential types in this environment.
    pub types: BTreeMap<TypeName, TypeConfig>,
}

/// An output with its options: `"NAME"` or `{ name = "NAME", OPTION = … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputConfig {
    /// Its name.
    pub name: String,
    /// Its options.
    pub options: BTreeMap<String, serde_json::Value>,
}

impl OutputConfig {
    /// The output `name` without options.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), options: BTreeMap::new() }
    }
}

impl<'de> Deserialize<'de> for OutputConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutputVisitor)
    }
}

struct OutputVisitor;

impl<'de> Visitor<'de> for OutputVisitor {
    type Value = OutputConfig;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an output name, or a table `{ name = \"NAME\", OPTION = … }`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<OutputConfig, E> {
        Ok(OutputConfig::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OutputConfig, A::Error> {
        let mut name = None;
        let mut options = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "name" {
                name = Some(map.next_value()?);
            } else {
                options.insert(key, as_json(map.next_value()?));
            }
        }
        let name = name.ok_or_else(|| A::Error::custom("missing output name, as in `{ name = \"NAME\", … }`"))?;
        Ok(OutputConfig { name, options })
    }
}

/// The value as plugins receive it. JSON has no type for times, so they become strings.
fn as_json(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, as_json(value))).collect(),
    }
}

#[cfg(test)]
impl schemars::JsonSchema for OutputConfig {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OutputConfig".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The name of an output, or a table of its name and its options.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] },
            ],
        })
    }
}
