//! What files say, as a tree in which every value knows its place, and deeper files win.

use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A file.
    File {
        /// What the file is called.
        name: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// An option of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { name, line, .. } => write!(formatter, "{name}:{line}"),
            Self::Flag(name) | Self::Variable(name) => formatter.write_str(name),
        }
    }
}

impl Origin {
    /// The place as errors name it.
    pub fn place(&self) -> String {
        match self {
            Self::File { name, line, column } => format!("{name}, line {line}, column {column}"),
            other => other.to_string(),
        }
    }

    /// This offset of the text of the file `name`.
    pub(super) fn in_file(name: &str, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self::File { name: name.to_owned(), line, column }
    }
}

/// A table, or a value with its place. An array is one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Table(BTreeMap<String, Node>),
    Value(Value, Origin),
}

impl Default for Node {
    fn default() -> Self {
        Self::Table(BTreeMap::new())
    }
}

impl Node {
    /// What the file `name` says.
    pub fn parse(name: &str, text: &str) -> Result<Self, toml::de::Error> {
        let values: Table = toml::from_str(text)?;
        let origin = |offset| Origin::in_file(name, text, offset);
        Ok(Self::table(values, DeTable::parse(text)?.get_ref(), &origin))
    }

    fn table(mut values: Table, places: &DeTable<'_>, origin: &dyn Fn(usize) -> Origin) -> Self {
        let node = |(key, place): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            let node = match (values.remove(name.as_ref())?, place.get_ref()) {
                (Value::Table(values), DeValue::Table(places)) => Self::table(values, places, origin),
                (value, _) => Self::Value(value, origin(key.span().start)),
            };
            Some((name.clone().into_owned(), node))
        };
        Self::Table(places.iter().filter_map(node).collect())
    }

    /// Adds what `over` says; where both say something, `over` wins.
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

    /// Takes out what stands at this key of a table.
    pub fn remove(&mut self, key: &str) -> Option<Self> {
        match self {
            Self::Table(table) => table.remove(key),
            Self::Value(..) => None,
        }
    }

    /// Where this value comes from.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Table(_) => None,
            Self::Value(_, origin) => Some(origin),
        }
    }

    /// The values without their places.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Table(table) => {
                Value::Table(table.iter().map(|(key, node)| (key.clone(), node.to_value())).collect())
            }
            Self::Value(value, _) => value.clone(),
        }
    }

    /// Every value with its path.
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
