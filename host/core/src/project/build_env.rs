//! Reads a `build.env`, with one `KEY=VALUE` a line. Variables are not expanded: an error could then show the value of
//! any variable of this process, such as a secret.

use std::cell::Cell;
use std::io::{self, Read};
use zeroize::Zeroizing;

use super::source::{FileDeclaration, SourceFile, SourcedValue};
use crate::position::Position;
use leverage_error::{Error, Kind, Result};

/// Replaces each `$` for `dotenvy`, which always expands variables.
const DOLLAR: char = '\u{1a}';

/// Reads `PROJECT`, the short name of the project.
pub(super) fn read(source: &SourceFile) -> Result<FileDeclaration> {
    let text = without_expansion(source.text.trim_start_matches('\u{feff}'));
    let read_lines = Cell::new(0);
    let mut declaration = FileDeclaration::default();
    let reader = LineReader { rest: text.as_bytes(), in_line: false, read_lines: &read_lines };
    for item in dotenvy::from_read_iter(reader) {
        let last_line = read_lines.get();
        let (key, value) = item.map_err(|error| parse_error(source, &error, last_line))?;
        if key == "PROJECT" && !value.is_empty() {
            let position = first_of(last_line, value.matches('\n').count());
            declaration.short_name = Some(SourcedValue { value, place: source.place(position) });
        }
    }
    match &declaration.short_name {
        Some(name) if name.value.contains(DOLLAR) => {
            Err(Error::new(Kind::Project, format!("{}: variables are not expanded in `PROJECT`", name.place))
                .hint("write the short name itself: two to four lower-case letters"))
        }
        _ => Ok(declaration),
    }
}

/// Replaces each `$` by [`DOLLAR`], except after a backslash.
fn without_expansion(text: &str) -> Zeroizing<String> {
    let mut result = Zeroizing::new(String::with_capacity(text.len()));
    let mut escaped = false;
    for c in text.chars() {
        result.push(if c == '$' && !escaped { DOLLAR } else { c });
        escaped = c == '\\' && !escaped;
    }
    result
}

/// Reads a text line by line and counts the lines, because `dotenvy` does not tell the position of a variable.
struct LineReader<'t> {
    rest: &'t [u8],
    /// Whether the start of the line is already read.
    in_line: bool,
    read_lines: &'t Cell<usize>,
}

impl Read for LineReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self.rest.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
        let (part, _) = line.split_at(line.len().min(buffer.len()));
        buffer[..part.len()].copy_from_slice(part);
        if !part.is_empty() && !self.in_line {
            self.read_lines.set(self.read_lines.get() + 1);
        }
        self.in_line = part.last().is_some_and(|&byte| byte != b'\n');
        self.rest = &self.rest[part.len()..];
        Ok(part.len())
    }
}

/// The line is not quoted, because it can contain a secret.
fn parse_error(source: &SourceFile, error: &dotenvy::Error, last_line: usize) -> Error {
    let position = match error {
        dotenvy::Error::LineParse(text, _) => first_of(last_line, text.trim_end().matches('\n').count()),
        _ => first_of(last_line, 0),
    };
    Error::new(Kind::Project, format!("{}: expected `KEY=VALUE`", source.place(position)))
        .hint("put quotes around a value that contains spaces")
}

/// The start of a variable that ends in `last_line` after this number of line breaks.
fn first_of(last_line: usize, line_breaks: usize) -> Position {
    Position { line: last_line.saturating_sub(line_breaks).max(1), column: 1 }
}
