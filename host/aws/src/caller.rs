//! Whose keys a connection has, and what of them no text may show.
//!
//! A service that finds a signature wrong may repeat the request that it was for, and so may a proxy: with the session
//! token, which is a header of it.

use leverage_plugin_api::model::Credentials;
use zeroize::Zeroizing;

use leverage_core::access_keys::AccessKeys;
use leverage_core::secrets::{MASK, mask_values};

/// The header that carries a session token, and the parameter of a signed address that does.
const TOKEN_HEADER: &str = "x-amz-security-token";

/// What stands between the header's name and its value, in whichever notation a request is repeated.
const SEPARATORS: [char; 3] = [':', '=', '>'];

/// Whoever a connection asks AWS for.
pub struct Caller {
    profile: Option<String>,
    /// Never empty texts.
    secrets: Vec<Zeroizing<String>>,
}

impl Caller {
    /// The holder of `keys`, which are those of `whose`.
    pub fn new(keys: &AccessKeys, whose: &Credentials) -> Self {
        let profile = match whose {
            Credentials::Profile(name) => Some(name.clone()),
            _ => None,
        };
        let secrets = [Some(&keys.secret), keys.session_token.as_ref()].into_iter().flatten();
        Self { profile, secrets: secrets.filter(|secret| !secret.is_empty()).cloned().collect() }
    }

    /// The existing profile that holds the keys; none if they are new.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// A text of somebody else's, with [`MASK`] in the place of each secret of the caller's.
    pub fn masked(&self, text: &str) -> String {
        mask_tokens(&mask_values(text, self.secrets.iter().map(|secret| secret.as_str())))
    }
}

/// Masks what follows each [`TOKEN_HEADER`]: a token that is encoded in some way is not found by its value.
fn mask_tokens(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = lower[done..].find(TOKEN_HEADER) {
        let after = done + at + TOKEN_HEADER.len();
        let value = value_of(&text[after..]);
        masked.push_str(&text[done..after + value.start]);
        if !value.is_empty() {
            masked.push_str(MASK);
        }
        done = after + value.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Where the value stands behind a header's name; empty where the name has none, as in a list of headers.
fn value_of(after: &str) -> std::ops::Range<usize> {
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

    fn caller() -> Caller {
        let token = Some(Zeroizing::new("FQoG/token+x==".to_owned()));
        let secret = Zeroizing::new("s".repeat(40));
        let keys = AccessKeys { id: "ASIAIOSFODNN7EXAMPLE".to_owned(), secret, session_token: token };
        Caller::new(&keys, &Credentials::Profile("ex-management".to_owned()))
    }

    #[test]
    fn a_repeated_request_shows_no_secret() {
        for (text, shown) in [
            (
                "'POST\n/\n\nhost:x\nx-amz-security-token:FQoG/token+x==\n",
                "'POST\n/\n\nhost:x\nx-amz-security-token:********\n",
            ),
            // Encoded, or of another session: known by its name.
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
            // By its value, wherever it stands.
            ("the token FQoG/token+x== is over", "the token ******** is over"),
            ("ssssssssssssssssssssssssssssssssssssssss", "********"),
            // Nothing is secret here.
            ("host;x-amz-security-token\n\ne3b0c4", "host;x-amz-security-token\n\ne3b0c4"),
            (
                "The security token included in the request is invalid",
                "The security token included in the request is invalid",
            ),
        ] {
            assert_eq!(caller().masked(text), shown);
        }
    }
}
