//! Secrets as a plugin sees them: names without values.

use serde::{Deserialize, Serialize};

/// Stands for a secret that only the host knows.
///
/// The value is an opaque token, random for each run. A plugin may pass it on (in a
/// [`Plan`](super::Plan)) or place it in a text with [`SecretRef::in_text`]; the host puts the secret
/// in its place when it writes the file. A token that the host did not give out is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SecretRef(String);

/// How a secret is written into a text, so that it is escaped for the place where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextFormat {
    /// As it is: for a token that stands for a value read from the same place.
    Verbatim,
    /// The value of a setting in the AWS shared files: one line, no surrounding white space.
    Ini,
}

impl TextFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Verbatim, Self::Ini];

    /// The format's name inside a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Ini => "ini",
        }
    }
}

impl SecretRef {
    /// What every token starts with. Tokens are made of letters, digits and underscores only, so
    /// that they are a plain value in INI, YAML and HCL alike.
    pub const PREFIX: &'static str = "lvsecret_";

    /// Number of hexadecimal digits in a token.
    pub const ID_LENGTH: usize = 32;

    /// The reference with this id. Only the host knows ids that mean something.
    pub fn from_id(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id: [`SecretRef::ID_LENGTH`] hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The token that stands for this secret in a text of the given format.
    pub fn in_text(&self, format: TextFormat) -> String {
        format!("{}{}_{}", Self::PREFIX, format.name(), self.0)
    }
}
