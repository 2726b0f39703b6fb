//! Whether a name says that its value is secret.

/// Words in a setting's name that say that its value is secret.
const SECRET_WORDS: [&str; 6] = ["secret", "password", "passwd", "token", "private_key", "api_key"];

/// Whether one of these words is in the line, in upper or lower case: most lines of large files have none, and
/// no other line can have a secret value.
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

/// Whether the name that ends `before` (the line up to a separator) is that of a secret.
pub(super) fn names_a_secret(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['"', '\'']);
    let name_start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).map_or(0, |at| at + 1);
    let name = before.get(name_start..).unwrap_or_default();
    // Nearly every name is shorter or longer than any secret's; this keeps the scan of large files cheap.
    (5..=64).contains(&name.len()) && {
        let name = name.to_ascii_lowercase();
        SECRET_WORDS.iter().any(|word| name.contains(word))
    }
}

/// Whether the line up to its `=` is as in an `.env` file: a name in capitals, and maybe `export`. Nothing but quotes has a
/// meaning in its value.
pub(super) fn is_env_name(before: &str) -> bool {
    let name = before.trim_start();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_word_is_noticed_in_any_case() {
        for word in SECRET_WORDS {
            assert!(mentions_a_secret(word) && mentions_a_secret(&format!("x_{}Y", word.to_uppercase())), "{word}");
            assert!(!mentions_a_secret(&word[1..]));
        }
    }
}
