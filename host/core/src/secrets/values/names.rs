//! Decides by a name whether its value is secret.

/// Words in the names of secret values.
const SECRET_WORDS: [&str; 6] = ["secret", "password", "passwd", "token", "private_key", "api_key"];

/// Whether the line contains one of these words in any case. Only such lines can have a secret value, and most lines of
/// large files do not.
pub(super) fn mentions_a_secret(line: &str) -> bool {
    let bytes = line.as_bytes();
    let begins = |at: usize, word: &str| {
        bytes.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    let mut letters = bytes.iter().enumerate();
    letters.any(|(at, letter)| match letter.to_ascii_lowercase() {
        b's' | b'p' | b't' | b'a' => SECRET_WORDS.iter().any(|word| begins(at, word)),
        _ => false,
    })
}

/// Whether `before`, the line up to a separator, ends with the name of a secret.
pub(super) fn names_a_secret(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['"', '\'', '\\']);
    let name_start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).map_or(0, |at| at + 1);
    let name = before.get(name_start..).unwrap_or_default();
    // Skips most names, which keeps the scan of large files cheap.
    (5..=64).contains(&name.len()) && {
        let name = name.to_ascii_lowercase();
        SECRET_WORDS.iter().any(|word| name.contains(word))
    }
}

/// Whether the line up to its `=` has the form of an `.env` file: a name in capitals, with an optional `export`. Only
/// quotes are special in such a value.
pub(super) fn is_env_name(before: &str) -> bool {
    let name = before.trim_start();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_a_secret_finds_each_word_in_any_case() {
        for word in SECRET_WORDS {
            assert!(mentions_a_secret(word) && mentions_a_secret(&format!("x_{}Y", word.to_uppercase())), "{word}");
            assert!(!mentions_a_secret(&word[1..]));
        }
    }
}
