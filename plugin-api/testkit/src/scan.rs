//! Scans the texts of a document for secrets, tokens, control characters and paths.

use serde_json::Value;

use leverage_plugin_api::model::SecretRef;

/// Calls `visit` with every text in the document, including field names.
pub(super) fn texts<'v>(document: &'v Value, visit: &mut dyn FnMut(&'v str)) {
    match document {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, visit)),
        Value::Object(fields) => {
            for (name, value) in fields {
                visit(name);
                texts(value, visit);
            }
        }
        _ => {}
    }
}

/// Parts of the text that look like AWS access keys or private keys.
pub(super) fn secret_looking(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "/+=".contains(c);
    let mut found: Vec<&str> = text.split(|c: char| !is_part(c)).filter(|part| looks_like_secret_key(part)).collect();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    found.extend(words.filter(|word| looks_like_key_id(word)));
    found.extend(text.match_indices("-----BEGIN ").map(|(at, _)| text[at..].lines().next().unwrap_or_default()));
    found
}

fn looks_like_key_id(word: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    word.len() == 20 && ["AKIA", "ASIA"].iter().any(|start| word.starts_with(start)) && word.bytes().all(upper)
}

/// Forty characters with upper case, lower case and digits, unlike a hexadecimal hash.
fn looks_like_secret_key(part: &str) -> bool {
    let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
    part.len() == 40 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// The text after the prefix of each token, as far as it can belong to the token.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(SecretRef::PREFIX).map(|(at, prefix)| {
        let rest = &text[at + prefix.len()..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}

/// The text with control characters escaped, if it has any.
pub(super) fn control_characters(text: &str) -> Option<String> {
    let turns_direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().any(|c| c.is_control() || turns_direction(c)).then(|| text.escape_debug().to_string())
}

/// Whether a path stays inside its root, as the host requires.
pub(super) fn is_inside(path: &str) -> bool {
    let normal = |part: &str| !part.is_empty() && part != "." && part != "..";
    !path.contains(['\0', '\\']) && path.split('/').all(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_detected_and_hashes_are_not() {
        assert_eq!(secret_looking("key=AKIAIOSFODNN7EXAMPLE;"), ["AKIAIOSFODNN7EXAMPLE"]);
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert_eq!(secret_looking(&format!("a = \"{secret}\"")), [secret]);
        assert_eq!(secret_looking("-----BEGIN RSA PRIVATE KEY-----\nx"), ["-----BEGIN RSA PRIVATE KEY-----"]);
        for plain in ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "AKIAIOSFODNN7EXAMPLES", "akiaiosfodnn7example"] {
            assert!(secret_looking(plain).is_empty(), "{plain}");
        }
    }

    #[test]
    fn path_inside_its_root_is_accepted() {
        for path in ["", "/etc/passwd", "../x", "a/../../b", "./a", "a//b", "a\\b", "a\0b", "a/"] {
            assert!(!is_inside(path), "{path:?}");
        }
        assert!(is_inside("config/common.tfvars"));
    }

    #[test]
    fn tokens_are_found_with_the_text_after_their_prefix() {
        assert_eq!(tokens("a = lvsecret_ini_0f, b").collect::<Vec<_>>(), ["ini_0f"]);
    }
}
