//! Where the values of secrets live while plugins see tokens.
//!
//! Takes texts and gives back the same texts with tokens for secret values ([`Vault::conceal`]), and
//! the other way round ([`Vault::reveal`]). Each run has a vault of its own, with random tokens.

use leverage_plugin_api::model::{SecretRef, TextFormat};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};

/// What stands for a secret wherever people read.
pub const MASK: &str = "********";

/// The secrets of a run.
#[derive(Default)]
pub struct Vault {
    /// By id. Values are found by comparing: there are a handful.
    secrets: RefCell<HashMap<String, Zeroizing<String>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({} secrets)", self.secrets.borrow().len())
    }
}

impl Vault {
    /// Takes a secret in and gives the reference that stands for it. The same value has the same
    /// reference, so that a text which is read twice is the same twice.
    pub fn keep(&self, value: Zeroizing<String>) -> Result<SecretRef> {
        let mut secrets = self.secrets.borrow_mut();
        if let Some((id, _)) = secrets.iter().find(|(_, kept)| **kept == value) {
            return Ok(SecretRef::from_id(id));
        }
        let mut random = [0_u8; SecretRef::ID_LENGTH / 2];
        getrandom::fill(&mut random)
            .map_err(|error| Error::new(Kind::Internal, "no random numbers are to be had").cause(error))?;
        let id = random.iter().fold(String::with_capacity(SecretRef::ID_LENGTH), |mut id, byte| {
            id.push_str(&format!("{byte:02x}"));
            id
        });
        secrets.insert(id.clone(), value);
        Ok(SecretRef::from_id(id))
    }

    /// The secret that `reference` stands for, if this vault gave it out.
    pub fn secret(&self, reference: &SecretRef) -> Option<Zeroizing<String>> {
        self.secrets.borrow().get(reference.id()).cloned()
    }

    /// Puts a token in the place of each secret value in `text`.
    ///
    /// A value is secret if the name before its `=` or `:` says so, in whichever format the text is.
    pub fn conceal<'t>(&self, text: &'t str) -> Result<Cow<'t, str>> {
        let mut concealed = String::new();
        let mut done = 0;
        for line in Lines::new(text).filter(|line| mentions_a_secret(&text[line.clone()])) {
            for value in secret_values(text, line) {
                let reference = self.keep(Zeroizing::new(text[value.clone()].to_owned()))?;
                concealed.push_str(&text[done..value.start]);
                concealed.push_str(&reference.in_text(TextFormat::Verbatim));
                done = value.end;
            }
        }
        if done == 0 {
            return Ok(Cow::Borrowed(text));
        }
        concealed.push_str(&text[done..]);
        Ok(Cow::Owned(concealed))
    }

    /// Puts the secrets back in the place of their tokens.
    ///
    /// # Errors
    ///
    /// A token that this vault did not give out, or a secret that can't stand where its token does.
    pub fn reveal(&self, text: &str) -> Result<Zeroizing<String>> {
        // Sized at the start, so that no reallocation leaves a copy behind.
        let mut revealed = Zeroizing::new(String::with_capacity(text.len() + 4096));
        for piece in Pieces::new(text) {
            match piece {
                Piece::Text(text) => revealed.push_str(text),
                Piece::Token { format, id } => {
                    let secret = format
                        .zip(self.secret(&SecretRef::from_id(id)))
                        .ok_or_else(|| Error::new(Kind::Plugin, "a plugin names a secret that it was not given"))?;
                    let (format, secret) = secret;
                    check_escape(format, &secret)?;
                    revealed.push_str(&secret);
                }
            }
        }
        Ok(revealed)
    }
}

/// Puts [`MASK`] in the place of every token: for diffs and messages.
pub fn mask(text: &str) -> String {
    Pieces::new(text)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Token { .. } => MASK,
        })
        .collect()
}

/// Refuses a secret that its place in the text can't hold as it is.
fn check_escape(format: TextFormat, secret: &str) -> Result<()> {
    let plain = match format {
        TextFormat::Ini => !secret.is_empty() && secret.trim() == secret && !secret.contains(|c: char| c.is_control()),
        _ => true,
    };
    if plain { Ok(()) } else { Err(Error::new(Kind::AccessKeys, "the secret holds characters that no key has")) }
}

/// A stretch of text, or a token in it.
enum Piece<'a> {
    Text(&'a str),
    Token { format: Option<TextFormat>, id: &'a str },
}

/// Splits a text at its tokens.
struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest.find(SecretRef::PREFIX).unwrap_or(self.rest.len());
        if start > 0 {
            let (text, rest) = self.rest.split_at(start);
            self.rest = rest;
            return Some(Piece::Text(text));
        }
        let body = &self.rest[SecretRef::PREFIX.len()..];
        let length = body.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        // A token's length is known, so that text may follow it directly.
        let name = body[..length].split('_').next().unwrap_or_default();
        let end = (name.len() + 1 + SecretRef::ID_LENGTH).min(length);
        let id = body.get(name.len() + 1..end).unwrap_or_default();
        self.rest = &body[end..];
        Some(Piece::Token { format: TextFormat::ALL.into_iter().find(|format| format.name() == name), id })
    }
}

/// The ranges of a text's lines, without their line endings.
struct Lines<'a> {
    text: &'a str,
    next: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, next: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = std::ops::Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.next = start + length + 1;
        Some(start..start + rest[..length].trim_end_matches('\r').len())
    }
}

/// Words in a setting's name that say that its value is secret.
const SECRET_WORDS: [&str; 6] = ["secret", "password", "passwd", "token", "private_key", "api_key"];

/// Whether one of these words is in the line, in upper or lower case: most lines of large files have none, and
/// no other line can have a secret value.
fn mentions_a_secret(line: &str) -> bool {
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

/// The ranges of the secret values in one line.
fn secret_values(text: &str, line: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let mut values = Vec::new();
    let mut from = line.start;
    while let Some(at) = text[from..line.end].find(['=', ':']) {
        let separator = from + at;
        from = separator + 1;
        if !names_a_secret(&text[line.start..separator]) {
            continue;
        }
        let inside_braces = text[line.start..separator].contains('{');
        if let Some(value) = value_range(text, separator + 1..line.end, inside_braces) {
            from = value.end;
            values.push(value);
        }
    }
    values
}

/// Whether the name that ends `before` (the line up to a separator) is that of a secret.
fn names_a_secret(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['"', '\'']);
    let name_start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).map_or(0, |at| at + 1);
    let name = before.get(name_start..).unwrap_or_default();
    // Nearly every name is shorter or longer than any secret's; this keeps the scan of large files cheap.
    (5..=64).contains(&name.len()) && {
        let name = name.to_ascii_lowercase();
        SECRET_WORDS.iter().any(|word| name.contains(word))
    }
}

/// The value in `range`, without quotes; none if it is empty or opens a block.
fn value_range(text: &str, range: std::ops::Range<usize>, inside_braces: bool) -> Option<std::ops::Range<usize>> {
    let raw = &text[range.clone()];
    let start = range.start + (raw.len() - raw.trim_start().len());
    let value = raw.trim();
    let length = match value.chars().next()? {
        '{' | '[' | '<' | '|' | '>' => return None,
        quote @ ('"' | '\'') => {
            let inner = &value[1..];
            let mut escaped = false;
            let end = inner.find(|c: char| {
                let closes = c == quote && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            // A quote that is not closed belongs to the value.
            return match end {
                Some(0) => None,
                Some(end) => Some(start + 1..start + 1 + end),
                None => Some(start..start + value.len()),
            };
        }
        _ if inside_braces => value.find([',', '}', ' ', '\t']).unwrap_or(value.len()),
        _ => value.len(),
    };
    (length > 0 && !value.starts_with(SecretRef::PREFIX)).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concealed_and_back(text: &str) -> String {
        let vault = Vault::default();
        let concealed = vault.conceal(text).unwrap();
        assert_eq!(*vault.reveal(&concealed).unwrap(), text);
        assert_eq!(vault.conceal(text).unwrap(), concealed, "the same text is concealed alike");
        mask(&concealed)
    }

    #[test]
    fn secret_values_are_concealed_in_any_format() {
        for (text, expected) in [
            ("aws_secret_access_key = a/b+c\n", "aws_secret_access_key = ********\n"),
            ("AWS_SECRET_ACCESS_KEY=abc\r\nregion = x\r\n", "AWS_SECRET_ACCESS_KEY=********\r\nregion = x\r\n"),
            ("# aws_session_token: abc", "# aws_session_token: ********"),
            ("db_password = \"x \\\" y\" # why", "db_password = \"********\" # why"),
            (
                "a = { password = \"x\", b = 1, token = abc }",
                "a = { password = \"********\", b = 1, token = ******** }",
            ),
            ("    \"secret\": 'x'", "    \"secret\": '********'"),
        ] {
            assert_eq!(concealed_and_back(text), expected);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in
            ["aws_access_key_id = AKIA\n", "secret_ops = {\n", "password =\n", "password = \"\"", "\u{feff}a=b", "é: ü"]
        {
            assert_eq!(concealed_and_back(text), text);
        }
    }

    #[test]
    fn a_token_that_was_not_given_out_is_refused() {
        let vault = Vault::default();
        let stranger = SecretRef::from_id("0".repeat(SecretRef::ID_LENGTH));
        let text = format!("x = {}", stranger.in_text(TextFormat::Ini));
        assert_eq!(vault.reveal(&text).unwrap_err().kind, Kind::Plugin);
        assert_eq!(vault.reveal("lvsecret_").unwrap_err().kind, Kind::Plugin);
        let known = vault.keep(Zeroizing::new("s".to_owned())).unwrap();
        assert_eq!(*vault.reveal(&format!("{}!", known.in_text(TextFormat::Ini))).unwrap(), "s!");
        let unknown_format = known.in_text(TextFormat::Ini).replace("_ini_", "_xml_");
        assert_eq!(vault.reveal(&unknown_format).unwrap_err().kind, Kind::Plugin);
    }

    #[test]
    fn every_secret_word_is_noticed_in_any_case() {
        for word in SECRET_WORDS {
            assert!(mentions_a_secret(word) && mentions_a_secret(&format!("x_{}Y", word.to_uppercase())), "{word}");
            assert!(!mentions_a_secret(&word[1..]));
        }
    }

    #[test]
    fn a_secret_that_would_break_its_line_is_refused() {
        let vault = Vault::default();
        let secret = vault.keep(Zeroizing::new("a\n[evil]".to_owned())).unwrap();
        assert!(vault.reveal(&secret.in_text(TextFormat::Ini)).is_err());
    }
}
