//! A plugin's manifest.

use serde::{Deserialize, Serialize};

use super::lookups::Root;

/// A plugin's id, version, contributions and lookups.
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
    /// What it is for, in one sentence.
    #[serde(default)]
    pub description: String,
    /// The credential types that it adds.
    #[serde(default)]
    pub types: Vec<TypeInfo>,
    /// The output targets that it adds.
    #[serde(default)]
    pub outputs: Vec<OutputInfo>,
    /// The lookups that it uses, such as `accounts/1`. The host answers no others.
    #[serde(default)]
    pub lookups: Vec<String>,
}

impl Manifest {
    /// A manifest without contributions.
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
    /// The type `name` with this summary.
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
    /// The folder of the `config` and `credentials` that it writes, if it is not the project's own. Existing profiles are
    /// then also read from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profiles_at: Option<Root>,
    /// The environment variables that name a file for this output. It may use only these with [`Root::Environment`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_variables: Vec<String>,
    /// The lines of printed texts that may contain secrets, because the reader of standard output hides them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_lines: Option<HiddenLines>,
}

impl OutputInfo {
    /// The output `name` with this summary.
    pub fn new(name: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            summary: summary.into(),
            profiles_at: None,
            file_variables: Vec::new(),
            hidden_lines: None,
        }
    }

    /// Sets the folder of the shared files that it writes, if it is not the project's own.
    #[must_use]
    pub fn profiles_at(mut self, root: Root) -> Self {
        self.profiles_at = Some(root);
        self
    }

    /// Declares an environment variable that names a file for this output.
    #[must_use]
    pub fn file_variable(mut self, name: impl Into<String>) -> Self {
        self.file_variables.push(name.into());
        self
    }

    /// Declares the lines of printed texts that may contain secrets.
    #[must_use]
    pub fn hidden_lines(mut self, lines: HiddenLines) -> Self {
        self.hidden_lines = Some(lines);
        self
    }
}

/// Lines that the reader of standard output hides. If the environment variable has the value, the host replaces tokens in
/// lines with the prefix by their secrets. Otherwise, the secrets stay masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HiddenLines {
    /// The environment variable.
    pub variable: String,
    /// The value that it must have.
    pub value: String,
    /// The prefix of the lines.
    pub prefix: String,
}

impl HiddenLines {
    /// Lines with `prefix`, hidden if the environment variable has this value.
    pub fn new(variable: impl Into<String>, value: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { variable: variable.into(), value: value.into(), prefix: prefix.into() }
    }
}
