//! The editor of `project.yaml`, `leverage_plugin_project_yaml::edit`: a case is a text and account ids. The generated
//! texts know where ids have to go (`pieces`), and `serde_yaml` (on libyaml) reads before and after.

mod texts;

use leverage_plugin_project_yaml::edit::{NewId, record};
use serde_yaml::{Mapping, Value};

use super::choices::Choices;
use super::pieces::{Pieces, is_made_of};
use texts::NAMES;

/// How many of the names have ids that are requested.
const KNOWN: usize = 4;

/// Ids that generated texts do not contain.
const IDS: [&str; KNOWN] = ["900000000001", "000000000902", "900000000003", "900000000004"];

/// A text and the ids to record in it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The text.
    pub before: String,
    /// The accounts whose ids to record.
    pub wanted: Vec<NewId<'static>>,
    /// The same text in pieces, if the places of the ids are known.
    pieces: Option<Pieces>,
}

impl Case {
    /// The case that these bytes choose.
    pub fn new(bytes: &[u8]) -> Self {
        let choices = &mut Choices::new(bytes);
        let accounts: Vec<_> = (0..KNOWN).map(|at| NewId { name: NAMES[at], id: IDS[at] }).collect();
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
    check_meaning(case, &after);
    if let Some(pieces) = pieces {
        let may_insert = |text: &str| is_entry(text, wanted);
        assert!(pieces.may_become(&after, &may_insert), "other bytes have changed: {after:?} of {case:?}");
    }
    Some(after)
}

/// Whether the editor may insert this: an id.
fn is_entry(text: &str, wanted: &[NewId<'_>]) -> bool {
    let ids: Vec<String> = wanted.iter().map(|account| format!("\"{}\"", account.id)).collect();
    is_made_of(text, &ids, &["{", "}", ":", ",", "id", "\"id\"", "'id'"].map(str::to_owned))
}

/// Checks that all values except the ids are unchanged.
fn check_meaning(case: &Case, after: &str) {
    // If libyaml refuses the text before, it cannot find changes.
    let Some(mut before) = read(&case.before) else {
        assert!(case.pieces.is_none(), "libyaml does not read {case:?}");
        return;
    };
    let context = || format!("{after:?} of {case:?}");
    let mut now = read(after).unwrap_or_else(|| panic!("libyaml does not read {}", context()));
    let known = |name: &str| case.wanted.iter().find(|account| account.name == name);
    each_account(&mut now, &mut |name, attributes| {
        if let Some(account) = known(name) {
            assert_eq!(attributes.shift_remove("id"), Some(account.id.into()), "{name}: {}", context());
        }
    });
    each_account(&mut before, &mut |name, attributes| {
        if known(name).is_some() {
            attributes.shift_remove("id");
        }
    });
    assert_eq!(now, before, "{}", context());
}

/// The first document.
fn read(text: &str) -> Option<Value> {
    use serde::Deserialize;
    let mut documents = serde_yaml::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let Some(first) = documents.next() else { return Some(Value::Null) };
    Value::deserialize(first).ok()
}

/// Calls `found` for each account wherever a text lists accounts. One without attributes counts as an empty map.
fn each_account(root: &mut Value, found: &mut dyn FnMut(&str, &mut Mapping)) {
    let Some(organization) = root.get_mut("organization") else { return };
    in_organization(organization, found);
    match organization.get_mut("organizational_units") {
        Some(Value::Mapping(units)) => units.values_mut().for_each(|unit| in_organization(unit, found)),
        Some(Value::Sequence(units)) => units.iter_mut().for_each(|unit| in_organization(unit, found)),
        _ => {}
    }
}

fn in_organization(parent: &mut Value, found: &mut dyn FnMut(&str, &mut Mapping)) {
    match parent.get_mut("accounts") {
        Some(Value::Mapping(accounts)) => {
            for (name, account) in accounts {
                if account.is_null() {
                    *account = Value::Mapping(Mapping::new());
                }
                if let (Some(name), Value::Mapping(attributes)) = (name.as_str(), account) {
                    found(name, attributes);
                }
            }
        }
        Some(Value::Sequence(accounts)) => {
            for account in accounts {
                let name = account.get("name").and_then(Value::as_str).map(str::to_owned);
                if let (Some(name), Value::Mapping(attributes)) = (name, account) {
                    found(&name, attributes);
                }
            }
        }
        _ => {}
    }
}
