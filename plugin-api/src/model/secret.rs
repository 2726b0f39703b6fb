//! Secrets as plugins see them: opaque tokens.

use serde::{Deserialize, Serialize};

/// A reference to a secret that only the host knows.
///
/// The value is an opaque token, random for each run. A plugin can pass it on in a [`Plan`](super::Plan) or place it in a
/// text with [`SecretRef::in_text`]. The host replaces it with the secret when it writes the file. The host rejects
/// tokens that it did not create.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SecretRef(String);

/// How a secret is escaped when the host writes it into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextFormat {
    /// Not escaped: for the token of a value read from the same place.
    Verbatim,
    /// A setting in the AWS shared files, or another line: no line break and no surrounding white space.
    Ini,
    /// A value between single quotes in a `.env` file: also no quote and no backslash.
    Dotenv,
}

impl TextFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Verbatim, Self::Ini, Self::Dotenv];

    /// The format's name inside a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Ini => "ini",
            Self::Dotenv => "dotenv",
        }
    }
}

impl SecretRef {
    /// The prefix of every token. Tokens have only letters, digits and underscores, so that they are plain values in INI,
    /// YAML and HCL.
    pub const PREFIX: &'static str = "lvsecret_";

    /// Number of hexadecimal digits in a token.
    pub const ID_LENGTH: usize = 32;

    /// The reference with this id. Only the host knows valid ids.
    pub fn from_id(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id: [`SecretRef::ID_LENGTH`] hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The token for this secret in a text of the given format.
    pub fn in_text(&self, format: TextFormat) -> String {
        format!("{}{}_{}", Self::PREFIX, format.name(), self.0)
    }
}
