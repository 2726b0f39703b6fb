//! What every editor of texts needs: replacements that leave the rest as it is, line ends and
//! indentation, and the place of what can't be edited.
//! Places are byte offsets.

use std::fmt::Write;
use std::ops::Range;

use leverage_plugin_api::model::Failure;

/// Why a text can't be edited, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl EditError {
    /// The error at this byte of `text`.
    pub fn at(text: &str, offset: usize, message: impl Into<String>, hint: &'static str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.chars().rev().take_while(|&character| character != '\n').count() + 1;
        Self { line, column, message: message.into(), hint }
    }

    /// The failure of a contribution that was to edit the file at `path`.
    pub fn in_file(&self, path: &str) -> Failure {
        let Self { line, column, message, hint } = self;
        Failure::new(shown(&format!("{path}, line {line}, column {column}: {message}"))).hint(*hint)
    }
}

/// A text as it may be shown in a terminal: control characters are escaped.
fn shown(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            // Writing to a string can't fail.
            let _ = write!(result, "{}", character.escape_default());
        } else {
            result.push(character);
        }
    }
    result
}

/// Replacements of parts of a text that don't overlap.
#[derive(Debug, Default)]
pub struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    /// Replaces the bytes in `range` by `new`.
    pub fn replace(&mut self, range: Range<usize>, new: String) {
        self.0.push((range, new));
    }

    /// Where the first replacement that was asked for is.
    pub fn first(&self) -> Option<usize> {
        self.0.first().map(|(range, _)| range.start)
    }

    /// The text with all replacements made.
    pub fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut result = String::with_capacity(text.len() + self.0.iter().map(|(_, new)| new.len()).sum::<usize>());
        let mut done = 0;
        for (range, new) in &self.0 {
            // Ranges are those of syntax nodes: whole characters, and apart from each other.
            let Some(kept) = text.get(done..range.start) else { continue };
            result.push_str(kept);
            result.push_str(new);
            done = range.end;
        }
        result.push_str(text.get(done..).unwrap_or_default());
        result
    }
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

/// The white space before `at`, if nothing else is before it in its line.
pub fn own_line_indent(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let line = before.trim_end_matches([' ', '\t']);
    if line.is_empty() || line.ends_with('\n') { before.get(line.len()..) } else { None }
}

/// The line ending at or after `at`, or else the first of the text.
pub fn newline(text: &str, at: usize) -> &'static str {
    let ending = |part: &str| part.find('\n').map(|place| part.get(..place).is_some_and(|line| line.ends_with('\r')));
    match text.get(at..).and_then(ending).or_else(|| ending(text)) {
        Some(true) => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_in_a_failure() {
        let error = EditError::at("a\nb c", 4, "x\u{1b}[2J\n", "h");
        assert_eq!(shown("a\u{1b}[2J\n"), "a\\u{1b}[2J\\n");
        assert_eq!(error.in_file("f").message, "f, line 2, column 3: x\\u{1b}[2J\\n");
    }
}
