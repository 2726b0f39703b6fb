//! Errors of a configuration file, with position, quoted line and suggestion.

use super::tree::Origin;
use crate::position;
use crate::suggest::with_suggestions;
use leverage_error::{Error, Kind};

/// The only form of `[plugins]`: the file can come from a stranger.
const PLUGINS: &str = "a project requires plugins by id and hash: `[plugins.require]`, then `ID = \"sha256-…\"`";

/// Creates the error at this byte offset of the file `name`.
pub(super) fn at(name: &str, text: &str, offset: usize, message: &str) -> Error {
    let place = Origin::in_file(name, text, offset).place();
    let error = Error::new(Kind::Project, format!("{place}: {message}"));
    position::snippet(text, offset).into_iter().fold(error, Error::snippet)
}

/// Creates the error of the file `name` from that of the TOML parser.
pub(super) fn of_toml(name: &str, text: &str, error: &toml::de::Error) -> Error {
    let error_at = |message: &str| at(name, text, error.span().map_or(0, |span| span.start), message);
    let message: Vec<&str> = error.message().lines().collect();
    let message = message.join("; ");
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    // The parser offers its expectations only in this text; an unknown wording is shown as it is.
    if message.starts_with("unknown field") {
        let error = error_at(&format!("unknown key `{unknown}`"));
        return match known.as_slice() {
            ["require"] => error.hint(PLUGINS),
            _ => with_suggestions(error, unknown, &known, "known keys"),
        };
    }
    if message.starts_with("unknown variant") {
        return with_suggestions(error_at(&format!("unknown value `{unknown}`")), unknown, &known, "known values");
    }
    let error = error_at(&message);
    if message.contains("sha256-") { error.hint(PLUGINS) } else { error }
}
