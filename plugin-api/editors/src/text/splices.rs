//! Replacing parts of a text, so that everything else stays byte for byte.

use std::ops::Range;

use super::lines::end_last_line;

/// Replacements of parts of a text that do not overlap.
#[derive(Debug, Default)]
pub struct Splices(Vec<Splice>);

#[derive(Debug)]
struct Splice {
    range: Range<usize>,
    new: String,
    /// The new text is whole lines, so it starts on a new line.
    lines: bool,
}

impl Splices {
    /// Replaces the bytes in `range` by `new`.
    pub fn replace(&mut self, range: Range<usize>, new: impl Into<String>) {
        self.0.push(Splice { range, new: new.into(), lines: false });
    }

    /// Inserts whole lines at `at`. A line before them that has no ending gets one.
    pub fn insert_lines(&mut self, at: usize, lines: impl Into<String>) {
        self.0.push(Splice { range: at..at, new: lines.into(), lines: true });
    }

    /// Where the first replacement that was asked for is.
    pub fn first(&self) -> Option<usize> {
        self.0.first().map(|splice| splice.range.start)
    }

    /// The text with all replacements made.
    pub fn apply(self, text: &str) -> String {
        self.apply_with_room(text, 0)
    }

    /// As [`apply`](Self::apply), with `room` spare bytes at the end.
    pub(crate) fn apply_with_room(mut self, text: &str, room: usize) -> String {
        self.0.sort_by_key(|splice| splice.range.start);
        let added: usize = self.0.iter().map(|splice| splice.new.len() + "\r\n".len()).sum();
        let mut result = String::with_capacity(text.len() + added + room);
        let mut done = 0;
        for Splice { range, new, lines } in &self.0 {
            // Ranges are those of syntax nodes: whole characters, and apart from each other.
            let Some(kept) = text.get(done..range.start) else { continue };
            result.push_str(kept);
            if *lines {
                end_last_line(&mut result);
            }
            result.push_str(new);
            done = range.end;
        }
        result.push_str(text.get(done..).unwrap_or_default());
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_in_any_order_leave_the_rest_unchanged() {
        let mut splices = Splices::default();
        splices.replace(4..5, "E");
        splices.replace(0..1, "A");
        splices.replace(2..2, "+");
        assert_eq!(splices.apply("abcdef"), "Ab+cdEf");
    }

    #[test]
    fn inserted_lines_start_on_a_line_of_their_own() {
        for (text, at, expected) in
            [("a\r\nb", 4, "a\r\nb\r\nx\n"), ("a\nb\n", 2, "a\nx\nb\n"), ("", 0, "x\n"), ("\u{feff}", 3, "\u{feff}x\n")]
        {
            let mut splices = Splices::default();
            splices.insert_lines(at, "x\n");
            assert_eq!(splices.apply(text), expected);
        }
    }
}
