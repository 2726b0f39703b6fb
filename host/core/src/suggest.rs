//! What may have been meant by a name that there is not.

/// How alike two names are, from 0 to 1, before one is taken for the other.
const ALIKE: f64 = 0.75;

/// The nearest of the names that there are, if one is near, and all of them: a hint for people. `there_is` begins the
/// list, as in `the installed types are`.
pub fn did_you_mean(wrong: &str, known: &[&str], there_is: &str) -> String {
    let alike = |name: &&&str| strsim::jaro_winkler(&name.to_lowercase(), &wrong.to_lowercase());
    let nearest = known.iter().max_by(|one, other| alike(one).total_cmp(&alike(other)));
    let all = format!("{there_is} {}", known.join(", "));
    match nearest.filter(|name| alike(name) > ALIKE) {
        Some(nearest) => format!("did you mean `{nearest}`? {}{}", all[..1].to_uppercase(), &all[1..]),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        let known = ["outputs", "profiles"];
        assert_eq!(
            did_you_mean("ouput", &known, "the keys are"),
            "did you mean `outputs`? The keys are outputs, profiles"
        );
        assert_eq!(
            did_you_mean("Profile", &known, "the keys are"),
            "did you mean `profiles`? The keys are outputs, profiles"
        );
        assert_eq!(did_you_mean("xyzzy", &known, "the keys are"), "the keys are outputs, profiles");
        assert_eq!(did_you_mean("x", &[], "the keys are"), "the keys are ");
    }
}
