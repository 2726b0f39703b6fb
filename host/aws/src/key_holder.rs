//! The holder of a connection's keys, whose secrets are masked in texts from AWS.
//!
//! A service or proxy that reports a wrong signature can repeat the request, with the session token in a header.

use leverage_plugin_api::model::Credentials;
use zeroize::Zeroizing;

use leverage_core::access_keys::AccessKeys;
use leverage_core::secrets::{MASK, mask_values};

/// The header of a session token, and the parameter of a signed URL.
const TOKEN_HEADER: &str = "x-amz-security-token";

/// Separators between the name and the value of a header, in all notations of a request.
const SEPARATORS: [char; 3] = [':', '=', '>'];

/// The holder of a connection's keys.
pub(crate) struct KeyHolder {
    profile: Option<String>,
    /// Not empty.
    secrets: Vec<Zeroizing<String>>,
}

impl KeyHolder {
    /// The holder of `keys`, as `whose` says.
    pub(crate) fn new(keys: &AccessKeys, whose: &Credentials) -> Self {
        let profile = match whose {
            Credentials::Profile(name) => Some(name.clone()),
            _ => None,
        };
        let secrets = [Some(&keys.secret), keys.session_token.as_ref()].into_iter().flatten();
        Self { profile, secrets: secrets.filter(|secret| !secret.is_empty()).cloned().collect() }
    }

    /// The existing profile with the keys; `None` if they are new.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Replaces each secret in a text with [`MASK`].
    pub(crate) fn mask(&self, text: &str) -> String {
        mask_tokens(&mask_values(text, self.secrets.iter().map(|secret| secret.as_str())))
    }
}

/// Masks the value of each [`TOKEN_HEADER`]: an encoded token is not found by its value.
fn mask_tokens(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = lower[done..].find(TOKEN_HEADER) {
        let after = done + at + TOKEN_HEADER.len();
        let value = find_value(&text[after..]);
        masked.push_str(&text[done..after + value.start]);
        if !value.is_empty() {
            masked.push_str(MASK);
        }
        done = after + value.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Finds the value after the name of a header; empty if it has none, as in a list of headers.
fn find_value(after: &str) -> std::ops::Range<usize> {
    let quotes = |c: char| c == '"' || c == '\'';
    let Some(rest) = after.trim_start_matches(quotes).trim_start_matches(' ').strip_prefix(SEPARATORS) else {
        return 0..0;
    };
    let value = rest.trim_start_matches(|c: char| c == ' ' || quotes(c));
    let start = after.len() - value.len();
    let length = value.find(|c: char| c.is_whitespace() || quotes(c) || "&<,;".contains(c)).unwrap_or(value.len());
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> KeyHolder {
        let token = Some(Zeroizing::new("FQoG/token+x==".to_owned()));
        let secret = Zeroizing::new("s".repeat(40));
        let keys = AccessKeys { id: "ASIAIOSFODNN7EXAMPLE".to_owned(), secret, session_token: token };
        KeyHolder::new(&keys, &Credentials::Profile("ex-management".to_owned()))
    }

    #[test]
    fn mask_hides_all_secrets_of_repeated_request() {
        for (text, shown) in [
            (
                "'POST\n/\n\nhost:x\nx-amz-security-token:FQoG/token+x==\n",
                "'POST\n/\n\nhost:x\nx-amz-security-token:********\n",
            ),
            // Encoded, or of another session: found by the name.
            ("?X-Amz-Security-Token=FQoG%2Ftoken%2Bx%3D%3D&a=1", "?X-Amz-Security-Token=********&a=1"),
            ("{\"x-amz-security-token\": \"abc\\/d\"}", "{\"x-amz-security-token\": \"********\"}"),
            (
                "<X-Amz-Security-Token>abc</X-Amz-Security-Token>",
                "<X-Amz-Security-Token>********</X-Amz-Security-Token>",
            ),
            (
                "x-amz-security-token:abc\nx-amz-security-token:d",
                "x-amz-security-token:********\nx-amz-security-token:********",
            ),
            // Found by the value.
            ("the token FQoG/token+x== is over", "the token ******** is over"),
            ("ssssssssssssssssssssssssssssssssssssssss", "********"),
            // No secret.
            ("host;x-amz-security-token\n\ne3b0c4", "host;x-amz-security-token\n\ne3b0c4"),
            (
                "The security token included in the request is invalid",
                "The security token included in the request is invalid",
            ),
        ] {
            assert_eq!(holder().mask(text), shown);
        }
    }
}
