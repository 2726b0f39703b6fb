//! Makes visible what a terminal would obey: control characters, and marks that turn the reading
//! direction. Whatever others said (AWS, plugins, files) goes through here on its way to people.

/// Whether a terminal might do anything else than show this character. A tab is harmless.
fn is_obeyed(character: char) -> bool {
    let turns_direction = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    (character.is_control() && character != '\t') || turns_direction
}

/// Whether a terminal only shows this text.
pub fn is_safe(text: &str) -> bool {
    !text.contains(is_obeyed)
}

/// The text with such characters as `\u{1b}`.
pub fn safe(text: &str) -> String {
    escaped(text, |safe, character| safe.extend(character.escape_unicode()))
}

/// A JSON document with such characters as `\u009b`. It means the same: between its strings a document
/// without line breaks holds none of them.
pub fn escaped_in_json(document: &str) -> String {
    escaped(document, |safe, character| safe.push_str(&format!("\\u{:04x}", u32::from(character))))
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) { escape(&mut safe, character) } else { safe.push(character) }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(safe("a\u{1b}[31mb\n\u{202e}c\td"), "a\\u{1b}[31mb\\u{a}\\u{202e}c\td");
        assert_eq!(safe("plain — ü"), "plain — ü");
        assert!(is_safe("plain — ü\t") && !is_safe("\u{9b}31m"));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let text = "\u{9b}31m \u{7f} \u{202e} \u{1b} ü";
        let document = escaped_in_json(&serde_json::json!(text).to_string());
        assert!(is_safe(&document), "{document}");
        assert_eq!(serde_json::from_str::<String>(&document).unwrap(), text);
    }
}
