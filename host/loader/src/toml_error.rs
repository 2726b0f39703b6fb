//! Errors of TOML files, with file, line and column.

use leverage_error::{Error, Kind};

/// The error of the TOML file called `name`: `name:line:column: message`.
pub(crate) fn toml_error(kind: Kind, name: &str, text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message: Vec<&str> = error.message().lines().collect();
    Error::new(kind, format!("{name}:{line}:{column}: {}", message.join("; ")))
}
