//! Takes a YAML text, gives the nodes of its first document with their places.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::splice::EditError;

/// What to do about something that is there twice.
pub(crate) const REPEATED_HINT: &str = "Remove one of the two, so that it is clear which one counts.";

/// The first document of a text. Its nodes are in the order of the text, each parent before its
/// children, and are named by their index.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The whole text.
    pub(crate) text: &'a str,
    /// The outermost node.
    pub(crate) root: Option<usize>,
    /// All nodes.
    pub(crate) nodes: Vec<Node>,
}

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it stands, with its tag and anchor. A block scalar's place starts with its content, and
    /// the place of a value that is not written means nothing.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A single value.
    Scalar {
        /// Without quotes and escapes.
        value: String,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list.
    Sequence(Vec<usize>),
    /// A map, with the nodes of its keys and values.
    Mapping {
        /// Its entries.
        entries: Vec<(usize, usize)>,
        /// How it is written.
        style: MappingStyle,
    },
    /// An alias of this node, if that is in the same document.
    Alias(Option<usize>),
}

/// How a map is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MappingStyle {
    /// In lines; the first key is at this place.
    Block(usize),
    /// In braces, the first of which is at this place.
    Flow(usize),
    /// One entry of a list in brackets.
    Pair,
}

impl Node {
    /// Whether it is an empty value, or `null`, without a tag or an anchor.
    pub(crate) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { value, style: ScalarStyle::Plain } => match value.as_str() {
                // A tag or an anchor has a place, though the value does not.
                "" => !self.has_properties,
                "~" | "null" | "Null" | "NULL" => !self.has_properties,
                _ => false,
            },
            _ => false,
        }
    }
}
