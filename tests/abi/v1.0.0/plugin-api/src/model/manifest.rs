//! What a plugin says about itself.

use serde::{Deserialize, Serialize};

/// A plugin's description of itself: who it is, what it adds, and what it wants to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Manifest {
    /// The plugin's id: lower-case letters, digits and dashes.
    pub id: String,
    /// The plugin's own version.
    pub version: String,
    /// The version of `leverage-plugin-api` that it was built with.
    pub api: String,
    /// One sentence on what it is for.
    #[serde(default)]
    pub description: String,
    /// The credential types that it adds.
    #[serde(default)]
    pub types: Vec<TypeInfo>,
    /// The output targets that it adds.
    #[serde(default)]
    pub outputs: Vec<OutputInfo>,
    /// The lookups that it may ask for, such as `accounts/1`. The host answers no others.
    #[serde(default)]
    pub lookups: Vec<String>,
}

impl Manifest {
    /// A manifest that adds nothing yet.
    pub fn new(id: impl Into<String>, version: impl Into<String>, api: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            api: api.into(),
            description: String::new(),
            types: Vec::new(),
            outputs: Vec::new(),
            lookups: Vec::new(),
        }
    }
}

/// A credential type, as `--help` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TypeInfo {
    /// Its name in upper case, as given to `--type`: letters, digits and dashes.
    pub name: String,
    /// What it is for, in a few words.
    pub summary: String,
}

impl TypeInfo {
    /// A type called `name` that is for `summary`.
    pub fn new(name: impl Into<String>, summary: impl Into<String>) -> Self {
        Self { name: name.into(), summary: summary.into() }
    }
}

/// An output target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OutputInfo {
    /// Its name: lower-case letters, digits and dashes.
    pub name: String,
    /// What it writes, in a few words.
    pub summary: String,
}

impl OutputInfo {
    /// An output called `name` that writes `summary`.
    pub fn new(name: impl Into<String>, summary: impl Into<String>) -> Self {
        Self { name: name.into(), summary: summary.into() }
    }
}
