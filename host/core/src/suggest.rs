//! Suggestions for unknown names.

use leverage_error::Error;

/// The least similarity of a suggested name, from 0 to 1.
const LEAST_SIMILARITY: f64 = 0.75;

/// Adds hints to the error of an unknown name: the most similar known name, if one is similar, and all known names.
/// `list` says what the known names are, as in `installed types`.
#[must_use]
pub fn with_suggestions(error: Error, unknown: &str, known: &[&str], list: &str) -> Error {
    let similarity = |name: &&&str| strsim::jaro_winkler(&name.to_lowercase(), &unknown.to_lowercase());
    let nearest = known.iter().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    let nearest = nearest.filter(|name| similarity(name) > LEAST_SIMILARITY);
    let error = nearest.into_iter().fold(error, |error, nearest| error.hint(format!("did you mean `{nearest}`?")));
    if known.is_empty() { error } else { error.hint(format!("{list}: {}", known.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_error::Kind;

    #[test]
    fn with_suggestions_names_only_similar_names() {
        let known = ["outputs", "profiles"];
        let hints = |unknown: &str, known: &[&str]| {
            with_suggestions(Error::new(Kind::Usage, "x"), unknown, known, "known keys").hints
        };
        assert_eq!(hints("ouput", &known), ["did you mean `outputs`?", "known keys: outputs, profiles"]);
        assert_eq!(hints("Profile", &known), ["did you mean `profiles`?", "known keys: outputs, profiles"]);
        assert_eq!(hints("xyzzy", &known), ["known keys: outputs, profiles"]);
        assert!(hints("x", &[]).is_empty());
    }
}
