//! Takes a place in an HCL text, says what white space, comments and separators are around it.
//!
//! All marks that are looked for are ASCII, so every place found is between two characters.

use leverage_hcl::text::{after_block_comment, line_end};

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

/// The start of the line that `at` is in.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The white space that the line of `at` starts with.
pub(crate) fn indent(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// The white space before `at`, if nothing else is before it in its line.
pub(crate) fn own_line_indent(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let line = before.trim_end_matches([' ', '\t']);
    if line.is_empty() || line.ends_with('\n') { before.get(line.len()..) } else { None }
}

/// The line ending at or after `at`, or else the first of the text.
pub(crate) fn newline(text: &str, at: usize) -> &'static str {
    let ending = |part: &str| part.find('\n').map(|place| part.get(..place).is_some_and(|line| line.ends_with('\r')));
    match text.get(at..).and_then(ending).or_else(|| ending(text)) {
        Some(true) => "\r\n",
        _ => "\n",
    }
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
