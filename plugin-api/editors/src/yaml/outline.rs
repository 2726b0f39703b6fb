//! A document without one entry of some of its maps, to prove that an edit changed nothing else.

use saphyr_parser::ScalarStyle;
use std::collections::HashSet;

use super::document::{Document, NodeKind};

/// The kind of a node.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape<'d> {
    /// A single value and its style.
    Scalar(&'d str, ScalarStyle),
    /// A list with this number of items.
    Sequence(usize),
    /// A map with this number of entries.
    Mapping(usize),
    /// An alias of this scalar.
    Alias(Option<&'d str>),
}

/// The nodes in the order of the text, without the entries called `name` of `maps`. A scalar among `maps` counts as an
/// empty map.
pub fn outline<'d>(document: &'d Document<'_>, maps: &HashSet<usize>, name: &str) -> Vec<Shape<'d>> {
    let is_named = |&(key, _): &(usize, usize)| document.text_of(key) == Some(name);
    let entries = maps.iter().flat_map(|&map| document.entries(map).filter(is_named));
    let left_out: HashSet<_> = entries.flat_map(|(key, value)| [key, value]).collect();
    let mut shapes = Vec::with_capacity(document.nodes.len());
    for (index, node) in document.nodes.iter().enumerate() {
        if left_out.contains(&index) {
            continue;
        }
        shapes.push(match &node.kind {
            NodeKind::Scalar { .. } if maps.contains(&index) => Shape::Mapping(0),
            NodeKind::Mapping { entries, .. } if maps.contains(&index) => {
                Shape::Mapping(entries.iter().filter(|entry| !is_named(entry)).count())
            }
            NodeKind::Scalar { value, style } => Shape::Scalar(value, *style),
            NodeKind::Sequence { items, .. } => Shape::Sequence(items.len()),
            NodeKind::Mapping { entries, .. } => Shape::Mapping(entries.len()),
            NodeKind::Alias(_) => Shape::Alias(document.text_of(index)),
        });
    }
    shapes
}
