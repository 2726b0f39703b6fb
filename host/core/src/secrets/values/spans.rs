//! Finds the end of values that can span lines. Each function handles one kind of value, and returns nothing if the value
//! does not end as this kind requires.

use std::ops::Range;

use super::lines::Lines;
use super::names::names_a_secret;

/// The value in the quotes that open at `start`. If they close after `line_end`, only the end of a value may follow.
pub(super) fn quoted(text: &str, start: usize, line_end: usize) -> Option<Range<usize>> {
    let value = start + 1..start + 1 + closing_quote(&text[start..])?;
    let rest = text[value.end + 1..].lines().next().unwrap_or_default().trim_start();
    let ends = rest.is_empty() || rest.starts_with(['#', ',', ']', '}', ';']);
    (value.end < line_end || ends).then_some(value)
}

/// The length of the value whose opening quote starts the text. Escaped and doubled quotes do not close it.
fn closing_quote(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let inner = text.get(1..)?;
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' || (c == quote && chars.peek().is_some_and(|(_, next)| *next == quote)) {
            chars.next();
        } else if c == quote {
            return Some(at);
        }
    }
    None
}

/// A delimited value, as in the environment files of CI runners: the lines after `NAME<<END`, up to a line `END`.
pub(super) fn delimited(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let (name, end) = text[line.clone()].split_once("<<")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if end.is_empty() || !name.chars().all(plain) || !names_a_secret(name) {
        return None;
    }
    // Without the last line, all following lines may belong to the value.
    Some(lines_until(text, line.end, |line| line == end).unwrap_or_else(|| {
        let start = next_line(text, line.end);
        start..start.max(text.trim_end().len())
    }))
}

/// An HCL heredoc: the lines between `<<END` or `<<-END` and a line with `END` only.
pub(super) fn heredoc(text: &str, start: usize, line_end: usize) -> Option<Range<usize>> {
    let end = text[start..line_end].strip_prefix("<<")?.trim_start_matches(['-', '~']).trim();
    let is_name = !end.is_empty() && end.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then(|| lines_until(text, line_end, |line| line.trim() == end)).flatten()
}

/// The lines after the one that ends at `line_end`, up to the first for which `ends` is true.
fn lines_until(text: &str, line_end: usize, ends: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let start = next_line(text, line_end);
    let mut value = start..start;
    for line in (Lines { text, next: start }) {
        if ends(&text[line.clone()]) {
            return Some(value);
        }
        value.end = line.end;
    }
    None
}

fn next_line(text: &str, line_end: usize) -> usize {
    text[line_end..].find('\n').map_or(text.len(), |length| line_end + length + 1)
}

/// The members of the list at `start`, up to the first object: its names say which of its values are secret.
pub(super) fn list(text: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let mut members = Vec::new();
    let (mut at, mut depth) = (start, 0);
    loop {
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '[' => {
                depth += 1;
                1
            }
            ']' if depth == 1 => return Some(members),
            ']' => {
                depth -= 1;
                1
            }
            '{' => return Some(members),
            '#' => rest.find('\n')?,
            '/' if rest.starts_with("//") => rest.find('\n')?,
            c if c == ',' || c.is_whitespace() => c.len_utf8(),
            '"' | '\'' => {
                let length = closing_quote(rest)?;
                members.push(at + 1..at + 1 + length);
                length + 2
            }
            _ => {
                let member = rest[..rest.find([',', ']', '\n'])?].trim_end();
                // Not a list: the bracket is the first character of a value, and other settings follow.
                if member.contains('=') || member.contains(": ") {
                    return None;
                }
                if !["true", "false", "null"].contains(&member) {
                    members.push(at..at + member.len());
                }
                member.len()
            }
        };
    }
}

/// A YAML block whose indicator (`|` or `>`) is the value in the line: the lines that are indented more than the key.
pub(super) fn block(text: &str, line: &Range<usize>, head: &str) -> Option<Range<usize>> {
    let head = head[1..].split('#').next().unwrap_or_default().trim();
    if !head.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '+') {
        return None;
    }
    let key = column_of_key(&text[line.clone()]);
    let mut value: Option<Range<usize>> = None;
    for inner in (Lines { text, next: next_line(text, line.end) }) {
        let content = text[inner.clone()].trim_start();
        if content.is_empty() {
            continue;
        }
        if inner.len() - content.len() <= key {
            break;
        }
        let start = value.map_or(inner.end - content.len(), |value| value.start);
        value = Some(start..inner.end);
    }
    value
}

/// The members of a YAML list in the lines after the line of its key, each after a dash. It ends at the first mapping,
/// whose names say which of its values are secret.
pub(super) fn members(text: &str, line: &Range<usize>) -> Vec<Range<usize>> {
    let key = column_of_key(&text[line.clone()]);
    let mut members = Vec::new();
    for inner in (Lines { text, next: next_line(text, line.end) }) {
        let content = text[inner.clone()].trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let Some(member) = content.strip_prefix("- ").map(str::trim) else { break };
        if inner.len() - content.len() < key {
            break;
        }
        let start = inner.end - content.len() + (content.len() - content[1..].trim_start().len());
        match member.chars().next() {
            Some('"' | '\'') => members.extend(quoted(text, start, inner.end)),
            Some('{' | '[' | '|' | '>' | '&' | '*' | '!') | None => break,
            _ if member.contains(": ") || member.ends_with(':') => break,
            _ => members.push(start..start + member.len()),
        }
        if members.last().is_some_and(|member| member.end > inner.end) {
            break;
        }
    }
    members
}

/// The column of the key in a line of YAML, after the dashes of lists.
fn column_of_key(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}
