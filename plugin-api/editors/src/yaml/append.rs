//! Adds an entry at the end of a map, in the style of the one before it.

use saphyr_parser::ScalarStyle;

use super::document::{Document, MappingStyle, NodeKind};
use super::place::{after_colon, entry_end, key_end};
use super::scalar::quoted;
use crate::text::Splices;
use crate::text::lines::{column, line_end, newline_after, own_line_indent, skip_spaces};

/// The default indentation of a key, relative to its map.
const STEP: usize = 2;

/// Adds the string `text` at the end of `map`.
pub(super) fn entry(document: &Document<'_>, map: usize, (name, text): (&str, &str), splices: &mut Splices) {
    let NodeKind::Mapping { entries, style } = &document.node(map).kind else { return };
    let entry = like(document, entries.last(), *style, (name, text));
    match (style, entries.last()) {
        (MappingStyle::Block(first), Some(&last)) => {
            let at = line_end(document.text, entry_end(document, last));
            splices.replace(at..at, line(document.text, at, column(document.text, *first), &entry));
        }
        (MappingStyle::Pair, Some(&last)) => {
            let start = document.node(map).span.start;
            let end = entry_end(document, last);
            splices.replace(start..start, "{");
            splices.replace(end..end, format!(", {entry}}}"));
        }
        (MappingStyle::Flow(_), Some(&last)) => in_braces(document, last, &entry, splices),
        (MappingStyle::Flow(open), None) => {
            let padding =
                if document.text.get(open + 1..).is_some_and(|rest| rest.starts_with(' ')) { " " } else { "" };
            splices.replace(open + 1..open + 1, format!("{padding}{entry}"));
        }
        // A map without braces has at least one entry.
        (MappingStyle::Block(_) | MappingStyle::Pair, None) => {}
    }
}

/// The indentation of the keys of the maps in `map`, if these keys have their own lines.
pub(super) fn inner_indent(document: &Document<'_>, map: usize) -> Option<usize> {
    let first_key = |node: usize| match document.node(node).kind {
        NodeKind::Mapping { style: MappingStyle::Block(first), .. } => Some(column(document.text, first)),
        _ => None,
    };
    first_key(map).map(|outer| {
        document.entries(map).find_map(|(_, value)| first_key(value)).unwrap_or(outer + STEP).max(outer + 1)
    })
}

/// Replaces a null value by a map with one string. `indent` is that of its key, if the key gets its own line.
pub(super) fn map(
    document: &Document<'_>,
    (key, value): (usize, usize),
    indent: Option<usize>,
    (name, text): (&str, &str),
    splices: &mut Splices,
) {
    let entry = format!("{}: {}", written_key(name, ""), quoted(text));
    if !document.node(value).is_absent() {
        splices.replace(document.node(value).span.clone(), format!("{{{entry}}}"));
        return;
    }
    match (indent, after_colon(document, key)) {
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

/// A line to insert after the one that ends at `at`.
fn line(text: &str, at: usize, indent: usize, entry: &str) -> String {
    format!("{}{:indent$}{entry}", newline_after(text, at), "")
}

/// A key in these quotes, or in double quotes if it needs them.
fn written_key(name: &str, quote: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_word { format!("{quote}{name}{quote}") } else { quoted(name) }
}

/// An entry in the style of the one before it.
fn like(
    document: &Document<'_>,
    last: Option<&(usize, usize)>,
    style: MappingStyle,
    (name, text): (&str, &str),
) -> String {
    let key_style = last.map(|&(key, _)| &document.node(key).kind);
    let quote = match key_style {
        Some(NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. }) => "\"",
        Some(NodeKind::Scalar { style: ScalarStyle::SingleQuoted, .. }) => "'",
        _ => "",
    };
    // After a quoted key in braces, as in JSON, the colon needs no space.
    let spaced = last.is_none_or(|&(key, value)| after_colon(document, key) != Some(document.node(value).span.start));
    let space = if quote.is_empty() || spaced || matches!(style, MappingStyle::Block(_)) { " " } else { "" };
    format!("{}:{space}{}", written_key(name, quote), quoted(text))
}

/// Adds `entry` to a map in braces, after its last entry.
fn in_braces(document: &Document<'_>, last: (usize, usize), entry: &str, splices: &mut Splices) {
    let text = document.text;
    let bytes = text.as_bytes();
    let (key, end) = (document.node(last.0).span.start, entry_end(document, last));
    // Some parsers treat a comma directly after the colon as part of the key.
    let comma = if end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b':') { " ," } else { "," };
    let Some(indent) = own_line_indent(text, key) else {
        let tight = key.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b',');
        splices.replace(end..end, format!("{comma}{}{entry}", if tight { "" } else { " " }));
        return;
    };
    let line = format!("{}{indent}{entry}", newline_after(text, end));
    let mut next = skip_spaces(text, end);
    let has_comma = bytes.get(next) == Some(&b',');
    if has_comma {
        next = skip_spaces(text, next + 1);
    }
    // If more than a comment follows in the line, the entry goes before it.
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
