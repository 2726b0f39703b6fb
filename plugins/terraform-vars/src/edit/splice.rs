//! Takes a text and replacements of some of its parts, gives the new text. Also what can't be done,
//! with its place.

use std::fmt::Write;
use std::ops::Range;

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
    pub(crate) fn at(text: &str, offset: usize, message: impl Into<String>, hint: &'static str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.chars().rev().take_while(|&character| character != '\n').count() + 1;
        Self { line, column, message: message.into(), hint }
    }
}

/// A text as it may be shown in a terminal: control characters are escaped.
pub fn shown(text: &str) -> String {
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
pub(crate) struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    /// Replaces the bytes in `range` by `new`.
    pub(crate) fn replace(&mut self, range: Range<usize>, new: String) {
        self.0.push((range, new));
    }

    /// The text with all replacements made.
    pub(crate) fn apply(mut self, text: &str) -> String {
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
