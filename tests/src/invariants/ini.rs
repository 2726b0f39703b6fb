//! The editor of the shared AWS files, `leverage_editors::ini`: a case is a file's text and what its sections shall
//! say; each rule is a function that panics where it is broken.

mod lines;
mod sdk;
mod texts;

use leverage_editors::ini::{SectionEdit, SectionName, SharedFile, edit};
use std::collections::BTreeMap;

use super::choices::Choices;

/// The settings of each section, by the section's kind and name.
pub type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// What a section shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// It is a session of IAM Identity Center, not a profile.
    pub is_session: bool,
    /// Its name.
    pub name: String,
    /// What is set.
    pub set: Vec<(String, String)>,
    /// What is removed.
    pub remove: Vec<String>,
}

impl Wanted {
    fn section(&self) -> SectionName<'_> {
        if self.is_session { SectionName::SsoSession(&self.name) } else { SectionName::Profile(&self.name) }
    }

    /// How [`Sections`] call it.
    pub fn title(&self) -> String {
        self.section().to_string()
    }

    /// Whether the setting is to be set or removed.
    pub fn mentions(&self, key: &str) -> bool {
        self.set.iter().any(|(name, _)| name == key) || self.remove.iter().any(|name| name == key)
    }
}

/// A text and what is wanted of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Which file it is.
    pub file: SharedFile,
    /// Its text.
    pub before: String,
    /// What is wanted.
    pub wanted: Vec<Wanted>,
}

impl Case {
    /// The case that these bytes choose.
    pub fn new(bytes: &[u8]) -> Self {
        texts::case(&mut Choices::new(bytes))
    }

    /// What the editor makes of this text; nothing, if it refuses.
    pub fn edit(&self, before: &str) -> Option<String> {
        let removed: Vec<Vec<&str>> =
            self.wanted.iter().map(|wanted| wanted.remove.iter().map(String::as_str).collect()).collect();
        let edits = self.wanted.iter().zip(&removed).map(|(wanted, removed)| {
            let edit = match wanted.section() {
                SectionName::SsoSession(name) => SectionEdit::sso_session(name, &wanted.set),
                section => SectionEdit::profile(section.name(), &wanted.set),
            };
            edit.remove(removed)
        });
        match edit(self.file, Some(before), &edits.collect::<Vec<_>>()) {
            Ok(after) => Some(after),
            Err(failure) => {
                assert!(!failure.message.is_empty() && !failure.message.contains('\n'), "{failure:?} of {self:?}");
                None
            }
        }
    }

    /// Checks what a reader sees in the file before and after, if it can read it before.
    ///
    /// # Panics
    ///
    /// Something else than what was asked for has changed, or what was asked for has not.
    pub fn check_reading(&self, reader: &str, before: Option<Sections>, after: Option<Sections>, text: &str) {
        let Some(mut expected) = before else { return };
        let context = || format!("{reader} reads {text:?} of {self:?}");
        let mut after = after.unwrap_or_else(|| panic!("{}: not at all", context()));
        for wanted in &self.wanted {
            let title = wanted.title();
            let section = after.entry(title.clone()).or_default();
            for (key, value) in &wanted.set {
                assert_eq!(section.remove(key).as_ref(), Some(value), "{key} of {title}: {}", context());
            }
            for key in &wanted.remove {
                assert_eq!(section.remove(key), None, "{key} of {title}: {}", context());
            }
            expected.entry(title).or_default().retain(|key, _| !wanted.mentions(key));
        }
        assert_eq!(after, expected, "{}", context());
    }
}

/// Checks all rules but those that need another process.
///
/// # Panics
///
/// One is broken.
pub fn check(bytes: &[u8]) {
    check_case(&Case::new(bytes));
}

/// As [`check`]; gives the text after the edit, if the editor does not refuse.
pub fn check_case(case: &Case) -> Option<String> {
    let nothing = Case { wanted: Vec::new(), ..case.clone() };
    assert_eq!(nothing.edit(&case.before).as_ref(), Some(&case.before), "nothing was asked for: {case:?}");
    let after = case.edit(&case.before)?;
    assert_eq!(case.edit(&after).as_ref(), Some(&after), "the second time: {case:?}");
    lines::check(case, &after);
    case.check_reading("the AWS SDK", sdk::read(case, &case.before), sdk::read(case, &after), &after);
    Some(after)
}

/// What the AWS SDK reads of the wanted sections and their wanted settings: what botocore has to read, too.
pub fn read_by_sdk(case: &Case, text: &str) -> Option<Sections> {
    sdk::read(case, text)
}
