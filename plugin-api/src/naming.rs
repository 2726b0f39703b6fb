//! The rules for names and ids in the documents: what a profile may be called, and what an account id is.

/// The account's name in the project: its name in AWS without the prefix `<long name>-`, as a
/// [valid profile name](profile_name).
///
/// Profile names have letters, digits and `_ . / % @ : + -`, which the AWS SDKs read without quotes.
pub fn account_name(aws_name: &str, long_name: Option<&str>) -> String {
    let name = long_name
        .and_then(|long| aws_name.strip_prefix(long)?.strip_prefix('-'))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(aws_name);
    profile_name(name)
}

/// Whether this character is allowed in a profile name.
pub fn is_profile_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_./%@:+-".contains(character)
}

/// A valid profile name made of `text`: each run of invalid characters becomes one dash.
pub fn profile_name(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.trim().chars() {
        if is_profile_character(character) {
            result.push(character);
        } else if !result.ends_with('-') {
            result.push('-');
        }
    }
    result
}

/// The access key profile of the credential type `kind`, in any case: `<short name>-<kind>`.
pub fn key_profile(short_name: &str, kind: &str) -> String {
    format!("{short_name}-{}", kind.to_lowercase())
}

/// Whether this is an account id: twelve ASCII digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_name_prefix_is_stripped() {
        assert_eq!(account_name("example-security", Some("example")), "security");
        assert_eq!(account_name("examples", Some("example")), "examples");
        assert_eq!(account_name("example-", Some("example")), "example-");
        assert_eq!(account_name("security", None), "security");
    }

    #[test]
    fn invalid_characters_become_one_dash() {
        assert_eq!(account_name("Data  Science", None), "Data-Science");
        assert_eq!(account_name("evil]\n[default", None), "evil-default");
        assert_eq!(account_name("o'brien", None), "o-brien");
    }

    #[test]
    fn account_id_has_twelve_digits() {
        assert!(is_account_id("000000000012"));
        assert!(!is_account_id("XXXXXXXXXXXX"));
        assert!(!is_account_id("12"));
    }
}
