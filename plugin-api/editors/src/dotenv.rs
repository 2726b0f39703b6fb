//! Edits `.env` files: changes the values of variables, and adds missing ones at the end.
//!
//! It writes what python-dotenv and dotenvy both read the same way. It reads what both accept: `NAME=value` with an
//! optional `export`, values with or without quotes, quoted values over several lines, and comments.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::text::lines::{line_end, newline_before, next_line, restore_last_line};
use crate::text::{EditError, Splices, split_bom};

/// A variable to set in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable<'a> {
    name: &'a str,
    reads: Cow<'a, str>,
    written: Cow<'a, str>,
}

impl<'a> Variable<'a> {
    /// The variable with this text, in quotes if it needs them. It must not have a single quote, a backslash, `${` or a
    /// control character, which programs read differently.
    pub fn new(name: &'a str, text: &'a str) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
        let is_plain = !text.is_empty() && text.chars().all(plain);
        let written = if is_plain { Cow::Borrowed(text) } else { Cow::Owned(format!("'{text}'")) };
        Self { name, reads: Cow::Borrowed(text), written }
    }

    /// The variable with a token: `written` in quotes, unless the file already has the value `reads`.
    pub fn token(name: &'a str, reads: String, written: &str) -> Self {
        Self { name, reads: Cow::Owned(reads), written: Cow::Owned(format!("'{written}'")) }
    }
}

/// A variable in the file.
struct Assignment<'t> {
    name: &'t str,
    /// The start of its name.
    start: usize,
    /// Its value, with quotes.
    value: Range<usize>,
    /// The value, if all readers agree on it.
    reads: Option<&'t str>,
    /// Whether there is text after the closing quote that is not a comment.
    trailing: bool,
}

/// The file's new text.
///
/// # Errors
///
/// An unclosed quote, or one of the variables in a form that programs read differently.
pub fn edit(text: &str, variables: &[Variable<'_>]) -> Result<String, EditError> {
    let assignments = read(text)?;
    let wanted: HashSet<&str> = variables.iter().map(|variable| variable.name).collect();
    let mut known: HashMap<&str, &Assignment<'_>> = HashMap::new();
    for assignment in assignments.iter().filter(|assignment| wanted.contains(assignment.name)) {
        let refuse = |message: String, hint: &str| Err(EditError::at(text, assignment.start, message, hint));
        if assignment.trailing {
            let hint = "put the whole value between one pair of quotes";
            return refuse(format!("unexpected text after the quoted value of `{}`", assignment.name), hint);
        }
        if known.insert(assignment.name, assignment).is_some() {
            let message =
                format!("`{}` is already set above, and programs differ in which value they use", assignment.name);
            return refuse(message, "remove one of the two lines");
        }
    }
    let mut splices = Splices::default();
    let ending = newline_before(text, text.len());
    let mut added = String::new();
    for Variable { name, reads, written } in variables {
        match known.get(name) {
            Some(assignment) if assignment.reads == Some(reads) => {}
            Some(assignment) => splices.replace(assignment.value.clone(), written.as_ref()),
            None => added.extend([name, "=", written, ending]),
        }
    }
    if !added.is_empty() {
        splices.insert_lines(text.len(), added);
    }
    let mut result = splices.apply(text);
    restore_last_line(text, &mut result);
    Ok(result)
}

/// All variables of the text, in order.
fn read(text: &str) -> Result<Vec<Assignment<'_>>, EditError> {
    let mut assignments = Vec::new();
    let mut at = split_bom(text).0.len();
    while at < text.len() {
        let last = match assignment(text, at..line_end(text, at))? {
            Some(found) => {
                // A quoted value can span lines.
                let end = found.value.end.max(at);
                assignments.push(found);
                end
            }
            None => at,
        };
        at = next_line(text, last);
    }
    Ok(assignments)
}

/// The variable that the line sets, if any.
fn assignment(text: &str, line: Range<usize>) -> Result<Option<Assignment<'_>>, EditError> {
    let content = &text[line.clone()];
    let Some(equals) = content.find('=') else { return Ok(None) };
    let left = content[..equals].trim();
    let name = match left.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => left,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if name.is_empty() || !name.chars().all(plain) {
        return Ok(None);
    }
    let after = line.start + equals + 1;
    let start = after + (content[equals + 1..].len() - content[equals + 1..].trim_start().len());
    let name_start = line.start + content.find(name).unwrap_or_default();
    let found = |value: Range<usize>, reads, trailing| Assignment { name, start: name_start, value, reads, trailing };

    if let Some(quote) = text[start..line.end].chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let Some(length) = quoted_length(&text[start + 1..], quote) else {
            return Err(EditError::at(text, start, "unclosed quote", "close it"));
        };
        let inner = &text[start + 1..start + 1 + length];
        let end = start + 1 + length + 1;
        let rest = &text[end..line_end(text, end)];
        let trailing = !(rest.trim().is_empty() || rest.trim_start().starts_with('#'));
        let agreed = !inner.contains(['\\', '$', '\n', '\r']);
        return Ok(Some(found(start..end, agreed.then_some(inner), trailing)));
    }
    let raw = &text[start..line.end];
    let comment =
        raw.char_indices().find(|(index, c)| *c == '#' && (*index == 0 || raw[..*index].ends_with([' ', '\t'])));
    let value = raw[..comment.map_or(raw.len(), |(index, _)| index)].trim_end();
    let agreed = !value.is_empty() && !value.contains(['\\', '$', '"', '\'', ' ', '\t']);
    // Keep the space before a comment right after the equals sign.
    let range = if value.is_empty() { after..after } else { start..start + value.len() };
    Ok(Some(found(range, agreed.then_some(value), false)))
}

/// The length of the value up to its closing quote.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(index)
    })
}

#[cfg(test)]
mod tests;
