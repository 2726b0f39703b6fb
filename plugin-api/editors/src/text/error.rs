//! Why a text cannot be edited, and where.

use std::fmt::Write;

use leverage_plugin_api::model::Failure;

use super::lines;

/// Why a text cannot be edited, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl EditError {
    /// The error at this byte of `text`.
    pub fn at(text: &str, offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (line, column) = lines::position(text, offset);
        Self { line, column, message: message.into(), hint: hint.into() }
    }

    /// The failure of a contribution that was to edit the file at `path`: `path:line:column: message`.
    pub fn in_file(&self, path: &str) -> Failure {
        let Self { line, column, message, hint } = self;
        Failure::new(escape_controls(&format!("{path}:{line}:{column}: {message}"))).hint(hint)
    }
}

/// The text with control characters escaped, so that a terminal does not obey them.
fn escape_controls(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            // Writing to a string cannot fail.
            let _ = write!(result, "{}", character.escape_default());
        } else {
            result.push(character);
        }
    }
    result
}

/// The escape `\uXXXX`, which HCL and YAML share, of a character with at most four hexadecimal digits.
#[cfg(any(feature = "hcl", feature = "yaml"))]
pub(crate) fn unicode_escape(character: char) -> String {
    format!("\\u{:04x}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_the_place_and_escapes_control_characters() {
        let error = EditError::at("a\nb c", 4, "x\u{1b}[2J\n", "h");
        assert_eq!(escape_controls("a\u{1b}[2J\n"), "a\\u{1b}[2J\\n");
        assert_eq!(error.in_file("f").message, "f:2:3: x\\u{1b}[2J\\n");
    }

    #[test]
    fn byte_order_mark_takes_no_column() {
        let error = EditError::at("\u{feff}ab", 4, "", "");
        assert_eq!((error.line, error.column), (1, 2));
    }
}
