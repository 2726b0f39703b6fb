//! Where the values of secrets live while plugins see tokens.
//!
//! Takes texts and gives back the same texts with tokens for secret values ([`Vault::conceal`]), and
//! the other way round ([`Vault::reveal`]). Each run has a vault of its own, with random tokens.

mod values;

use leverage_plugin_api::model::{SecretRef, TextFormat};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use zeroize::Zeroizing;

use leverage_error::{Error, Kind, Result};

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
    /// A value is secret if the name before its `=`, `:` or `<<` says so, in whichever format the text is, also if it
    /// spans lines; so is each member of a list.
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

    /// Puts [`MASK`] in the place of every secret value that stands in a text of somebody else's, and of each line of
    /// one that has several: who repeats a secret often does so line by line.
    pub fn mask_values(&self, text: &str) -> String {
        let secrets = self.secrets.borrow();
        let mut values: Vec<&str> = secrets.values().map(|value| value.as_str()).collect();
        let lines: Vec<&str> = values.iter().flat_map(|value| value.split(['\n', '\r'])).map(str::trim).collect();
        values.extend(lines);
        values.retain(|value| !value.is_empty());
        // Of two that begin alike, the shorter would leave the longer one's end.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.into_iter().fold(mask(text), |text, value| text.replace(value, MASK))
    }

    /// Puts the secrets back in the place of their tokens.
    ///
    /// # Errors
    ///
    /// A token that this vault did not give out, or a secret that can't stand where its token does.
    pub fn reveal(&self, text: &str) -> Result<Zeroizing<String>> {
        let secrets = self.secrets.borrow();
        let pieces: Vec<&str> = Pieces::new(text).map(|piece| revealed(piece, &secrets)).collect::<Result<_>>()?;
        // As long as it is going to be, so that no reallocation leaves a copy behind.
        let mut whole = Zeroizing::new(String::with_capacity(pieces.iter().map(|piece| piece.len()).sum()));
        pieces.into_iter().for_each(|piece| whole.push_str(piece));
        Ok(whole)
    }
}

/// A piece of a text, its secret in the place of its token.
fn revealed<'s>(piece: Piece<'s>, secrets: &'s HashMap<String, Zeroizing<String>>) -> Result<&'s str> {
    match piece {
        Piece::Text(text) => Ok(text),
        Piece::Token { format, id } => {
            let (format, secret) = format
                .zip(secrets.get(id))
                .ok_or_else(|| Error::new(Kind::ProtocolViolation, "names a secret that it was not given"))?;
            check_escape(format, secret)?;
            Ok(secret)
        }
    }
}

/// Whether a token, or what looks like one, stands in the text.
pub fn has_token(text: &str) -> bool {
    text.contains(SecretRef::PREFIX)
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
    let is_line = !secret.is_empty() && secret.trim() == secret && !secret.contains(|c: char| c.is_control());
    let plain = match format {
        TextFormat::Ini => is_line,
        // Readers of `.env` files don't agree on what these mean between single quotes.
        TextFormat::Dotenv => is_line && !secret.contains(['\'', '\\']) && !secret.contains("${"),
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

#[cfg(test)]
mod tests;
