//! Escapes control characters and marks that change the reading direction. All text from outside (AWS, plugins, files) is
//! escaped before it is shown.

/// Whether a terminal may act on this character. A tab is harmless.
fn is_control(character: char) -> bool {
    let changes_direction = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    (character.is_control() && character != '\t') || changes_direction
}

/// Whether the text has no such characters.
pub fn is_safe(text: &str) -> bool {
    !text.contains(is_control)
}

/// Writes such characters as `\u{1b}`.
pub fn safe(text: &str) -> String {
    escape_with(text, |safe, character| safe.extend(character.escape_unicode()))
}

/// The most characters of a text from outside within a message.
const LONGEST_LINE: usize = 200;

/// A text of any length for a message: on one line, without such characters, and cut. It costs no more than it shows.
pub fn line(text: &str) -> String {
    match text.char_indices().nth(LONGEST_LINE) {
        None => safe(text),
        Some((end, _)) => safe(&text[..end]) + "…",
    }
}

/// Writes such characters of a JSON document as `\u009b`. The meaning stays, because a document on one line has them only
/// within strings.
pub fn escaped_in_json(document: &str) -> String {
    escape_with(document, |safe, character| safe.push_str(&format!("\\u{:04x}", u32::from(character))))
}

fn escape_with(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_control(character) { escape(&mut safe, character) } else { safe.push(character) }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_escapes_control_characters_only() {
        assert_eq!(safe("a\u{1b}[31mb\n\u{202e}c\td"), "a\\u{1b}[31mb\\u{a}\\u{202e}c\td");
        assert_eq!(safe("plain — ü"), "plain — ü");
        assert!(is_safe("plain — ü\t") && !is_safe("\u{9b}31m"));
    }

    #[test]
    fn line_cuts_long_texts_and_escapes_line_breaks() {
        assert_eq!(line("a\nb"), "a\\u{a}b");
        assert_eq!(line(&"ü".repeat(LONGEST_LINE)), "ü".repeat(LONGEST_LINE));
        assert_eq!(line(&"ü".repeat(1 << 20)), "ü".repeat(LONGEST_LINE) + "…");
    }

    #[test]
    fn escaped_in_json_keeps_the_meaning() {
        let text = "\u{9b}31m \u{7f} \u{202e} \u{1b} ü";
        let document = escaped_in_json(&serde_json::json!(text).to_string());
        assert!(is_safe(&document), "{document}");
        assert_eq!(serde_json::from_str::<String>(&document).unwrap(), text);
    }
}
