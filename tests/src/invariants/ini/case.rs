//! A case for the editor of the shared AWS files: a text, and what is requested for its sections.

use leverage_editors::ini::{SectionEdit, SectionName, SharedFile, edit};
use std::collections::BTreeMap;

/// The settings of each section, by the section's kind and name.
pub type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// What is requested for a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whether it is a session of IAM Identity Center, not a profile.
    pub is_session: bool,
    /// Its name.
    pub name: String,
    /// The settings to set.
    pub set: Vec<(String, String)>,
    /// The settings to remove.
    pub remove: Vec<String>,
}

impl Wanted {
    fn section(&self) -> SectionName<'_> {
        if self.is_session { SectionName::SsoSession(&self.name) } else { SectionName::Profile(&self.name) }
    }

    /// Its key in [`Sections`].
    pub fn title(&self) -> String {
        self.section().to_string()
    }

    /// Whether the setting is set or removed.
    pub fn mentions(&self, key: &str) -> bool {
        self.set.iter().any(|(name, _)| name == key) || self.remove.iter().any(|name| name == key)
    }
}

/// A text and the requested edits.
#[derive(Debug, Clone)]
pub struct Case {
    /// Which file it is.
    pub file: SharedFile,
    /// Its text.
    pub before: String,
    /// The requested edits.
    pub wanted: Vec<Wanted>,
}

impl Case {
    /// The text after the edit, or `None` if the editor refuses.
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

    /// Compares what a reader finds before and after, if it can read the text before.
    ///
    /// # Panics
    ///
    /// Something else has changed, or a requested edit is missing.
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
