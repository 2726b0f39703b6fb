//! Takes an account without an `id`, adds one as its last entry.

use leverage_editors::text::{Splices, line_end, newline, own_line_indent};
use saphyr_parser::ScalarStyle;

use super::document::{Document, Kind, MappingStyle};
use super::place::{after_colon, entry_end, key_end};
use super::scalar::quoted;
use super::trivia::{column, skip_spaces};

/// How much deeper than its account an attribute is indented where nothing else tells.
const STEP: usize = 2;

/// Adds the id to the map `account`.
pub(crate) fn entry(document: &Document<'_>, account: usize, id: &str, splices: &mut Splices) {
    let Kind::Mapping { entries, style } = &document.node(account).kind else { return };
    let entry = like(document, entries.last(), *style, id);
    match (style, entries.last()) {
        (MappingStyle::Block(first), Some(&last)) => {
            let at = line_end(document.text, entry_end(document, last));
            splices.replace(at..at, line(document.text, at, column(document.text, *first), &entry));
        }
        (MappingStyle::Pair, Some(&last)) => {
            let start = document.node(account).span.start;
            let end = entry_end(document, last);
            splices.replace(start..start, "{".to_owned());
            splices.replace(end..end, format!(", {entry}}}"));
        }
        (MappingStyle::Flow(_), Some(&last)) => in_braces(document, last, &entry, splices),
        (MappingStyle::Flow(open), None) => {
            let padding =
                if document.text.get(open + 1..).is_some_and(|rest| rest.starts_with(' ')) { " " } else { "" };
            splices.replace(open + 1..open + 1, format!("{padding}{entry}"));
        }
        // Without braces, a map has at least one entry.
        (MappingStyle::Block(_) | MappingStyle::Pair, None) => {}
    }
}

/// Where the accounts of a map of accounts get their attributes.
pub(crate) struct Children<'d> {
    document: &'d Document<'d>,
    /// How far the attributes are indented, if they have lines of their own.
    indent: Option<usize>,
}

impl<'d> Children<'d> {
    /// The members of `map`.
    pub(crate) fn of(document: &'d Document<'d>, map: usize) -> Self {
        let first_key = |node: usize| match document.node(node).kind {
            Kind::Mapping { style: MappingStyle::Block(first), .. } => Some(column(document.text, first)),
            _ => None,
        };
        let indent = first_key(map).map(|outer| {
            document.entries(map).find_map(|(_, account)| first_key(account)).unwrap_or(outer + STEP).max(outer + 1)
        });
        Self { document, indent }
    }

    /// Gives an account that has no attributes at all its id.
    pub(crate) fn add_mapping(&self, (key, account): (usize, usize), id: &str, splices: &mut Splices) {
        let document = self.document;
        let entry = format!("id: {}", quoted(id));
        if !document.node(account).is_absent() {
            splices.replace(document.node(account).span.clone(), format!("{{{entry}}}"));
            return;
        }
        match (self.indent, after_colon(document, key)) {
            (Some(indent), Some(colon)) => {
                let at = line_end(document.text, colon);
                splices.replace(at..at, line(document.text, at, indent, &entry));
            }
            (None, Some(colon)) => splices.replace(colon..colon, format!(" {{{entry}}}")),
            (_, None) => {
                let end = key_end(document, key);
                splices.replace(end..end, format!(": {{{entry}}}"));
            }
        }
    }
}

/// A new line after the one that ends at `at`.
fn line(text: &str, at: usize, indent: usize, entry: &str) -> String {
    format!("{}{:indent$}{entry}", newline(text, at), "")
}

/// The id, written like the entry before it.
fn like(document: &Document<'_>, last: Option<&(usize, usize)>, style: MappingStyle, id: &str) -> String {
    let key_style = last.map(|&(key, _)| &document.node(key).kind);
    let quote = match key_style {
        Some(Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. }) => "\"",
        Some(Kind::Scalar { style: ScalarStyle::SingleQuoted, .. }) => "'",
        _ => "",
    };
    // After a quoted key in braces, as in JSON, no space has to follow the colon.
    let spaced = last.is_none_or(|&(key, value)| after_colon(document, key) != Some(document.node(value).span.start));
    let space = if quote.is_empty() || spaced || matches!(style, MappingStyle::Block(_)) { " " } else { "" };
    format!("{quote}id{quote}:{space}{}", quoted(id))
}

/// Adds `entry` to a map in braces, after its last entry.
fn in_braces(document: &Document<'_>, last: (usize, usize), entry: &str, splices: &mut Splices) {
    let text = document.text;
    let bytes = text.as_bytes();
    let (key, end) = (document.node(last.0).span.start, entry_end(document, last));
    // For some parsers a comma directly after the colon belongs to the key.
    let comma = if end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b':') { " ," } else { "," };
    let Some(indent) = own_line_indent(text, key) else {
        let tight = key.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b',');
        splices.replace(end..end, format!("{comma}{}{entry}", if tight { "" } else { " " }));
        return;
    };
    let line = format!("{}{indent}{entry}", newline(text, end));
    let mut next = skip_spaces(text, end);
    let has_comma = bytes.get(next) == Some(&b',');
    if has_comma {
        next = skip_spaces(text, next + 1);
    }
    // Only a comment may follow in the line, or else the entry goes before what follows.
    let at = line_end(text, end);
    if next < at && bytes.get(next) != Some(&b'#') {
        splices.replace(end..end, format!("{comma}{line}"));
    } else if has_comma {
        splices.replace(at..at, format!("{line},"));
    } else {
        splices.replace(end..end, comma.to_owned());
        splices.replace(at..at, line);
    }
}
