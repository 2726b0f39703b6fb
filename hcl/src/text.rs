//! Takes a place in a text, says where the line or comment around it ends.
//!
//! All marks that are looked for are ASCII, so every place found is between two characters.

/// The end of the `/* … */` comment that starts at `at`.
pub fn after_block_comment(text: &str, at: usize) -> usize {
    let inside = at + 2;
    text.get(inside..).and_then(|rest| rest.find("*/")).map_or(text.len(), |length| inside + length + 2)
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
