//! Takes a place in a YAML text, says what white space and comments are around it.
//!
//! All marks that are looked for are ASCII, so every place found is between two characters.

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

/// Where the tag is, if there is one, and where the value starts that follows
/// tag and anchor.
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
