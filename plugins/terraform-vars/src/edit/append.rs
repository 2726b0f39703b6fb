//! Takes an object, says where and between what further members are to be written at its end.

use std::ops::Range;

use super::document::{Item, Node};
use super::trivia::{indent, newline, own_line_indent, tail};

/// How much deeper than its object a member is indented where nothing else tells.
pub(crate) const STEP: &str = "  ";

/// The place for further members of an object, and what goes around them.
#[derive(Debug)]
pub(crate) struct Slot {
    /// What they replace: nothing, or white space.
    pub(crate) at: Range<usize>,
    /// Whether each has a line of its own.
    pub(crate) lines: bool,
    /// The indentation of these lines.
    pub(crate) indent: String,
    /// The line ending.
    pub(crate) newline: &'static str,
    before: String,
    between: String,
    after: String,
}

impl Slot {
    /// The text of the slot with these members in it.
    pub(crate) fn fill(&self, members: &[String]) -> String {
        format!("{}{}{}", self.before, members.join(&self.between), self.after)
    }
}

/// The place at the end of `object`. An empty object without a line break in it gets lines of their
/// own for its members if `spread` says so.
pub(crate) fn slot(text: &str, object: &Node, items: &[Item], spread: bool) -> Slot {
    match items.last() {
        Some(last) => slot_after(text, items, last),
        None => slot_in_empty(text, object, spread),
    }
}

fn slot_after(text: &str, items: &[Item], last: &Item) -> Slot {
    let value_end = last.value.span.end;
    let tail = tail(text, value_end);
    let newline = newline(text, value_end);
    let comma = if tail.comma { "," } else { "" };
    // Commas between the members count only where they share lines: a line's end separates, too.
    let own_line = items.iter().rev().find_map(|item| own_line_indent(text, item.key_span.start));
    let indent = own_line.map_or_else(|| format!("{}{STEP}", indent(text, last.key_span.start)), str::to_owned);
    if let Some(end) = tail.line_end {
        let line = format!("{newline}{indent}");
        let (before, between, after) = (line.clone(), format!("{comma}{line}"), comma.to_owned());
        return Slot { at: end..end, lines: true, indent, newline, before, between, after };
    }
    let at = tail.end..tail.end;
    if own_line_indent(text, last.key_span.start).is_some() {
        let line = format!("{newline}{indent}");
        let (before, between, after) = (line.clone(), format!("{comma}{line}"), comma.to_owned());
        return Slot { at, lines: true, indent, newline, before, between, after };
    }
    let before = if tail.comma { " " } else { ", " }.to_owned();
    Slot { at, lines: false, indent, newline, before, between: ", ".to_owned(), after: comma.to_owned() }
}

fn slot_in_empty(text: &str, object: &Node, spread: bool) -> Slot {
    let (open, close) = (object.span.start + 1, object.span.end.saturating_sub(1));
    let newline = newline(text, open);
    let content = text.get(open..close).unwrap_or_default();
    if let Some(base) = own_line_indent(text, close).filter(|_| content.contains('\n')) {
        let at = close - base.len();
        let indent = format!("{base}{STEP}");
        let (before, between, after) = (indent.clone(), format!("{newline}{indent}"), newline.to_owned());
        return Slot { at: at..at, lines: true, indent, newline, before, between, after };
    }
    let at = open + content.trim_end_matches([' ', '\t']).len()..close;
    let base = indent(text, object.span.start);
    if !spread {
        let (before, between, after) = (" ".to_owned(), ", ".to_owned(), " ".to_owned());
        return Slot { at, lines: false, indent: base.to_owned(), newline, before, between, after };
    }
    let indent = format!("{base}{STEP}");
    let line = format!("{newline}{indent}");
    Slot { at, lines: true, indent, newline, before: line.clone(), between: line, after: format!("{newline}{base}") }
}
