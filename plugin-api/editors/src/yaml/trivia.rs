//! White space, comments, tags and anchors around a place in a YAML text.
//!
//! All searched marks are ASCII, so every place is a character boundary.

use std::ops::Range;

use crate::text::lines::line_end;

/// The end of white space, line ends and comments that start at `at`.
pub(super) fn skip(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut after_space = false;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => {
                after_space = true;
                at += 1;
            }
            Some(b'#') if after_space => at = line_end(text, at),
            _ => return at,
        }
    }
}

/// The place of the tag, if any, and the start of the value after tag and anchor.
pub(super) fn properties(text: &str, start: usize) -> (Option<Range<usize>>, usize) {
    let mut tag = None;
    let mut at = skip(text, start);
    while let Some(rest) = text.get(at..).filter(|rest| rest.starts_with(['!', '&'])) {
        let length = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        if rest.starts_with('!') {
            tag = Some(at..at + length);
        }
        at = skip(text, at + length);
    }
    (tag, at)
}

/// The end of the quoted scalar that starts at `start`.
pub(super) fn quoted_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes.get(start).copied();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' if quote == Some(b'"') => 2,
            b'\'' if quote == Some(byte) && bytes.get(at + 1) == Some(&byte) => 2,
            _ if quote == Some(byte) => return at + 1,
            _ => 1,
        };
    }
    text.len()
}
