//! Takes the accounts that are there, says how a further one's attributes are to be written.

use leverage_editors::hcl::{Item, Kind, Node};
use leverage_editors::text::own_line_indent;

use super::NewId;
use super::append::{STEP, Slot};
use super::literal::{key, quoted};
use super::style::{self, Alignment, Gap};
use super::trivia::tail;

/// How the attributes of a new account are written.
#[derive(Debug)]
pub(crate) struct BlockStyle {
    layout: Layout,
    comma_between: bool,
    comma_after: bool,
    gap: Gap,
    aligned: bool,
    quoted: bool,
}

#[derive(Debug)]
enum Layout {
    /// Each attribute on a line of its own.
    Lines { newline: &'static str, inner: String, outer: String },
    /// All in one line, with or without space inside the braces.
    Inline { padding: &'static str },
}

impl BlockStyle {
    /// The style of the last account that has attributes; the new one goes into `slot`.
    pub(crate) fn of(text: &str, accounts: &[Item], slot: &Slot) -> Self {
        let sample = accounts.iter().rev().find_map(|account| match &account.value.kind {
            Kind::Object(attributes) => attributes.last().map(|last| (account, attributes.as_slice(), last)),
            _ => None,
        });
        match sample {
            Some((account, attributes, last)) => Self::like(text, accounts, slot, account, attributes, last),
            None => Self {
                layout: if slot.lines { lines(slot, STEP, "") } else { Layout::Inline { padding: " " } },
                comma_between: false,
                comma_after: false,
                gap: Gap::default(),
                aligned: true,
                quoted: accounts.last().is_some_and(|account| account.quoted),
            },
        }
    }

    fn like(text: &str, accounts: &[Item], slot: &Slot, account: &Item, attributes: &[Item], last: &Item) -> Self {
        let layout = match own_line_indent(text, last.key_span.start).filter(|_| slot.lines) {
            Some(inner) => {
                let outer = own_line_indent(text, account.key_span.start).unwrap_or_default();
                let close = own_line_indent(text, account.value.span.end.saturating_sub(1)).unwrap_or(outer);
                let step = inner.strip_prefix(outer).filter(|step| !step.is_empty()).unwrap_or(STEP);
                lines(slot, step, close.strip_prefix(outer).unwrap_or_default())
            }
            None => Layout::Inline { padding: padding(text, &account.value) },
        };
        let comma_after = tail(text, last.value.span.end).comma;
        let comma_inside = attributes.first().is_some_and(|first| tail(text, first.value.span.end).comma);
        let hint = || style::alignment_of_any(text, accounts.iter().map(|account| &account.value));
        let alignment = style::alignment_of(text, attributes).or_else(hint);
        Self {
            layout,
            comma_between: comma_after || comma_inside,
            comma_after,
            gap: style::gap(text, attributes, false, None).plain(),
            aligned: alignment.unwrap_or(Alignment::Columns) == Alignment::Columns,
            quoted: last.quoted,
        }
    }

    /// The attributes of `account` in their braces.
    pub(crate) fn render(&self, account: &NewId<'_>) -> String {
        let email = account.email.map(|email| ("email", email));
        let attributes: Vec<_> = email.into_iter().chain([("id", account.id)]).collect();
        let keys: Vec<_> = attributes.iter().map(|(name, _)| key(name, self.quoted)).collect();
        let width = keys.iter().map(String::len).max().unwrap_or_default();
        let in_lines = matches!(self.layout, Layout::Lines { .. });
        let gap = if self.aligned && in_lines { self.gap.clone().aligned_to(width) } else { self.gap.clone() };
        let entries = keys.iter().zip(&attributes);
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
