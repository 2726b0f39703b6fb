//! Reads a `build.env`: one `KEY=VALUE` a line. Nothing is put in the place of a `$`: whoever can change the file could
//! have variables of this process shown, a secret among them.

use zeroize::Zeroizing;

use super::{FileDeclaration, SourceText, Sourced};
use leverage_error::{Error, Kind, Result};

/// Stands for a `$` while `dotenvy` reads, which would put the variable's value there and can't be told not to.
const DOLLAR: char = '\u{1a}';

/// Reads `PROJECT`, the project's short name.
pub(super) fn read(source: &SourceText) -> Result<FileDeclaration> {
    let text = without_substitution(source.text.trim_start_matches('\u{feff}'));
    let mut said = FileDeclaration::default();
    for item in dotenvy::from_read_iter(text.as_bytes()) {
        let (key, value) = item.map_err(|error| not_understood(source, &text, &error))?;
        if key == "PROJECT" && !value.is_empty() {
            said.short_name = Some(Sourced { value, place: format!("PROJECT in {}", source.path) });
        }
    }
    match &said.short_name {
        Some(name) if name.value.contains(DOLLAR) => {
            Err(Error::new(Kind::Project, format!("{} has a `$`, and no variable is put there", name.place))
                .hint("write the short name itself there: two to four lower-case letters"))
        }
        _ => Ok(said),
    }
}

/// The text with [`DOLLAR`] for each `$` but those behind a backslash that makes them plain.
fn without_substitution(text: &str) -> Zeroizing<String> {
    let mut result = Zeroizing::new(String::with_capacity(text.len()));
    let mut escaped = false;
    for c in text.chars() {
        result.push(if c == '$' && !escaped { DOLLAR } else { c });
        escaped = c == '\\' && !escaped;
    }
    result
}

/// The line that is not understood is found by its text and not shown: it may hold a secret.
fn not_understood(source: &SourceText, text: &str, error: &dotenvy::Error) -> Error {
    let line = match error {
        dotenvy::Error::LineParse(wrong, _) => text.lines().position(|line| line.trim() == wrong.trim()),
        _ => None,
    };
    let place = line.map_or_else(|| source.path.clone(), |line| format!("{} line {}", source.path, line + 1));
    Error::new(Kind::Project, format!("{place} is not of the form KEY=VALUE"))
        .hint("correct the line, and put quotes around a value with blanks")
}
