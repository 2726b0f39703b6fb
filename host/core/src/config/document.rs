//! The form of a configuration file. Its JSON schema, `host/schema/leverage.schema.json`, is generated from here.

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
pub type Required = BTreeMap<String, Hash>;

/// The configuration of leverage: `leverage.toml` in a project, `leverage/config.toml` in the user's own folder of
/// configurations.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Document {
    /// The plugins that the project needs. Only in a project's file.
    pub plugins: Plugins,
    /// How profiles are called.
    pub profiles: Profiles,
    /// The credential types, by their names in upper case.
    pub types: BTreeMap<TypeName, Type>,
    /// What is written where: each is chosen by `--env NAME` or `LEVERAGE_ENV`; without a choice it is `default`.
    pub environments: BTreeMap<String, Environment>,
}

/// The plugins that the project needs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Plugins {
    /// The hash of each plugin, by the plugin's id: `sha256-` and 64 hexadecimal digits.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    pub require: Required,
}

/// How profiles are called.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Profiles {
    /// The template of their names, with `{short_name}`, `{account}`, `{account_id}`, `{role}`, `{suffix}`, `{type}` and
    /// `{ou}`. Without one it is `{short_name}-{account}-{suffix}`.
    pub name: Option<NameTemplate>,
}

/// What holds for one credential type, if it is one that assumes a role in each account. Without a value, the type
/// decides.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Type {
    /// The role that its profiles assume, with its path if it has one. `--role-name` wins.
    pub role: Option<RoleName>,
    /// What its profiles' names end with.
    pub suffix: Option<Suffix>,
    /// For how many seconds the role is assumed: 900 to 43200.
    pub session_duration: Option<SessionDuration>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<ExternalId>,
    /// The regions of accounts, by their names. The others have the project's primary region.
    pub regions: BTreeMap<String, RegionName>,
    /// Further settings of each profile in the AWS config file.
    pub settings: BTreeMap<SettingName, SettingValue>,
    /// The accounts that get a profile.
    pub accounts: TypeAccounts,
}

/// The accounts that get a profile: those that match each list, and no list that excludes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TypeAccounts {
    /// Patterns of names to include. `--account` wins.
    pub include: Vec<Pattern>,
    /// Patterns of names to leave out.
    pub exclude: Vec<Pattern>,
    /// Patterns of the paths of organizational units to include, with all that lies below them.
    pub include_ous: Vec<Pattern>,
    /// Patterns of the paths of organizational units to leave out, with all that lies below them.
    pub exclude_ous: Vec<Pattern>,
    /// The states to include. Without one, `ACTIVE`.
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
    /// On the way to being closed.
    PendingClosure,
    /// Closed.
    Closed,
}

/// An environment: what is written there, and what differs there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// The outputs that run, in this order. Without them, those of leverage itself: `aws-cli-files`, `terraform-vars`
    /// and `project-yaml`. `--output` wins.
    pub outputs: Option<Vec<Output>>,
    /// How profiles are called here. What is not said is as it is outside of the environment.
    pub profiles: Profiles,
    /// What holds for credential types here. What is not said is as it is outside of the environment.
    pub types: BTreeMap<TypeName, Type>,
}

/// An output, with options of its own: `"NAME"` or `{ name = "NAME", OPTION = … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its own options.
    pub options: BTreeMap<String, serde_json::Value>,
}

impl Output {
    /// The output `name`, without options.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), options: BTreeMap::new() }
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutputVisitor)
    }
}

struct OutputVisitor;

impl<'de> Visitor<'de> for OutputVisitor {
    type Value = Output;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an output's name, or a table `{ name = \"NAME\", OPTION = … }`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Output, E> {
        Ok(Output::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Output, A::Error> {
        let mut name = None;
        let mut options = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "name" {
                name = Some(map.next_value()?);
            } else {
                options.insert(key, as_json(map.next_value()?));
            }
        }
        let name = name.ok_or_else(|| A::Error::custom("an output needs its name: `{ name = \"NAME\", … }`"))?;
        Ok(Output { name, options })
    }
}

/// The value as plugins get it. JSON has no times, so they are texts.
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
impl schemars::JsonSchema for Output {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Output".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An output's name, or a table of its name and its own options.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] },
            ],
        })
    }
}
