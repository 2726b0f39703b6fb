//! What an output target wants to write.

use serde::{Deserialize, Serialize};

use super::lookups::Root;
use super::plan::Diagnostic;

/// What an output target wants to write. A file that is already as it should be is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Changes {
    /// Files, each with its whole new text.
    #[serde(default)]
    pub files: Vec<FileChange>,
    /// What the user should know.
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
}

impl Changes {
    /// Nothing to write.
    pub fn none() -> Self {
        Self::default()
    }

    /// Writes `text` to the file, unless that is what `before` says it holds already.
    pub fn write(&mut self, root: Root, path: impl Into<String>, before: Option<&str>, text: String) {
        if before != Some(text.as_str()) {
            self.files.push(FileChange { root, path: path.into(), text });
        }
    }
}

/// A file and its whole new text. Secrets in it are tokens ([`SecretRef::in_text`](super::SecretRef::in_text)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileChange {
    /// Where the path starts.
    pub root: Root,
    /// Relative to the root, with `/` between folders; never absolute, never with `..`.
    pub path: String,
    /// The whole new text.
    pub text: String,
}
