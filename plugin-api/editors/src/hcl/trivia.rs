//! White space, comments and separators around a place in an HCL text.
//!
//! All searched marks are ASCII, so every place is a character boundary.

use crate::text::lines::line_end;

/// The end of white space within the line and of `/* … */` comments that start at `at`.
pub(super) fn skip_inline(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t') => at += 1,
            Some(b'/') if bytes.get(at + 1) == Some(&b'*') => at = after_block_comment(text, at),
            _ => return at,
        }
    }
}

/// The text after an object's last value.
pub(super) struct Tail {
    /// Whether a comma follows.
    pub(super) comma: bool,
    /// The end of the comma and of the closed comments in its line.
    pub(super) end: usize,
    /// The end of the line, unless the object's brace is in it.
    pub(super) line_end: Option<usize>,
}

/// The text after the last value of an object, which ends at `at`.
pub(super) fn tail(text: &str, at: usize) -> Tail {
    let bytes = text.as_bytes();
    let mut next = skip_inline(text, at);
    let mut tail = Tail { comma: false, end: next, line_end: None };
    if bytes.get(next) == Some(&b',') {
        tail.comma = true;
        next = skip_inline(text, next + 1);
        tail.end = next;
    }
    if bytes.get(next) != Some(&b'}') {
        tail.line_end = Some(line_end(text, next));
    }
    let trimmed = text.get(..tail.end).unwrap_or_default().trim_end_matches([' ', '\t']).len();
    tail.end = trimmed.max(at);
    tail
}

/// The end of the `/* … */` comment that starts at `at`.
fn after_block_comment(text: &str, at: usize) -> usize {
    let inside = at + 2;
    text.get(inside..).and_then(|rest| rest.find("*/")).map_or(text.len(), |length| inside + length + 2)
}
