//! Takes a document, says what is in it apart from the ids of some accounts.

use saphyr_parser::ScalarStyle;
use std::collections::HashSet;

use super::document::{Document, Kind};

/// What a node is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape<'d> {
    Scalar(&'d str, ScalarStyle),
    Sequence(usize),
    Mapping(usize),
    Alias(Option<&'d str>),
}

/// The nodes in the order of the text. An account without attributes counts as an empty map.
pub(crate) fn outline<'d>(document: &'d Document<'_>, accounts: &HashSet<usize>) -> Vec<Shape<'d>> {
    let is_id = |&(key, _): &(usize, usize)| document.text_of(key) == Some("id");
    let ids = accounts.iter().flat_map(|&account| document.entries(account).filter(is_id));
    let left_out: HashSet<_> = ids.flat_map(|(key, value)| [key, value]).collect();
    let mut shapes = Vec::with_capacity(document.nodes.len());
    for (index, node) in document.nodes.iter().enumerate() {
        if left_out.contains(&index) {
            continue;
        }
        shapes.push(match &node.kind {
            Kind::Scalar { .. } if accounts.contains(&index) => Shape::Mapping(0),
            Kind::Mapping { entries, .. } if accounts.contains(&index) => {
                Shape::Mapping(entries.iter().filter(|entry| !is_id(entry)).count())
            }
            Kind::Scalar { value, style } => Shape::Scalar(value, *style),
            Kind::Sequence { items, .. } => Shape::Sequence(items.len()),
            Kind::Mapping { entries, .. } => Shape::Mapping(entries.len()),
            Kind::Alias(_) => Shape::Alias(document.text_of(index)),
        });
    }
    shapes
}
