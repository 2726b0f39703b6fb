//! The style of a new member: that of the members before it.

use super::tree::{Item, Kind, Node};
use super::trivia::skip_inline;
use crate::text::lines::own_line_indent;

/// Whether the `=` signs of adjacent lines are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// In one column, as `terraform fmt` writes them.
    Columns,
    /// Each with the same white space before it.
    Plain,
}

/// The text between a key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    /// `=` or `:`.
    operator: char,
    /// The minimum number of spaces before the operator.
    before: usize,
    /// The column of the operator, relative to the start of the key.
    column: usize,
    /// Whether a space follows.
    after: bool,
}

impl Default for Gap {
    fn default() -> Self {
        Self { operator: '=', before: 1, column: 0, after: true }
    }
}

impl Gap {
    /// The key and the text between it and the value.
    pub(super) fn after_key(&self, key: &str) -> String {
        let width = key.chars().count();
        let padding = self.column.saturating_sub(width).max(self.before);
        format!("{key}{:padding$}{}{}", "", self.operator, if self.after { " " } else { "" })
    }

    /// The same gap, aligned to a longest key of this width.
    pub(super) fn aligned_to(mut self, width: usize) -> Self {
        self.column = width + self.before;
        self
    }

    /// The same gap without alignment.
    pub(super) fn plain(mut self) -> Self {
        self.column = 0;
        self
    }
}

/// A member on its own line: the width of its key and the column of its operator.
#[derive(Clone, Copy)]
struct MemberLine {
    width: usize,
    column: usize,
}

/// The adjacent one-line members at an object's end, last one first.
fn last_lines(text: &str, items: &[Item]) -> Vec<MemberLine> {
    let mut lines = Vec::new();
    let mut next = None;
    for item in items.iter().rev() {
        let one_line = text.get(item.value.span.clone()).is_some_and(|value| !value.contains('\n'));
        let adjoins = next.is_none_or(|next| {
            text.get(item.value.span.end..next).is_some_and(|between| between.matches('\n').count() == 1)
        });
        if !one_line || !adjoins || own_line_indent(text, item.key_span.start).is_none() {
            break;
        }
        lines.push(line(text, item));
        next = Some(item.key_span.start);
    }
    lines
}

fn line(text: &str, item: &Item) -> MemberLine {
    let count = |end| text.get(item.key_span.start..end).map_or(0, |part| part.chars().count());
    MemberLine { width: count(item.key_span.end), column: count(skip_inline(text, item.key_span.end)) }
}

/// Whether these lines are aligned, if that can be told.
fn alignment(lines: &[MemberLine]) -> Option<Alignment> {
    let (first, others) = lines.split_first()?;
    if others.iter().any(|line| line.width != first.width) {
        let same = others.iter().all(|line| line.column == first.column);
        return Some(if same { Alignment::Columns } else { Alignment::Plain });
    }
    (first.column > first.width + 1).then_some(Alignment::Columns)
}

/// Whether the members of an object are aligned, if that can be told.
pub(super) fn alignment_of(text: &str, attributes: &[Item]) -> Option<Alignment> {
    alignment(&last_lines(text, attributes))
}

/// Whether the members of the first object that tells are aligned.
pub(super) fn alignment_of_any<'n, 't: 'n>(
    text: &str,
    mut nodes: impl Iterator<Item = &'n Node<'t>>,
) -> Option<Alignment> {
    nodes.find_map(|node| match &node.kind {
        Kind::Object(attributes) => alignment_of(text, attributes),
        _ => None,
    })
}

/// The text between key and value of a new member. Follows the other members, then `hint`, then `terraform fmt`, so that
/// a formatted file stays formatted.
pub(super) fn gap(text: &str, items: &[Item], own_line: bool, hint: Option<Alignment>) -> Gap {
    let Some(last) = items.last() else { return Gap::default() };
    let MemberLine { width, column } = line(text, last);
    let operator_at = skip_inline(text, last.key_span.end);
    let operator = if text.as_bytes().get(operator_at) == Some(&b':') { ':' } else { '=' };
    let after = operator_at + 1 < last.value.span.start;
    let mut gap = Gap { operator, before: column.saturating_sub(width).min(1), column: 0, after };
    if own_line && gap.before > 0 {
        let lines = last_lines(text, items);
        let aligned = alignment(&lines).or(hint).unwrap_or(Alignment::Columns) == Alignment::Columns;
        if let Some(last) = lines.first().filter(|_| aligned) {
            gap.column = last.column;
        }
    }
    gap
}
