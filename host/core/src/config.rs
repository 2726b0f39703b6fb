//! The configuration: the user's file, and each `leverage.toml` from the project's root down to the working folder.
//!
//! [`read`] merges the texts of the files, outermost first, into a [`Config`] that knows the origin of each value.
//! [`Config::select`] gives the effective configuration of one environment.

mod document;
mod effective;
mod problem;
mod tree;
mod values;

pub use document::{OutputConfig, RequiredPlugins};
pub use effective::{EffectiveConfig, Selection, Setting};
pub use tree::Origin;
pub use values::check_role;

use leverage_error::{Error, Kind, Result};
use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use crate::suggest::with_suggestions;
use document::ConfigDocument;
use effective::DEFAULT_ENVIRONMENT;
use tree::ConfigTree;

/// A new `leverage.toml`: each key with its default, as comments.
pub const TEMPLATE: &str = include_str!("config/leverage.toml.tmpl");

/// Who owns a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user.
    User,
    /// The project, which can come from a stranger.
    Project,
}

/// The text of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The name in errors.
    pub name: String,
    /// Who owns the file.
    pub scope: Scope,
    /// The text.
    pub text: String,
}

/// The merged configuration files, for all environments.
#[derive(Debug, Default)]
pub struct Config {
    document: ConfigDocument,
    tree: ConfigTree,
}

/// Reads the files, outermost first.
///
/// # Errors
///
/// A file is not TOML, or has an unknown key, an invalid value, or a key that this file must not set. The error has the
/// position.
pub fn read(layers: &[Layer]) -> Result<Config> {
    let mut tree = ConfigTree::default();
    for layer in layers {
        let layer_tree = parse(layer)?;
        check_scope(layer, &layer_tree)?;
        tree.merge(layer_tree);
    }
    Ok(Config { document: effective::document(&tree)?, tree })
}

/// Parses a file and checks its form.
fn parse(layer: &Layer) -> Result<ConfigTree> {
    let text = layer.text.trim_start_matches('\u{feff}');
    let to_error = |error| problem::of_toml(&layer.name, text, &error);
    let table = DeTable::parse(text).map_err(to_error)?;
    // Only this form knows the positions that an error of the document needs.
    ConfigDocument::deserialize(Deserializer::from(table.clone())).map_err(to_error)?;
    let origin = |offset| Origin::in_file(&layer.name, text, offset);
    ConfigTree::of_table(table.into_inner(), &origin).map_err(to_error)
}

impl Config {
    /// The plugins that the project requires.
    pub fn required(&self) -> &RequiredPlugins {
        &self.document.plugins.require
    }

    /// Checks that each `[types.<TYPE>]` names a known credential type.
    ///
    /// # Errors
    ///
    /// The first unknown type.
    pub fn check_types<'a>(&self, known: impl Iterator<Item = &'a str>) -> Result<()> {
        let known: Vec<&str> = known.collect();
        for (path, _, origin) in self.tree.leaves() {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let (["types", name, ..] | ["environments", _, "types", name, ..]) = path.as_slice() else { continue };
            if !known.contains(name) {
                let message = format!("{}: unknown credential type `{name}`", origin.place());
                let error = Error::new(Kind::Project, message);
                return Err(with_suggestions(error, name, &known, "installed types"));
            }
        }
        Ok(())
    }

    /// The names of the environments.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        let named = self.document.environments.keys().map(String::as_str);
        std::iter::once(DEFAULT_ENVIRONMENT).chain(named.filter(|name| *name != DEFAULT_ENVIRONMENT))
    }

    /// The effective configuration of the selected environment. `default_outputs` run if it lists none.
    ///
    /// # Errors
    ///
    /// The environment is unknown.
    pub fn select(&self, selection: Selection, default_outputs: &[String]) -> Result<EffectiveConfig> {
        let environments: Vec<&str> = self.environments().collect();
        EffectiveConfig::select(&self.document, &self.tree, &environments, selection, default_outputs)
    }
}

/// The settings of the AWS shared config file that a project may set in profiles. None of them runs a program, holds a
/// secret, or redirects requests.
const HARMLESS_SETTINGS: [&str; 19] = [
    "account_id_endpoint_mode",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_timestamp_format",
    "defaults_mode",
    "disable_request_compression",
    "max_attempts",
    "output",
    "parameter_validation",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_session_name",
    "s3_use_arn_region",
    "sts_regional_endpoints",
    "tcp_keepalive",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// Checks that a file has only keys that its scope may set.
fn check_scope(layer: &Layer, tree: &ConfigTree) -> Result<()> {
    for (path, _, origin) in tree.leaves() {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (layer.scope, path.as_slice()) {
            (Scope::User, ["plugins", ..]) => {
                return Err(Error::new(
                    Kind::Project,
                    format!("{}: only a project can require plugins", origin.place()),
                )
                .hint("move `[plugins.require]` to the `leverage.toml` of the project"));
            }
            (Scope::Project, [.., "settings", name])
                if path.contains(&"types") && !HARMLESS_SETTINGS.contains(name) =>
            {
                let message = format!("{}: a project must not set `{name}` in profiles", origin.place());
                return Err(Error::new(Kind::Project, message)
                    .hint("set it in your own configuration file")
                    .hint(format!("settings that a project may set: {}", HARMLESS_SETTINGS.join(", "))));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
