//! Where keys and values end in the text.

use saphyr_parser::ScalarStyle;

use super::document::{Document, MappingStyle, NodeKind};
use super::trivia::skip;

/// The end of an entry's value, or of its key if the value is absent.
pub(super) fn entry_end(document: &Document<'_>, mut entry: (usize, usize)) -> usize {
    loop {
        let (key, value) = entry;
        let node = document.node(value);
        let mut child = None;
        match &node.kind {
            NodeKind::Scalar { .. } if node.is_absent() => {
                return after_colon(document, key).unwrap_or_else(|| key_end(document, key));
            }
            NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => {
                return block_scalar_end(document.text, node.span.start, node.span.end);
            }
            NodeKind::Mapping { entries, style: MappingStyle::Block(_) | MappingStyle::Pair } => {
                child = entries.last().copied();
            }
            // The key of an item is the item itself: an empty item ends with its dash.
            NodeKind::Sequence { items, flow: false } => child = items.last().map(|&item| (item, item)),
            _ => {}
        }
        match child {
            Some(child) => entry = child,
            None => return node.span.end,
        }
    }
}

/// The place after the colon of this key, if any.
pub(super) fn after_colon(document: &Document<'_>, key: usize) -> Option<usize> {
    let at = skip(document.text, key_end(document, key));
    (document.text.as_bytes().get(at) == Some(&b':')).then_some(at + 1)
}

/// The end of a key.
pub(super) fn key_end(document: &Document<'_>, key: usize) -> usize {
    let node = document.node(key);
    if node.is_absent() { node.span.start } else { node.span.end }
}

/// The end of the content, with the blank lines after it if they belong to it (`|+`).
fn block_scalar_end(text: &str, start: usize, end: usize) -> usize {
    let content = text.get(..end).unwrap_or(text);
    let header = text.get(..start).and_then(|before| before.trim_end().lines().last()).unwrap_or_default();
    let keeps = header
        .split(['|', '>'])
        .next_back()
        .is_some_and(|rest| rest.split(' ').next().is_some_and(|indicators| indicators.contains('+')));
    match content.rfind('\n') {
        Some(last) if keeps => last - usize::from(content[..last].ends_with('\r')),
        _ => content.trim_end().len(),
    }
}
