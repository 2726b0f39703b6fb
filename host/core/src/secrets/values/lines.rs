//! The lines of a text, as ranges.

use std::ops::Range;

/// The ranges of the lines of a text, without line endings.
pub(super) struct Lines<'t> {
    /// The text.
    pub text: &'t str,
    /// The start of the next line.
    pub next: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.next = start + length + 1;
        Some(start..start + rest[..length].trim_end_matches('\r').len())
    }
}

/// The start of the line after the one that ends at `line_end`.
pub(super) fn next_line(text: &str, line_end: usize) -> usize {
    text[line_end..].find('\n').map_or(text.len(), |length| line_end + length + 1)
}
