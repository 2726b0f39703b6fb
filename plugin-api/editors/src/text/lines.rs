//! Lines of a text: where they start and end, how they end, how they are indented, and the byte order mark before them.

/// The byte order mark that some editors write at the start of a file.
const BOM: &str = "\u{feff}";

/// The byte order mark of a text, if it has one, and the text after it.
pub fn split_bom(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(BOM) { BOM.len() } else { 0 })
}

/// Whether the text has no lines: it is empty, apart from a byte order mark.
pub fn is_blank(text: &str) -> bool {
    split_bom(text).1.is_empty()
}

/// A line of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    /// Counted from one.
    pub number: usize,
    /// Where it starts.
    pub start: usize,
    /// Where the next one starts.
    pub end: usize,
    /// The line without its ending.
    pub text: &'t str,
}

/// The lines of `text` from `start` on, which is the start of the line with this number.
pub fn lines(text: &str, start: usize, number: usize) -> impl Iterator<Item = Line<'_>> {
    let mut position = start;
    text.get(start..).unwrap_or_default().split_inclusive('\n').zip(number..).map(move |(line, number)| {
        let start = position;
        position += line.len();
        let text = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        Line { number, start, end: position, text }
    })
}

/// The start of the line that `at` is in.
pub fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The end of the line that `at` is in, before its line ending.
pub fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |length| at + length);
    match text.get(at..end) {
        Some(line) if line.ends_with('\r') && end < text.len() => end - 1,
        _ => end,
    }
}

/// The start of the line after the one that `at` is in; the end of the text after the last one.
pub fn next_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length + 1)
}

/// The line ending at or after `at`, or else the first of the text.
pub fn newline_after(text: &str, at: usize) -> &'static str {
    let first = |part: &str| part.find('\n').map(|end| ending(part, end));
    text.get(at..).and_then(first).or_else(|| first(text)).unwrap_or("\n")
}

/// The last line ending before `at`.
pub fn newline_before(text: &str, at: usize) -> &'static str {
    let before = text.get(..at).unwrap_or(text);
    before.rfind('\n').map_or("\n", |end| ending(before, end))
}

/// The line ending whose line feed is at `end`.
fn ending(text: &str, end: usize) -> &'static str {
    if text.get(..end).is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// Ends the last line, if it has no ending yet.
pub fn end_last_line(text: &mut String) {
    if !text.ends_with('\n') && !is_blank(text) {
        let newline = newline_before(text, text.len());
        text.push_str(newline);
    }
}

/// Removes the ending of the last line where the file had none before: that is how its editor saves it.
pub fn restore_last_line(before: &str, after: &mut String) {
    if !before.ends_with('\n') && !is_blank(before) && after.ends_with('\n') {
        after.truncate(after.len() - newline_before(after, after.len()).len());
    }
}

/// The end of spaces and tabs that start at `at`.
pub fn skip_spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    text.len() - rest.trim_start_matches([' ', '\t']).len()
}

/// The spaces and tabs that the line of `at` starts with.
pub fn line_indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    text.get(start..skip_spaces(text, start)).unwrap_or_default()
}

/// The spaces and tabs before `at`, if nothing else is before it in its line.
pub fn own_line_indent(text: &str, at: usize) -> Option<&str> {
    // From the end, so that a file in one long line is not read for each of its values.
    let before = text.get(..at)?;
    let rest = before.trim_end_matches([' ', '\t']);
    if rest.is_empty() || rest.ends_with('\n') { before.get(rest.len()..) } else { None }
}

/// How many characters are before `at` in its line.
pub fn column(text: &str, at: usize) -> usize {
    text.get(line_start(text, at)..at).map_or(0, |before| split_bom(before).1.chars().count())
}

/// The line and the column of `at`, both from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let at = if text.is_char_boundary(at) { at } else { text.len() };
    let line = text.get(..at).unwrap_or(text).bytes().filter(|&byte| byte == b'\n').count() + 1;
    (line, column(text, at) + 1)
}
