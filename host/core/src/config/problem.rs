//! What is wrong with a configuration file, in words for people: where, what and, where a name is wrong, what may have been meant.

use super::tree::Origin;
use crate::suggest::did_you_mean;
use leverage_error::{Error, Kind};

/// What may stand in `[plugins]`: the file may be a stranger's.
const PLUGINS: &str = "a project names plugins by id and hash alone: `[plugins.require]`, then `ID = \"sha256-…\"`";

/// The error of the file `name`.
pub(super) fn of_toml(name: &str, text: &str, error: &toml::de::Error) -> Error {
    let place = Origin::in_file(name, text, error.span().map_or(0, |span| span.start)).place();
    let message: Vec<&str> = error.message().lines().collect();
    let message = message.join("; ");
    let told = |what: &str| Error::new(Kind::Project, format!("{place}: {what}"));
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    if message.starts_with("unknown field") {
        let told = told(&format!("there is no key `{wrong}` here"));
        return match known.as_slice() {
            ["require"] => told.hint(PLUGINS),
            _ => told.hint(did_you_mean(wrong, &known, "the keys here are")),
        };
    }
    if message.starts_with("unknown variant") {
        return told(&format!("{wrong:?} is not known here")).hint(did_you_mean(wrong, &known, "it is one of"));
    }
    let told = told(&message);
    if message.contains("sha256-") { told.hint(PLUGINS) } else { told }
}
