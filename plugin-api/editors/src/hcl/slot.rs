//! Takes an object, says where and between what further members are to be written at its end.

use std::ops::Range;

use super::tree::{Item, Node};
use super::trivia::tail;
use crate::text::lines::{line_indent, newline_after, own_line_indent};

/// How much deeper than its object a member is indented where nothing else tells.
pub(super) const STEP: &str = "  ";

/// The place for further members of an object, and what goes around them.
#[derive(Debug)]
pub(super) struct Slot {
    /// What they replace: nothing, or white space.
    pub(super) at: Range<usize>,
    /// Whether each has a line of its own.
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

    /// The text of the slot with these members in it.
    pub(super) fn fill(&self, members: &[String]) -> String {
        format!("{}{}{}", self.before, members.join(&self.between), self.after)
    }
}

/// The place at the end of `object`. An empty object without a line break in it gets lines of their
/// own for its members if `spread` says so.
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
    // A line's end separates, too: a comma only goes where the last member has one.
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
