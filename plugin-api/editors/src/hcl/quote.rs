//! Names and values as HCL literals.

use crate::text::unicode_escape;

/// Words that are keywords, not names, as the key of an object.
const KEYWORDS: [&str; 4] = ["for", "null", "true", "false"];

/// An object's key, in quotes if it needs them.
pub(super) fn key(name: &str, quote: bool) -> String {
    if quote || KEYWORDS.contains(&name) || !is_identifier(name) { quoted(name) } else { name.to_owned() }
}

/// The string literal of exactly `text`.
pub(super) fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            // Doubled, they do not start a template.
            '$' | '%' if characters.peek() == Some(&'{') => result.extend([character, character]),
            // Some editors treat the line and paragraph separators as line endings.
            '\u{2028}' | '\u{2029}' => result.push_str(&unicode_escape(character)),
            _ if character.is_control() => result.push_str(&unicode_escape(character)),
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}

/// Whether the characters of `name` are allowed in a key without quotes.
pub fn is_identifier(name: &str) -> bool {
    hcl_edit::Ident::try_new(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_escapes_special_characters() {
        assert_eq!(quoted("o'brien@example.com"), "\"o'brien@example.com\"");
        assert_eq!(quoted("\"\\\n\r\t\u{1}\u{7f}\u{2028}"), r#""\"\\\n\r\t\u0001\u007f\u2028""#);
        assert_eq!(quoted("${a}%{b}$%{"), r#""$${a}%%{b}$%%{""#);
        assert_eq!(quoted("$ {}%"), "\"$ {}%\"");
    }

    #[test]
    fn key_is_quoted_if_needed() {
        assert_eq!(key("data-science_1", false), "data-science_1");
        assert_eq!(key("security", true), "\"security\"");
        for name in ["1st", "a.b", "a b", "", "for", "null", "${x}"] {
            assert_eq!(key(name, false), quoted(name));
        }
    }
}
