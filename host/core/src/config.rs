//! The configuration: the user's own file, and each `leverage.toml` from the project's root down.
//!
//! Takes the texts of the files, outermost first; gives [`Config`], in which deeper files win, key by key,
//! and every value knows its place. [`Config::choose`] gives what holds in one environment.

mod document;
mod effective;
mod problem;
mod tree;
mod values;

pub use document::{Document, Environment, Output, Plugins, Profiles, Required, Type, TypeAccounts};
pub use effective::{Choice, Effective, Setting};
pub use tree::Origin;
pub use values::check_role;

use crate::suggest::did_you_mean;
use leverage_error::{Error, Kind, Result};
use tree::Node;

/// A new `leverage.toml`: every key with its default, as comments.
pub const TEMPLATE: &str = include_str!("config/leverage.toml.tmpl");

/// The environment of a run for which none is chosen.
pub const DEFAULT_ENVIRONMENT: &str = "default";

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user's own.
    User,
    /// The project's, which may be a stranger's.
    Project,
}

/// A file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What errors call it.
    pub name: String,
    /// Whose it is.
    pub scope: Scope,
    /// Its text.
    pub text: String,
}

/// What all files say together, for every environment.
#[derive(Debug, Default)]
pub struct Config {
    document: Document,
    tree: Node,
}

/// Reads the files, outermost first.
///
/// # Errors
///
/// A file that is not TOML, a key that there is not, a value that is not of the right form, or one that this
/// file may not set: the error names the file, the line and the column.
pub fn read(layers: &[Layer]) -> Result<Config> {
    let mut tree = Node::default();
    for layer in layers {
        let text = layer.text.trim_start_matches('\u{feff}');
        let refused = |error| problem::of_toml(&layer.name, text, &error);
        toml::from_str::<Document>(text).map_err(refused)?;
        let own = Node::parse(&layer.name, text).map_err(refused)?;
        check_scope(layer.scope, &own)?;
        tree.merge(own);
    }
    Ok(Config { document: typed(&tree)?, tree })
}

impl Config {
    /// The plugins that the project requires.
    pub fn required(&self) -> &Required {
        &self.document.plugins.require
    }

    /// Checks that there is a credential type for each `[types.<TYPE>]`.
    ///
    /// # Errors
    ///
    /// The first one that there is not.
    pub fn check_types<'a>(&self, known: impl Iterator<Item = &'a str>) -> Result<()> {
        let known: Vec<&str> = known.collect();
        for (path, _, origin) in self.tree.leaves() {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let (["types", name, ..] | ["environments", _, "types", name, ..]) = path.as_slice() else { continue };
            if !known.contains(name) {
                return Err(Error::new(
                    Kind::Project,
                    format!("{}: there is no credential type {name}", origin.place()),
                )
                .hint(did_you_mean(name, &known, "the installed types are")));
            }
        }
        Ok(())
    }

    /// The names of the environments.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        let named = self.document.environments.keys().map(String::as_str);
        std::iter::once(DEFAULT_ENVIRONMENT).chain(named.filter(|name| *name != DEFAULT_ENVIRONMENT))
    }
}

/// The tree as a document. Each file was one already.
fn typed(tree: &Node) -> Result<Document> {
    tree.to_value()
        .try_into()
        .map_err(|error| Error::new(Kind::Internal, "the configuration files contradict each other").cause(error))
}

/// Settings of the AWS shared config file that a project may have written into everybody's profiles: none of them
/// runs a program, holds a secret, or sends requests elsewhere.
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

/// Refuses what a file of this scope may not say.
fn check_scope(scope: Scope, tree: &Node) -> Result<()> {
    for (path, _, origin) in tree.leaves() {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (scope, path.as_slice()) {
            (Scope::User, ["plugins", ..]) => {
                return Err(Error::new(Kind::Project, format!("{}: only a project requires plugins", origin.place()))
                    .hint("move `[plugins.require]` into the project's leverage.toml"));
            }
            (Scope::Project, [.., "settings", name])
                if path.contains(&"types") && !HARMLESS_SETTINGS.contains(name) =>
            {
                let message = format!("{}: a project may not set `{name}` in everybody's profiles", origin.place());
                return Err(Error::new(Kind::Project, message).hint(format!(
                    "set it in your own configuration file; a project may set {}",
                    HARMLESS_SETTINGS.join(", ")
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
