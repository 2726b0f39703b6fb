//! Takes a place in an HCL text, says what white space, comments and separators are around it.
//!
//! All marks that are looked for are ASCII, so every place found is between two characters.

use leverage_editors::hcl::after_block_comment;
use leverage_editors::text::{line_end, line_start};

/// The end of white space within the line and of `/* … */` comments that start at `at`.
pub(crate) fn skip_inline(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t') => at += 1,
            Some(b'/') if bytes.get(at + 1) == Some(&b'*') => at = after_block_comment(text, at),
            _ => return at,
        }
    }
}

/// The white space that the line of `at` starts with.
pub(crate) fn indent(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// What follows an object's last value.
pub(crate) struct Tail {
    /// Whether a comma follows.
    pub(crate) comma: bool,
    /// The end of the comma and of the comments in its line that are closed.
    pub(crate) end: usize,
    /// The end of the line, if the object's brace is not in it.
    pub(crate) line_end: Option<usize>,
}

/// What follows the value that ends at `at` and is the last one of its object.
pub(crate) fn tail(text: &str, at: usize) -> Tail {
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
