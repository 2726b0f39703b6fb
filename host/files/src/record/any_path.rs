//! A path in JSON, even if it is not valid Unicode.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A path in JSON: a text if it is valid Unicode, else a list of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TextOrBytes", into = "TextOrBytes")]
pub(crate) struct AnyPath(pub(crate) PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum TextOrBytes {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<TextOrBytes> for AnyPath {
    fn from(path: TextOrBytes) -> AnyPath {
        AnyPath(match path {
            TextOrBytes::Text(text) => text.into(),
            TextOrBytes::Bytes(bytes) => OsString::from_vec(bytes).into(),
        })
    }
}

impl From<AnyPath> for TextOrBytes {
    fn from(AnyPath(path): AnyPath) -> TextOrBytes {
        match path.to_str() {
            Some(text) => TextOrBytes::Text(text.to_owned()),
            None => TextOrBytes::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }
}
