//! How far values reach that may span lines. Each function takes a text and where a value of its kind starts, and
//! gives nothing if it does not end as such a value does.

use std::ops::Range;

use super::Lines;
use super::names::names_a_secret;

/// What is between the quotes of which the first is at `start`. Beyond `line_end`, only what ends a value may follow.
pub(super) fn quoted(text: &str, start: usize, line_end: usize) -> Option<Range<usize>> {
    let value = start + 1..start + 1 + closing_quote(&text[start..])?;
    let behind = text[value.end + 1..].lines().next().unwrap_or_default().trim_start();
    let ends = behind.is_empty() || behind.starts_with(['#', ',', ']', '}', ';']);
    (value.end < line_end || ends).then_some(value)
}

/// How long the value is whose quote the text starts with. A quote behind a backslash does not end it, nor do two.
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

/// The value of a variable as in the file that `GITHUB_ENV` names: the lines behind `NAME<<END`, up to a line `END`.
pub(super) fn delimited(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let (name, end) = text[line.clone()].split_once("<<")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if end.is_empty() || !name.chars().all(plain) || !names_a_secret(name) {
        return None;
    }
    // The runner reads to the end of the file where the last line is missing, and then complains.
    Some(lines_until(text, line.end, |line| line == end).unwrap_or_else(|| {
        let start = next_line(text, line.end);
        start..start.max(text.trim_end().len())
    }))
}

/// The lines between `<<END` or `<<-END` and a line that holds `END` alone, as in HCL.
pub(super) fn heredoc(text: &str, start: usize, line_end: usize) -> Option<Range<usize>> {
    let end = text[start..line_end].strip_prefix("<<")?.trim_start_matches(['-', '~']).trim();
    let is_name = !end.is_empty() && end.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then(|| lines_until(text, line_end, |line| line.trim() == end)).flatten()
}

/// The lines behind the one that ends at `line_end`, up to one that `ends` them.
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

/// The members of the list at `start`, up to the first that is an object: its names tell what is secret in it.
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
                // Then the bracket was a value's first character, and these are other settings.
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

/// The lines of a block of YAML, whose head (`|` or `>`) is the value in the line: those that stand further to the right.
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

/// The members of a list of YAML in the lines behind the line of its key, each behind a dash; those that are
/// mappings have names of their own.
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

/// How far to the right the key of a line of YAML stands, behind the dashes of lists.
fn column_of_key(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}
