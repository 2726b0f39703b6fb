//! The edits of an HCL text: setting a string, and adding members to objects as their neighbours are written.

use super::block::BlockStyle;
use super::quote::{key, quoted};
use super::slot::slot;
use super::style::{self, Alignment};
use super::tree::{Item, Kind, Node};
use crate::text::Splices;

/// Edits of a text, whose nodes a [`Document`](super::Document) of it has.
#[derive(Debug)]
pub struct Edits<'t> {
    text: &'t str,
    splices: Splices,
}

impl<'t> Edits<'t> {
    /// No edits of `text` yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, splices: Splices::default() }
    }

    /// Makes a value this string, unless it is already.
    pub fn set_text(&mut self, value: &Node<'_>, text: &str) {
        if !matches!(&value.kind, Kind::Text(present) if present == text) {
            self.splices.replace(value.span.clone(), quoted(text));
        }
    }

    /// Adds a string to the `members` of `object`. Where they do not tell whether `=` signs are aligned, `hint` does.
    pub fn add_text(
        &mut self,
        object: &Node<'_>,
        members: &[Item<'_>],
        (name, text): (&str, &str),
        hint: Option<Alignment>,
    ) {
        let slot = slot(self.text, object, members, false);
        let key = key(name, members.last().is_some_and(|member| member.quoted));
        let gap = style::gap(self.text, members, slot.lines, hint);
        let entry = format!("{}{}", gap.after_key(&key), quoted(text));
        self.splices.replace(slot.at.clone(), slot.fill(&[entry]));
    }

    /// Adds objects to the `members` of `map`, each a name and its strings by name.
    pub fn add_objects<'o>(
        &mut self,
        map: &Node<'_>,
        members: &[Item<'_>],
        objects: impl Iterator<Item = (&'o str, Vec<(&'o str, &'o str)>)>,
    ) {
        let slot = slot(self.text, map, members, true);
        let block = BlockStyle::of(self.text, members, &slot);
        let gap = style::gap(self.text, members, slot.lines, None);
        let quoted = members.last().is_some_and(|member| member.quoted);
        let entries: Vec<_> = objects
            .map(|(name, object)| format!("{}{}", gap.after_key(&key(name, quoted)), block.render(&object)))
            .collect();
        self.splices.replace(slot.at.clone(), slot.fill(&entries));
    }

    /// Whether the `=` signs of the first object that tells are aligned.
    pub fn alignment<'n>(&self, objects: impl Iterator<Item = &'n Node<'t>>) -> Option<Alignment>
    where
        't: 'n,
    {
        style::alignment_of_any(self.text, objects)
    }

    /// The text with all edits made.
    pub fn apply(self) -> String {
        self.splices.apply(self.text)
    }
}
