//! The editor of Terraform variables, `leverage_plugin_terraform_vars::edit`: a case is a text and account ids. The
//! generated texts know where ids have to go (`pieces`), and `hcl-edit` reads before and after.

mod case;
mod meaning;
mod texts;

use leverage_plugin_terraform_vars::edit::{NewId, record};

use super::choices::Choices;
use super::pieces::is_made_of;
use super::readers::{self, Read};
use texts::NAMES;

pub use case::Case;

/// How many of the names have ids that are requested.
const KNOWN: usize = 6;

/// Ids that generated texts do not contain.
const IDS: [&str; KNOWN] =
    ["900000000001", "000000000902", "900000000003", "900000000004", "900000000005", "900000000006"];

/// Addresses, of which some mean something in HCL.
const EMAILS: [Option<&str>; KNOWN] =
    [Some("new@example.com"), None, Some("\"${a}%{b}\\\n@x"), Some("o'brien@x"), Some("\u{202e}é@x"), None];

impl Case {
    /// The case that these bytes choose.
    pub fn new(bytes: &[u8]) -> Self {
        let choices = &mut Choices::new(bytes);
        let accounts: Vec<_> = (0..KNOWN).map(|at| NewId { name: NAMES[at], id: IDS[at], email: EMAILS[at] }).collect();
        let wanted = choices.some_of(&accounts);
        let (before, pieces) = match choices.below(8) {
            0 => (choices.text(), None),
            1 | 2 => (texts::soup(choices), None),
            _ => {
                let pieces = texts::file(choices, &wanted);
                (pieces.text(), Some(pieces))
            }
        };
        Self { before, wanted, pieces }
    }
}

/// Checks all rules.
///
/// # Panics
///
/// A rule is broken.
pub fn check(bytes: &[u8]) {
    check_case(&Case::new(bytes));
}

/// As [`check`]. Returns the text after the edit, or `None` if the editor refuses.
pub fn check_case(case: &Case) -> Option<String> {
    let Case { before, wanted, pieces } = case;
    if let Ok(after) = record(before, &[]) {
        assert_eq!(&after, before, "nothing was asked for");
    }
    let after = match record(before, wanted) {
        Ok(after) => after,
        Err(error) => {
            assert!(error.line > 0 && error.column > 0 && !error.message.is_empty(), "{error:?} of {case:?}");
            assert!(pieces.is_none(), "{error:?} of {case:?}");
            return None;
        }
    };
    assert_eq!(record(&after, wanted).as_ref(), Ok(&after), "the second time: {case:?}");
    meaning::check(case, &after);
    if let Some(pieces) = pieces {
        let may_insert = |text: &str| is_entry(text, wanted);
        assert!(pieces.may_become(&after, &may_insert), "other bytes have changed: {after:?} of {case:?}");
        let read = readers::common_tfvars_of(&after);
        let Ok(Read { accounts, .. }) = &read else { panic!("{read:?} of {after:?} of {case:?}") };
        for account in wanted {
            let found = accounts.iter().find(|found| found.0 == account.name);
            if let Some((_, id)) = found {
                assert_eq!(id.as_deref(), Some(account.id), "{} in {after:?} of {case:?}", account.name);
            }
        }
    }
    Some(after)
}

/// Whether the editor may insert this: an id, or an account with its id and email.
fn is_entry(text: &str, wanted: &[NewId<'_>]) -> bool {
    let ids: Vec<String> = wanted.iter().map(|account| format!("\"{}\"", account.id)).collect();
    let mut words: Vec<String> =
        ["{", "}", "=", ":", ",", "id", "\"id\"", "email", "\"email\""].map(str::to_owned).to_vec();
    for account in wanted {
        words.extend([account.name.to_owned(), texts::quoted(account.name)]);
        words.extend(account.email.map(texts::quoted));
    }
    is_made_of(text, &ids, &words)
}
