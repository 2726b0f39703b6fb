//! Positions in texts: the line and column of a byte offset, and the quoted line below an error.

use std::fmt;

use crate::secrets;

/// The longest quoted line in characters. A longer one is not quoted.
const LONGEST_LINE: usize = 160;

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column in characters.
    pub column: usize,
}

impl Position {
    /// The start of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position of a byte offset; the end of the text if the offset is not in it.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        Self { line, column: before[line_start..].chars().count() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Quotes the line of a byte offset, secret values masked, with a caret below the offset. Use it only for files in which
/// no secrets are expected: the mask recognizes secrets by their names.
pub(crate) fn snippet(text: &str, offset: usize) -> Option<String> {
    let (before, after) = text.split_at_checked(offset)?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = after.find('\n').map_or(text.len(), |length| offset + length);
    let line = secrets::mask_part(text, start..end);
    if line.chars().count() > LONGEST_LINE {
        return None;
    }
    let number = Position::of(text, offset).line.to_string();
    let margin = " ".repeat(number.len());
    let indent: String =
        secrets::mask_part(text, start..offset).chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
    Some(format!("{margin} |\n{number} | {}\n{margin} | {indent}^", line.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_counts_lines_and_characters_from_one() {
        for (offset, line, column) in [(0, 1, 1), (2, 1, 2), (3, 2, 1), (5, 2, 3), (99, 2, 4)] {
            assert_eq!(Position::of("é\nabc", offset), Position { line, column }, "{offset}");
        }
    }

    #[test]
    fn snippet_marks_the_offset() {
        let text = "a = 1\n\tname = é\nb = 2\n";
        assert_eq!(snippet(text, 14).as_deref(), Some("  |\n2 | \tname = é\n  | \t       ^"));
        assert_eq!(snippet("a", 1).as_deref(), Some("  |\n1 | a\n  |  ^"));
        assert_eq!(snippet("a", 2), None);
        assert_eq!(snippet(&"a".repeat(161), 0), None);
    }

    #[test]
    fn snippet_masks_secrets() {
        let text = "x = { token = \"abc\", nam = 1 }\npassword = \"\"\"\nabc\nde\"\"\"\n";
        for offset in (0..text.len()).filter(|&offset| !text[offset..].starts_with('\n')) {
            let shown = snippet(text, offset).unwrap();
            assert!(!shown.contains("abc"), "{shown}");
        }
        assert_eq!(snippet(text, 21).unwrap().lines().nth(1), Some("1 | x = { token = \"********\", nam = 1 }"));
        assert_eq!(snippet("api_key = 'abc\n", 10).unwrap().lines().nth(1), Some("1 | api_key = ********"));
    }
}
