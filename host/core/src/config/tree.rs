//! A configuration as a tree that knows the origin of each value and can be merged.

use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Value};

use crate::position::Position;
use serde::Deserialize;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The built-in default.
    Default,
    /// A file.
    File {
        /// The file's name in messages.
        name: String,
        /// The position of the key.
        position: Position,
    },
    /// An option of the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { name, position } => write!(formatter, "{name}:{}", position.line),
            Self::Flag(name) | Self::Variable(name) => formatter.write_str(name),
        }
    }
}

impl Origin {
    /// The place as errors show it, for a file `file:line:column`.
    pub fn place(&self) -> String {
        match self {
            Self::File { name, position } => format!("{name}:{position}"),
            other => other.to_string(),
        }
    }

    /// The origin at a byte offset of the file `name`.
    pub(super) fn in_file(name: &str, text: &str, offset: usize) -> Self {
        Self::File { name: name.to_owned(), position: Position::of(text, offset) }
    }
}

/// A table, or a value with its origin. An array is one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ConfigTree {
    Table(BTreeMap<String, ConfigTree>),
    Value(Value, Origin),
}

impl Default for ConfigTree {
    fn default() -> Self {
        Self::Table(BTreeMap::new())
    }
}

impl ConfigTree {
    /// Converts the parsed table of a file. `origin` gives the origin of a byte offset.
    pub fn of_table(table: DeTable<'_>, origin: &dyn Fn(usize) -> Origin) -> Result<Self, toml::de::Error> {
        let mut tree = BTreeMap::new();
        for (key, value) in table {
            let (start, span) = (key.span().start, value.span());
            let node = match value.into_inner() {
                DeValue::Table(table) => Self::of_table(table, origin)?,
                value => {
                    Self::Value(Value::deserialize(ValueDeserializer::from(Spanned::new(span, value)))?, origin(start))
                }
            };
            tree.insert(key.into_inner().into_owned(), node);
        }
        Ok(Self::Table(tree))
    }

    /// Merges `over` into this tree. Values of `over` override those of this tree.
    pub fn merge(&mut self, over: Self) {
        match (self, over) {
            (Self::Table(own), Self::Table(over)) => {
                for (key, node) in over {
                    match own.get_mut(&key) {
                        Some(known) => known.merge(node),
                        None => {
                            own.insert(key, node);
                        }
                    }
                }
            }
            (own, over) => *own = over,
        }
    }

    /// Removes the entry of a table.
    pub fn remove(&mut self, key: &str) -> Option<Self> {
        match self {
            Self::Table(table) => table.remove(key),
            Self::Value(..) => None,
        }
    }

    /// The origin of a value; none of a table.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Table(_) => None,
            Self::Value(_, origin) => Some(origin),
        }
    }

    /// The values without their origins.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Table(table) => {
                Value::Table(table.iter().map(|(key, node)| (key.clone(), node.to_value())).collect())
            }
            Self::Value(value, _) => value.clone(),
        }
    }

    /// All values with their paths.
    pub fn leaves(&self) -> Vec<(Vec<String>, &Value, &Origin)> {
        match self {
            Self::Value(value, origin) => vec![(Vec::new(), value, origin)],
            Self::Table(table) => {
                let mut leaves = Vec::new();
                for (key, node) in table {
                    let mut own = node.leaves();
                    own.iter_mut().for_each(|(path, ..)| path.insert(0, key.clone()));
                    leaves.append(&mut own);
                }
                leaves
            }
        }
    }
}
