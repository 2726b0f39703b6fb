//! Finds the end of values that can span lines. Each function handles one kind of value, and returns nothing if the value
//! does not end as this kind requires.

use std::ops::Range;

use super::blocks::{Terminators, heredoc_name};
use super::lines::{Lines, next_line};
use super::names::names_a_secret;
use super::strings::{closing_quote, string};

/// A delimited value, as in the environment files of CI runners: the lines after `NAME<<END`, up to a line `END`.
pub(super) fn delimited(text: &str, line: &Range<usize>, terminators: &Terminators<'_>) -> Option<Range<usize>> {
    let at = line.start + text[line.clone()].find("<<")?;
    if !names_a_secret(&text[line.start..at]) {
        return None;
    }
    let (end, _) = heredoc_name(text, line.clone(), at, false)?;
    let start = next_line(text, line.end);
    // Without the last line, all following lines may belong to the value.
    Some(match terminators.line(end, true, line.end) {
        Some(last) => lines_before(text, start, last),
        None => start..start.max(text.trim_end().len()),
    })
}

/// An HCL heredoc: the lines between `<<END` or `<<-END` and a line with `END` only.
pub(super) fn heredoc(
    text: &str,
    line: &Range<usize>,
    at: usize,
    terminators: &Terminators<'_>,
) -> Option<Range<usize>> {
    text[at..line.end].starts_with("<<").then_some(())?;
    let (end, _) = heredoc_name(text, line.clone(), at, true)?;
    let last = terminators.line(end, false, line.end).filter(|&last| last < text.len())?;
    Some(lines_before(text, next_line(text, line.end), last))
}

/// The lines from `start` up to the line that starts at `end`, without the last line ending.
fn lines_before(text: &str, start: usize, end: usize) -> Range<usize> {
    let lines = &text[start..end];
    let lines = lines.strip_suffix('\n').unwrap_or(lines);
    start..start + lines.trim_end_matches('\r').len()
}

/// The members of the list at `start`, up to the first object: its names say which of its values are secret. Of an HCL
/// `for` expression, only the strings.
pub(super) fn list(text: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let mut members = Vec::new();
    let is_for = text.get(start + 1..)?.trim_start().starts_with("for ");
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
            c if is_for => {
                rest.find(|c: char| !c.is_alphanumeric()).filter(|&length| length > 0).unwrap_or(c.len_utf8())
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
            Some('"' | '\'') => members.extend(string(text, start, inner.end)),
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
