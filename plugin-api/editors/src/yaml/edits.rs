//! The edits of a YAML text: setting a string, and adding strings and maps as their neighbours are written.

use super::append;
use super::document::{Document, NodeKind};
use super::scalar::{ScalarPlace, quoted};
use crate::text::Splices;
use saphyr_parser::ScalarStyle;

/// Edits of a document.
#[derive(Debug)]
pub struct Edits<'d> {
    document: &'d Document<'d>,
    splices: Splices,
}

impl<'d> Edits<'d> {
    /// No edits of `document` yet.
    pub fn new(document: &'d Document<'d>) -> Self {
        Self { document, splices: Splices::default() }
    }

    /// Makes the value of an entry this string, unless it is already. Gives whether the value is a single one: a list or
    /// a map stays as it is.
    pub fn set_text(&mut self, (key, value): (usize, usize), text: &str) -> bool {
        let node = self.document.node(value);
        match &node.kind {
            NodeKind::Scalar { value: present, style } => {
                ScalarPlace { document: self.document, key, value, present, style: *style }
                    .set(text, &mut self.splices);
            }
            NodeKind::Alias(_) => {
                let present = self.document.scalar(value).filter(|(_, style)| *style != ScalarStyle::Plain);
                if present.is_none_or(|(present, _)| present != text) {
                    self.splices.replace(node.span.clone(), quoted(text));
                }
            }
            NodeKind::Sequence { .. } | NodeKind::Mapping { .. } => return false,
        }
        true
    }

    /// Adds a string to `map`, as its last entry.
    pub fn add_text(&mut self, map: usize, name: &str, text: &str) {
        append::entry(self.document, map, (name, text), &mut self.splices);
    }

    /// The indentation of the keys of the maps in `map`, if these keys have their own lines.
    pub fn inner_indent(&self, map: usize) -> Option<usize> {
        append::inner_indent(self.document, map)
    }

    /// Makes the null value of an entry a map with one string. `indent` is the [`inner_indent`](Self::inner_indent) of
    /// the map that the entry is in.
    pub fn add_map(&mut self, entry: (usize, usize), indent: Option<usize>, name: &str, text: &str) {
        append::map(self.document, entry, indent, (name, text), &mut self.splices);
    }

    /// Where the first edit that was asked for is.
    pub fn first(&self) -> Option<usize> {
        self.splices.first()
    }

    /// The text with all edits made.
    pub fn apply(self) -> String {
        self.splices.apply(self.document.text)
    }
}
