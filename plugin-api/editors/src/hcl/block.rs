//! The style of a new object: that of the last object in the same map.

use super::quote::{key, quoted};
use super::slot::{STEP, Slot};
use super::style::{self, Alignment, Gap};
use super::tree::{Item, Kind, Node};
use super::trivia::tail;
use crate::text::lines::own_line_indent;

/// The style of a new object.
#[derive(Debug)]
pub(super) struct BlockStyle {
    layout: Layout,
    comma_between: bool,
    comma_after: bool,
    gap: Gap,
    aligned: bool,
    quoted: bool,
}

#[derive(Debug)]
enum Layout {
    /// One member per line.
    Lines { newline: &'static str, inner: String, outer: String },
    /// All members in one line, with or without spaces inside the braces.
    Inline { padding: &'static str },
}

impl BlockStyle {
    /// The style of the last object with members. The new object goes into `slot`.
    pub(super) fn of(text: &str, objects: &[Item], slot: &Slot) -> Self {
        let sample = objects.iter().rev().find_map(|object| match &object.value.kind {
            Kind::Object(members) => members.last().map(|last| (object, members.as_slice(), last)),
            _ => None,
        });
        match sample {
            Some((object, members, last)) => Self::like(text, objects, slot, object, members, last),
            None => Self {
                layout: if slot.lines { lines(slot, STEP, "") } else { Layout::Inline { padding: " " } },
                comma_between: false,
                comma_after: false,
                gap: Gap::default(),
                aligned: true,
                quoted: objects.last().is_some_and(|object| object.quoted),
            },
        }
    }

    fn like(text: &str, objects: &[Item], slot: &Slot, object: &Item, members: &[Item], last: &Item) -> Self {
        let layout = match own_line_indent(text, last.key_span.start).filter(|_| slot.lines) {
            Some(inner) => {
                let outer = own_line_indent(text, object.key_span.start).unwrap_or_default();
                let close = own_line_indent(text, object.value.span.end.saturating_sub(1)).unwrap_or(outer);
                let step = inner.strip_prefix(outer).filter(|step| !step.is_empty()).unwrap_or(STEP);
                lines(slot, step, close.strip_prefix(outer).unwrap_or_default())
            }
            None => Layout::Inline { padding: padding(text, &object.value) },
        };
        let comma_after = tail(text, last.value.span.end).comma;
        let comma_inside = members.first().is_some_and(|first| tail(text, first.value.span.end).comma);
        let hint = || style::alignment_of_any(text, objects.iter().map(|object| &object.value));
        let alignment = style::alignment_of(text, members).or_else(hint);
        Self {
            layout,
            comma_between: comma_after || comma_inside,
            comma_after,
            gap: style::gap(text, members, false, None).plain(),
            aligned: alignment.unwrap_or(Alignment::Columns) == Alignment::Columns,
            quoted: last.quoted,
        }
    }

    /// An object with these strings by name, in braces.
    pub(super) fn render(&self, members: &[(&str, &str)]) -> String {
        let keys: Vec<_> = members.iter().map(|(name, _)| key(name, self.quoted)).collect();
        let width = keys.iter().map(String::len).max().unwrap_or_default();
        let in_lines = matches!(self.layout, Layout::Lines { .. });
        let gap = if self.aligned && in_lines { self.gap.clone().aligned_to(width) } else { self.gap.clone() };
        let entries = keys.iter().zip(members);
        let entries: Vec<_> =
            entries.map(|(key, (_, value))| format!("{}{}", gap.after_key(key), quoted(value))).collect();
        let comma_after = if self.comma_after { "," } else { "" };
        match &self.layout {
            Layout::Lines { newline, inner, outer } => {
                let comma = if self.comma_between { "," } else { "" };
                let entries = entries.join(&format!("{comma}{newline}{inner}"));
                format!("{{{newline}{inner}{entries}{comma_after}{newline}{outer}}}")
            }
            Layout::Inline { padding } => format!("{{{padding}{}{comma_after}{padding}}}", entries.join(", ")),
        }
    }
}

fn lines(slot: &Slot, step: &str, close: &str) -> Layout {
    let Slot { indent, newline, .. } = slot;
    Layout::Lines { newline, inner: format!("{indent}{step}"), outer: format!("{indent}{close}") }
}

fn padding(text: &str, object: &Node) -> &'static str {
    let inside = text.get(object.span.start + 1..).unwrap_or_default();
    if inside.starts_with(char::is_whitespace) { " " } else { "" }
}
