//! The editor of `.env` files: takes a text and variables, and gives the text in which only their values are others.
//! New ones go to its end.
//!
//! It writes what python-dotenv and dotenvy read alike, and reads as far as they agree: `NAME=value`, an `export` before
//! it, a value without quotes or between quotes, which may then span lines, and comments.

use leverage_editors::text::{EditError, Splices, newline};
use leverage_plugin_api::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

use super::variables::{Value, Variable};

const BOM: &str = "\u{feff}";

/// A variable, as the file has it.
struct Assignment<'t> {
    name: &'t str,
    /// Where its name starts.
    start: usize,
    /// Its value with its quotes.
    value: Range<usize>,
    /// What all readers take the value for, if they agree.
    reads: Option<&'t str>,
    /// Whether something stands behind the closing quote that is no comment.
    trailing: bool,
}

/// The file's new text.
///
/// # Errors
///
/// A quote that is not closed, or one of the variables in a form that readers take in different ways.
pub(crate) fn edit(path: &str, text: &str, variables: &[Variable]) -> Result<String, Failure> {
    let assignments = read(text).map_err(|error| error.in_file(path))?;
    let mut known: HashMap<&str, &Assignment<'_>> = HashMap::new();
    for assignment in assignments.iter().filter(|one| variables.iter().any(|variable| variable.name == one.name)) {
        let refuse = |message: String, hint| Err(EditError::at(text, assignment.start, message, hint).in_file(path));
        if assignment.trailing {
            let hint = "put the whole value between one pair of quotes";
            return refuse(format!("something stands behind the quoted value of {}", assignment.name), hint);
        }
        if known.insert(assignment.name, assignment).is_some() {
            let message =
                format!("{} is set already further up, and programs differ in which one counts", assignment.name);
            return refuse(message, "remove one of the two lines");
        }
    }
    let mut splices = Splices::default();
    let ending = newline(text, text.len());
    let mut added = String::new();
    for variable in variables {
        match known.get(variable.name.as_str()) {
            Some(assignment) if variable.value.is_read_as(assignment.reads) => {}
            Some(assignment) => splices.replace(assignment.value.clone(), variable.value.written()),
            None => added.push_str(&format!("{}={}{ending}", variable.name, variable.value.written())),
        }
    }
    let mut result = splices.apply(text);
    if !added.is_empty() {
        let whole = matches!(text, "" | BOM) || text.ends_with('\n');
        if !whole {
            // A file without an ending of its last line stays so: it is how its editor saves it.
            result.push_str(ending);
            added.truncate(added.len() - ending.len());
        }
        result.push_str(&added);
    }
    Ok(result)
}

impl Value {
    fn is_read_as(&self, reads: Option<&str>) -> bool {
        match self {
            Self::Text(text) => reads == Some(text),
            Self::Secret(secret) => reads == Some(&secret.in_text(TextFormat::Verbatim)),
        }
    }

    /// As both readers read it. What it may hold was checked before, or is by the host.
    fn written(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
        match self {
            Self::Text(text) if !text.is_empty() && text.chars().all(plain) => text.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::Secret(secret) => format!("'{}'", secret.in_text(TextFormat::Dotenv)),
        }
    }
}

/// All variables of the text, in their order.
fn read(text: &str) -> Result<Vec<Assignment<'_>>, EditError> {
    let mut assignments = Vec::new();
    let mut at = if text.starts_with(BOM) { BOM.len() } else { 0 };
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let next = match assignment(text, at..end)? {
            Some(found) => {
                // A value may end in a later line than it starts in.
                let rest = found.value.end.max(at);
                assignments.push(found);
                text[rest..].find('\n').map_or(text.len(), |length| rest + length)
            }
            None => end,
        };
        at = next + 1;
    }
    Ok(assignments)
}

/// The variable that is set in the line, if one is.
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
            return Err(EditError::at(text, start, "the quote is not closed", "close it"));
        };
        let inner = &text[start + 1..start + 1 + length];
        let end = start + 1 + length + 1;
        let rest = text[end..].split('\n').next().unwrap_or_default();
        let trailing = !(rest.trim().is_empty() || rest.trim_start().starts_with('#'));
        let agreed = !inner.contains(['\\', '$', '\n', '\r']);
        return Ok(Some(found(start..end, agreed.then_some(inner), trailing)));
    }
    let raw = &text[start..line.end];
    let comment =
        raw.char_indices().find(|(index, c)| *c == '#' && (*index == 0 || raw[..*index].ends_with([' ', '\t'])));
    let value = raw[..comment.map_or(raw.len(), |(index, _)| index)].trim_end();
    let agreed = !value.is_empty() && !value.contains(['\\', '$', '"', '\'', ' ', '\t']);
    // A comment right behind the equals sign keeps its distance.
    let range = if value.is_empty() { after..after } else { start..start + value.len() };
    Ok(Some(found(range, agreed.then_some(value), false)))
}

/// How long the value is up to its closing quote.
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
