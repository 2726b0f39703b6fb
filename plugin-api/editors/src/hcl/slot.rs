//! The place for new members at the end of an object, and the text around them.

use std::ops::Range;

use super::tree::{Item, Node};
use super::trivia::tail;
use crate::text::lines::{line_indent, newline_after, own_line_indent};

/// The default indentation of a member, relative to its object.
pub(super) const STEP: &str = "  ";

/// The place for new members of an object, and the text around them.
#[derive(Debug)]
pub(super) struct Slot {
    /// The range that they replace: empty, or white space.
    pub(super) at: Range<usize>,
    /// Whether each member gets its own line.
    pub(super) lines: bool,
    /// The indentation of these lines.
    pub(super) indent: String,
    /// The line ending.
    pub(super) newline: &'static str,
    before: String,
    between: String,
    after: String,
}

impl Slot {
    fn inline(at: Range<usize>, before: &str, between: &str, after: &str) -> Self {
        let [before, between, after] = [before, between, after].map(str::to_owned);
        Self { at, lines: false, indent: String::new(), newline: "", before, between, after }
    }

    /// The text of the slot with these members.
    pub(super) fn fill(&self, members: &[String]) -> String {
        format!("{}{}{}", self.before, members.join(&self.between), self.after)
    }
}

/// The place at the end of `object`. `spread` decides whether members of an empty object in one line get their own lines.
pub(super) fn slot(text: &str, object: &Node, items: &[Item], spread: bool) -> Slot {
    match items.last() {
        Some(last) => slot_after(text, items, last),
        None => slot_in_empty(text, object, spread),
    }
}

fn slot_after(text: &str, items: &[Item], last: &Item) -> Slot {
    let tail = tail(text, last.value.span.end);
    let comma = if tail.comma { "," } else { "" };
    let own_line = own_line_indent(text, last.key_span.start);
    if tail.line_end.is_none() && own_line.is_none() {
        let (before, between, after) = (if tail.comma { " " } else { ", " }, ", ", comma);
        return Slot::inline(tail.end..tail.end, before, between, after);
    }
    let at = tail.line_end.unwrap_or(tail.end);
    let own_line = own_line.or_else(|| items.iter().rev().find_map(|item| own_line_indent(text, item.key_span.start)));
    let indent = own_line.map_or_else(|| format!("{}{STEP}", line_indent(text, last.key_span.start)), str::to_owned);
    let newline = newline_after(text, at);
    // A line ending also separates members: add commas only if the last member has one.
    let (before, between) = (format!("{newline}{indent}"), format!("{comma}{newline}{indent}"));
    Slot { at: at..at, lines: true, indent, newline, before, between, after: comma.to_owned() }
}

fn slot_in_empty(text: &str, object: &Node, spread: bool) -> Slot {
    let (open, close) = (object.span.start + 1, object.span.end.saturating_sub(1));
    let content = text.get(open..close).unwrap_or_default();
    if let Some(base) = own_line_indent(text, close).filter(|_| content.contains('\n')) {
        let at = close - base.len();
        let newline = newline_after(text, open);
        let indent = format!("{base}{STEP}");
        let (before, between, after) = (indent.clone(), format!("{newline}{indent}"), newline.to_owned());
        return Slot { at: at..at, lines: true, indent, newline, before, between, after };
    }
    let at = open + content.trim_end_matches([' ', '\t']).len()..close;
    if !spread {
        return Slot::inline(at, " ", ", ", " ");
    }
    let base = line_indent(text, object.span.start);
    let newline = newline_after(text, open);
    let indent = format!("{base}{STEP}");
    let line = format!("{newline}{indent}");
    Slot { at, lines: true, indent, newline, before: line.clone(), between: line, after: format!("{newline}{base}") }
}
