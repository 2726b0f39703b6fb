//! Finds the secret values of a text of any format.
//!
//! A value can end in a later line: in quotes, a heredoc, a YAML block or a list. Formats are not parsed, but a [`Layout`]
//! has the parts that they have in common. Concealing too much is harmless, because it is revealed again. But a plugin must
//! still find sections and settings, and the text must still be valid. So a value ends with the string, the brackets or
//! the comment that it is in, and a value without the end that its kind requires ends with its line.

mod blocks;
mod layout;
mod lines;
mod names;
mod spans;
mod strings;
#[cfg(test)]
mod tests;

use leverage_plugin_api::model::SecretRef;
use std::ops::Range;

use blocks::Terminators;
use layout::Layout;
use lines::{Lines, next_line};
use names::{is_env_name, mentions_a_secret, names_a_secret};

/// The ranges of the secret values in the text, in order.
pub(super) fn secret_values(text: &str) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    if !mentions_a_secret(text) {
        return values;
    }
    let terminators = Terminators::of(text);
    let is_ini = is_ini(text);
    let layout = if is_ini { Layout::default() } else { Layout::of(text, &terminators) };
    let finder = Finder { text, is_ini, layout, terminators };
    let mut lines = Lines { text, next: 0 };
    while let Some(line) = lines.next() {
        if mentions_a_secret(&text[line.clone()]) {
            let end = finder.line(&line, &mut values);
            if end > line.end {
                lines.next = end;
            }
        }
    }
    values
}

/// Finds the values of a text.
struct Finder<'t> {
    text: &'t str,
    /// Values of such a text never span lines.
    is_ini: bool,
    layout: Layout,
    terminators: Terminators<'t>,
}

/// The name before a separator.
struct Name {
    /// The place of the separator.
    separator: usize,
    /// Whether it is the first in its line.
    is_first: bool,
    /// Whether the line is a comment.
    in_comment: bool,
}

impl Finder<'_> {
    /// Adds the values that start in the line, or the rest of one, and returns the end of the last one.
    fn line(&self, line: &Range<usize>, values: &mut Vec<Range<usize>>) -> usize {
        let text = self.text;
        let is_new = |value: &Range<usize>| !value.is_empty() && !text[value.clone()].starts_with(SecretRef::PREFIX);
        if let Some(value) = spans::delimited(text, line, &self.terminators) {
            let end = value.end;
            values.extend(Some(value).filter(is_new));
            return end;
        }
        let in_comment = is_comment(&text[line.clone()]);
        let mut is_first = true;
        let mut from = line.start;
        while let Some(at) = text.get(from..line.end).and_then(|rest| rest.find(['=', ':'])) {
            let separator = from + at;
            from = separator + 1;
            if names_a_secret(&text[line.start..separator]) {
                let found = self.values_after(line, &Name { separator, is_first, in_comment });
                from = found.last().map_or(from, |value| value.end.max(from));
                values.extend(found.into_iter().filter(is_new));
            }
            is_first = false;
        }
        from
    }

    /// The values after the name, without quotes; none if a block of names starts there.
    fn values_after(&self, line: &Range<usize>, name: &Name) -> Vec<Range<usize>> {
        let &Name { separator, is_first, in_comment } = name;
        let text = self.text;
        if let Some(string) = self.layout.string(separator) {
            // A template in the string can have strings, too.
            let end = strings::unescaped_quote(&text[separator + 1..string.end]);
            return vec![trimmed(text, separator + 1..end.map_or(string.end, |length| separator + 1 + length))];
        }
        let block = self.layout.block(separator).map_or(text.len(), |block| block.end);
        let line_end = line.end.min(block).max(separator + 1);
        let whole = trimmed(text, separator + 1..line_end);
        let (start, value) = (whole.start, &text[whole.clone()]);
        let is_colon = text[separator..].starts_with(':');
        let is_env = !is_colon && is_first && start == separator + 1 && is_env_name(&text[line.start..separator]);
        let spans_lines = !in_comment && !self.is_ini && block > line.end;
        // What follows the block does not belong to the value.
        let upto = |spans: bool| &text[..if spans { block } else { line_end }];
        let one = |found: Option<Range<usize>>| vec![found.unwrap_or(whole.clone())];
        match value.chars().next() {
            None if is_colon && spans_lines => spans::members(upto(true), line),
            None => Vec::new(),
            Some('"' | '\'') => {
                let string = self.layout.string_after(start);
                one(string.or_else(|| strings::string(upto(spans_lines), start, line_end)))
            }
            Some('<') if spans_lines => one(spans::heredoc(upto(true), line, start, &self.terminators)),
            Some(_) if is_env => vec![whole],
            Some('{') if opens_names(value) || self.layout.closing(start).is_some_and(|end| end > line_end) => {
                Vec::new()
            }
            Some('[') => {
                let end = self.layout.closing(start).map_or(line_end, |end| end + 1);
                spans::list(&text[..end.min(block)], start).unwrap_or(vec![whole])
            }
            Some('|' | '>') if is_colon && spans_lines => one(spans::block(upto(true), line, value)),
            Some('&' | '!' | '#') if is_colon && self.opens_lines(line, value) => Vec::new(),
            Some('&' | '!') if is_colon => vec![after_anchor(value, &whole)],
            Some(_) if self.layout.is_flow(separator) => {
                let length = value.find([',', ']', '}']).unwrap_or(value.len());
                one(Some(trimmed(text, start..start + length)))
            }
            Some(_) => vec![whole],
        }
    }

    /// Whether the value consists of a tag, an anchor or a comment, and is continued in the next line: there are names.
    fn opens_lines(&self, line: &Range<usize>, value: &str) -> bool {
        let is_alone = value.starts_with('#') || !value.contains([' ', '\t']);
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
        let mut lines = Lines { text: self.text, next: next_line(self.text, line.end) };
        let next = || lines.next().map(|next| &self.text[next]).filter(|next| !next.trim().is_empty());
        is_alone
            && !self.is_ini
            && Some(next)
                .and_then(|mut next| next())
                .is_some_and(|next| indent(next) > indent(&self.text[line.clone()]))
    }
}

/// The range without white space at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let raw = &text[range.clone()];
    let start = range.end - raw.trim_start().len();
    start..start + raw.trim().len()
}

/// The part of a YAML value after its anchor, which an alias needs; the whole value if there is no anchor before it.
fn after_anchor(value: &str, whole: &Range<usize>) -> Range<usize> {
    let mut rest = value;
    let mut anchored = false;
    while rest.starts_with(['&', '!']) {
        let Some((word, after)) = rest.split_once([' ', '\t']) else { break };
        anchored |= word.starts_with('&');
        rest = after.trim_start();
    }
    // The quotes of a string stay.
    let quoted = rest.len() > 1 && ["\"", "'"].iter().any(|quote| rest.starts_with(quote) && rest.ends_with(quote));
    let inset = usize::from(quoted);
    if anchored { whole.end - rest.len() + inset..whole.end - inset } else { whole.clone() }
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

/// Whether the text starts with a section header.
fn is_ini(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !is_comment(line)).unwrap_or_default();
    first.strip_prefix('[').is_some_and(|rest| rest.contains(']') && !rest.starts_with(['"', '\'', '[', '{', ']']))
}
