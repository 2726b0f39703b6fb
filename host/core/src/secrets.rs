//! The vault of secrets: plugins see tokens, the vault has the values.
//!
//! [`Vault::conceal`] replaces the secret values of a text by tokens, [`Vault::reveal`] replaces the tokens by the values.
//! Each run has its own vault with random tokens.

mod values;

use leverage_plugin_api::model::{SecretRef, TextFormat};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use zeroize::Zeroizing;

use leverage_error::{Error, Kind, Result};

/// The replacement of a secret in all texts that people read.
pub const MASK: &str = "********";

/// The secrets of a run.
#[derive(Default)]
pub struct Vault {
    /// By id.
    secrets: RefCell<HashMap<String, Zeroizing<String>>>,
    /// The ids of the secrets with a hash. A key would be a copy of the secret.
    ids: RefCell<HashMap<u64, Vec<String>>>,
    /// The hash function, random for each vault.
    hasher: RandomState,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({} secrets)", self.secrets.borrow().len())
    }
}

impl Vault {
    /// Stores a secret and returns its reference. The same value gets the same reference, so that a text that is read twice
    /// is concealed alike.
    ///
    /// # Errors
    ///
    /// The system has no random bytes.
    pub fn keep(&self, value: Zeroizing<String>) -> Result<SecretRef> {
        let mut secrets = self.secrets.borrow_mut();
        let mut ids = self.ids.borrow_mut();
        let alike = ids.entry(self.hasher.hash_one(value.as_str())).or_default();
        if let Some(id) = alike.iter().find(|id| secrets.get(*id) == Some(&value)) {
            return Ok(SecretRef::from_id(id));
        }
        let mut random = [0_u8; SecretRef::ID_LENGTH / 2];
        getrandom::fill(&mut random)
            .map_err(|error| Error::new(Kind::Internal, "failed to get random bytes").cause(error))?;
        let id = random.iter().fold(String::with_capacity(SecretRef::ID_LENGTH), |mut id, byte| {
            id.push_str(&format!("{byte:02x}"));
            id
        });
        alike.push(id.clone());
        secrets.insert(id.clone(), value);
        Ok(SecretRef::from_id(id))
    }

    /// The secret of a reference, if this vault created the reference.
    pub fn secret(&self, reference: &SecretRef) -> Option<Zeroizing<String>> {
        self.secrets.borrow().get(reference.id()).cloned()
    }

    /// Replaces each secret value in `text` by a token.
    ///
    /// A value is secret if the name before its `=`, `:` or `<<` says so, in any format, also if the value spans lines. All
    /// members of a list are secret, too. A secret within a string ends with the string, so that the text stays valid.
    ///
    /// # Errors
    ///
    /// The system has no random bytes.
    pub fn conceal<'t>(&self, text: &'t str) -> Result<Cow<'t, str>> {
        let mut concealed = String::new();
        let mut done = 0;
        for value in values::secret_values(text) {
            let reference = self.keep(Zeroizing::new(text[value.clone()].to_owned()))?;
            concealed.push_str(&text[done..value.start]);
            concealed.push_str(&reference.in_text(TextFormat::Verbatim));
            done = value.end;
        }
        if done == 0 {
            return Ok(Cow::Borrowed(text));
        }
        concealed.push_str(&text[done..]);
        Ok(Cow::Owned(concealed))
    }

    /// Masks all secrets of this vault in a text from outside, and all tokens. See [`mask_values`].
    pub fn mask_values(&self, text: &str) -> String {
        mask_values(&mask(text), self.secrets.borrow().values().map(|value| value.as_str()))
    }

    /// Replaces the tokens by their secrets.
    ///
    /// # Errors
    ///
    /// A token that this vault did not create, or a secret that its place in the text cannot contain.
    pub fn reveal(&self, text: &str) -> Result<Zeroizing<String>> {
        let secrets = self.secrets.borrow();
        let pieces: Vec<&str> = Pieces::new(text).map(|piece| revealed(piece, &secrets)).collect::<Result<_>>()?;
        // The final length, because a reallocation would leave a copy of the secrets behind.
        let mut whole = Zeroizing::new(String::with_capacity(pieces.iter().map(|piece| piece.len()).sum()));
        pieces.into_iter().for_each(|piece| whole.push_str(piece));
        Ok(whole)
    }
}

/// The text of a piece, with the secret instead of the token.
fn revealed<'s>(piece: Piece<'s>, secrets: &'s HashMap<String, Zeroizing<String>>) -> Result<&'s str> {
    match piece {
        Piece::Text(text) => Ok(text),
        Piece::Token { format, id } => {
            let (format, secret) = format
                .zip(secrets.get(id))
                .ok_or_else(|| Error::new(Kind::ProtocolViolation, "used an unknown secret token"))?;
            check_escape(format, secret)?;
            Ok(secret)
        }
    }
}

/// Whether the text contains a token, or anything that looks like one.
pub fn has_token(text: &str) -> bool {
    text.contains(SecretRef::PREFIX)
}

/// Masks all tokens of a text, for diffs and messages.
pub fn mask(text: &str) -> String {
    Pieces::new(text)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Token { .. } => MASK,
        })
        .collect()
}

/// Masks these values in a text from outside, and each line of values that span lines: text that repeats a secret often
/// does so line by line.
pub fn mask_values<'v>(text: &str, values: impl Iterator<Item = &'v str>) -> String {
    let mut values: Vec<&str> = values.collect();
    let lines: Vec<&str> = values.iter().flat_map(|value| value.split(['\n', '\r'])).map(str::trim).collect();
    values.extend(lines);
    values.retain(|value| !value.is_empty());
    // Longest first: a shorter value can be the start of a longer one, whose end would stay.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.into_iter().fold(text.to_owned(), |text, value| text.replace(value, MASK))
}

/// A part of a text with its secret values masked, also those that only overlap it. Values are recognized as in
/// [`Vault::conceal`].
pub(crate) fn mask_part(text: &str, part: Range<usize>) -> String {
    let mut masked = String::new();
    let mut done = part.start;
    for value in values::secret_values(text).into_iter().filter(|value| value.end > part.start) {
        if value.start >= part.end {
            break;
        }
        masked.push_str(&text[done..value.start.max(done)]);
        masked.push_str(MASK);
        done = value.end.min(part.end);
    }
    masked.push_str(&text[done..part.end]);
    masked
}

/// Rejects a secret that its place in the text cannot contain.
fn check_escape(format: TextFormat, secret: &str) -> Result<()> {
    let is_line = !secret.is_empty() && secret.trim() == secret && !secret.contains(|c: char| c.is_control());
    let valid = match format {
        TextFormat::Ini => is_line,
        // Parsers of `.env` files disagree about these within single quotes.
        TextFormat::Dotenv => is_line && !secret.contains(['\'', '\\']) && !secret.contains("${"),
        _ => true,
    };
    if valid {
        Ok(())
    } else {
        Err(Error::new(Kind::AccessKeys, "the secret contains characters that no access key has"))
    }
}

/// A piece of a text: a token, or the text between tokens.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    Token { format: Option<TextFormat>, id: &'a str },
}

/// The pieces of a text.
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
        // A token has a known length, so that text can follow it directly.
        let name = body[..length].split('_').next().unwrap_or_default();
        let end = (name.len() + 1 + SecretRef::ID_LENGTH).min(length);
        let id = body.get(name.len() + 1..end).unwrap_or_default();
        self.rest = &body[end..];
        Some(Piece::Token { format: TextFormat::ALL.into_iter().find(|format| format.name() == name), id })
    }
}

#[cfg(test)]
mod tests;
