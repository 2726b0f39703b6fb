//! Reads a `build.env`: one `KEY=VALUE` a line.

use super::{Placed, Said, SourceText};
use crate::error::{Error, Kind, Result};

/// Reads `PROJECT`, the project's short name.
pub(super) fn read(source: &SourceText) -> Result<Said> {
    let mut said = Said::default();
    for item in dotenvy::from_read_iter(source.text.trim_start_matches('\u{feff}').as_bytes()) {
        let (key, value) = item.map_err(|error| not_understood(source, &error))?;
        if key == "PROJECT" && !value.is_empty() {
            said.short_name = Some(Placed { value, place: format!("PROJECT in {}", source.path) });
        }
    }
    Ok(said)
}

/// The line that is not understood is found by its text and not shown: it may hold a secret.
fn not_understood(source: &SourceText, error: &dotenvy::Error) -> Error {
    let line = match error {
        dotenvy::Error::LineParse(text, _) => source.text.lines().position(|line| line.trim() == text.trim()),
        _ => None,
    };
    let place = line.map_or_else(|| source.path.clone(), |line| format!("{} line {}", source.path, line + 1));
    Error::new(Kind::Project, format!("{place} is not of the form KEY=VALUE"))
        .hint("correct the line, and put quotes around a value with blanks")
}
