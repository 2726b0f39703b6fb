//! Where strings in quotes end, in any format.

use std::ops::Range;

/// The content of the string whose quote opens at `start`. If the quote closes after `line_end`, only the end of a value
/// may follow.
pub(super) fn string(text: &str, start: usize, line_end: usize) -> Option<Range<usize>> {
    let value = start + 1..start + 1 + closing_quote(text.get(start..)?)?;
    (value.end < line_end || ends_value(text.get(value.end + 1..)?)).then_some(value)
}

/// Whether the text continues with the end of a value.
fn ends_value(rest: &str) -> bool {
    matches!(
        rest.trim_start_matches([' ', '\t']).chars().next(),
        None | Some('\n' | '\r' | '#' | ',' | ']' | '}' | ';')
    )
}

/// The length of the value whose opening quote starts the text. Escaped and doubled quotes do not close it, nor those
/// within `${…}`.
pub(super) fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first()?;
    let mut at = 1;
    let mut templates = true;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        at += match byte {
            // In YAML, a backslash in single quotes is an ordinary character.
            b'\\' if quote == b'\'' && next == Some(quote) && ends_value(text.get(at + 2..)?) => 1,
            b'\\' => 2,
            b'$' | b'%' if quote == b'"' && templates && next == Some(b'{') => {
                let template = template_length(&bytes[at..]);
                templates = template.is_some();
                template.unwrap_or(2)
            }
            _ if byte == quote && next == Some(quote) => 2,
            _ if byte == quote => return Some(at - 1),
            _ => 1,
        };
    }
    None
}

/// The place of the first double quote that no backslash precedes.
pub(super) fn unescaped_quote(text: &str) -> Option<usize> {
    text.match_indices('"').map(|(at, _)| at).find(|&at| !text[..at].ends_with('\\'))
}

/// The maximum length of a template that is searched for its end, which keeps a line of unclosed ones cheap.
const TEMPLATE_LENGTH: usize = 1024;

/// The length of the `${…}` or `%{…}` that starts here, if it ends in its line.
fn template_length(bytes: &[u8]) -> Option<usize> {
    // The open braces and quotes.
    let mut open: Vec<u8> = vec![b'{'];
    let mut at = 2;
    while let Some(&byte) = bytes.get(at).filter(|byte| at < TEMPLATE_LENGTH && !matches!(byte, b'\n' | b'\r')) {
        let in_string = open.last() == Some(&b'"');
        match byte {
            b'\\' if in_string => at += 1,
            b'"' if in_string => drop(open.pop()),
            b'"' => open.push(b'"'),
            b'$' | b'%' if in_string && bytes.get(at + 1) == Some(&b'{') => {
                open.push(b'{');
                at += 1;
            }
            b'{' if !in_string => open.push(b'{'),
            b'}' if !in_string => drop(open.pop()),
            _ => {}
        }
        at += 1;
        if open.is_empty() {
            return Some(at);
        }
    }
    None
}
