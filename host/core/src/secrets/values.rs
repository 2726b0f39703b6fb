//! Finds the secret values of a text of any format.
//!
//! A value can end in a later line: in quotes, a heredoc, a YAML block or a list. No format is parsed. Concealing too much
//! is harmless, because it is revealed again. But a plugin must still find sections and settings, so a value without the
//! end that its kind requires ends with its line.

mod lines;
mod names;
mod spans;

use leverage_plugin_api::model::SecretRef;
use std::ops::Range;

use lines::Lines;
use names::{is_env_name, mentions_a_secret, names_a_secret};

/// The ranges of the secret values in the text, in order.
pub(super) fn secret_values(text: &str) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let mut lines = Lines { text, next: 0 };
    while let Some(line) = lines.next() {
        if mentions_a_secret(&text[line.clone()]) {
            let end = Line { text, line: line.clone() }.secret_values(&mut values);
            if end > line.end {
                lines.next = end;
            }
        }
    }
    values
}

/// A line of a text, or the rest of one.
struct Line<'t> {
    text: &'t str,
    line: Range<usize>,
}

impl Line<'_> {
    /// Adds the values that start in the line, and returns the end of the last one.
    fn secret_values(&self, values: &mut Vec<Range<usize>>) -> usize {
        let Self { text, line } = self;
        let is_new = |value: &Range<usize>| !value.is_empty() && !text[value.clone()].starts_with(SecretRef::PREFIX);
        if let Some(value) = spans::delimited(text, line) {
            let end = value.end;
            values.extend(Some(value).filter(is_new));
            return end;
        }
        let mut from = line.start;
        while let Some(at) = text.get(from..line.end).and_then(|rest| rest.find(['=', ':'])) {
            let separator = from + at;
            from = separator + 1;
            if names_a_secret(&text[line.start..separator]) {
                let found = self.values_after(separator);
                from = found.last().map_or(from, |value| value.end);
                values.extend(found.into_iter().filter(is_new));
            }
        }
        from
    }

    /// The values after the separator, without quotes; none if a block of names starts there.
    fn values_after(&self, separator: usize) -> Vec<Range<usize>> {
        let Self { text, line } = self;
        let raw = &text[separator + 1..line.end];
        let start = line.end - raw.trim_start().len();
        let value = raw.trim();
        let whole = start..start + value.len();
        let before = &text[line.start..separator];
        let is_colon = text[separator..].starts_with(':');
        let is_env = !is_colon && start == separator + 1 && is_env_name(before);
        let is_comment = is_comment(before);
        let spans_lines = !is_comment && !is_ini(text);
        let upto = |spans: bool| &text[..if spans { text.len() } else { line.end }];
        let one = |found: Option<Range<usize>>| vec![found.unwrap_or(whole.clone())];
        match value.chars().next() {
            None if is_colon && spans_lines => spans::members(text, line),
            None => Vec::new(),
            Some('"' | '\'') => one(spans::quoted(upto(spans_lines), start, line.end)),
            Some('<') if spans_lines => one(spans::heredoc(text, start, line.end)),
            Some(_) if is_env => vec![whole],
            Some('{') if opens_names(value) => Vec::new(),
            Some('[') => spans::list(upto(!is_comment), start).unwrap_or(vec![whole]),
            Some('|' | '>') if is_colon && spans_lines => one(spans::block(text, line, value)),
            Some(_) if before.contains('{') => {
                let length = value.find([',', '}', ' ', '\t']).unwrap_or(value.len());
                one(Some(start..start + length))
            }
            Some(_) => vec![whole],
        }
    }
}

/// Whether the brace at the start of a value opens a block of names.
fn opens_names(value: &str) -> bool {
    let inner = value[1..].trim_start();
    inner.is_empty() || inner.starts_with(['}', '#', '/']) || inner.contains(['=', ':'])
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['#', ';']) || line.starts_with("//")
}

/// Whether the text starts with a section header. Values of such a text never span lines.
fn is_ini(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !is_comment(line)).unwrap_or_default();
    first.strip_prefix('[').is_some_and(|rest| rest.contains(']') && !rest.starts_with(['"', '\'', '[', '{', ']']))
}
