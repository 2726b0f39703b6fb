//! The editor of the shared AWS files, `leverage_editors::ini`. Each rule is a function that panics if it is broken.

mod case;
mod lines;
mod sdk;
mod texts;

use super::choices::Choices;

pub use case::{Case, Sections, Wanted};

impl Case {
    /// The case that these bytes choose.
    pub fn new(bytes: &[u8]) -> Self {
        texts::case(&mut Choices::new(bytes))
    }
}

/// Checks all rules except those that need another process.
///
/// # Panics
///
/// A rule is broken.
pub fn check(bytes: &[u8]) {
    check_case(&Case::new(bytes));
}

/// As [`check`]. Returns the text after the edit, or `None` if the editor refuses.
pub fn check_case(case: &Case) -> Option<String> {
    let nothing = Case { wanted: Vec::new(), ..case.clone() };
    assert_eq!(nothing.edit(&case.before).as_ref(), Some(&case.before), "nothing was asked for: {case:?}");
    let after = case.edit(&case.before)?;
    assert_eq!(case.edit(&after).as_ref(), Some(&after), "the second time: {case:?}");
    lines::check(case, &after);
    case.check_reading("the AWS SDK", sdk::read(case, &case.before), sdk::read(case, &after), &after);
    Some(after)
}

/// What the AWS SDK reads in the requested sections. Botocore must read the same.
pub fn read_by_sdk(case: &Case, text: &str) -> Option<Sections> {
    sdk::read(case, text)
}
