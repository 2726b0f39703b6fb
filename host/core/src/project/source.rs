//! The files that a project is read from, and what one of them declares.

use leverage_plugin_api::model::ProjectAccount;
use leverage_plugin_api::naming::is_account_id;
use zeroize::Zeroizing;

use crate::position::Position;

/// A file of the project.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path relative to the project's root, with `/` between folders.
    pub path: String,
    /// The text. It can contain secrets.
    pub text: Zeroizing<String>,
}

impl SourceFile {
    /// A position in the file, as errors show it: `file:line:column`.
    pub(super) fn place(&self, position: Position) -> String {
        format!("{}:{position}", self.path)
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedValue {
    /// The value.
    pub value: String,
    /// The place, `file:line:column`.
    pub place: String,
}

/// The names under which projects list the management account.
const KNOWN_NAMES: [&str; 3] = ["management", "master", "root"];

/// Whether this name in a project's files stands for the management account.
pub(super) fn is_management(name: &str) -> bool {
    KNOWN_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether this is a Terraform variable with the id of the management account, such as `management_account_id`.
pub(super) fn is_management_variable(name: &str) -> bool {
    name.strip_suffix("_account_id").is_some_and(is_management)
}

/// Whether this id was perhaps recorded from AWS: a placeholder repeats one digit.
pub(super) fn is_recorded(id: &str) -> bool {
    id.bytes().any(|digit| !id.starts_with(char::from(digit)))
}

/// What one file declares, or all files of one kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FileDeclaration {
    pub short_name: Option<SourcedValue>,
    pub long_name: Option<SourcedValue>,
    pub region: Option<SourcedValue>,
    pub accounts: Vec<ProjectAccount>,
    /// The recorded ids of the management account.
    pub management_ids: Vec<SourcedValue>,
}

impl FileDeclaration {
    /// Merges `self` over `outer`, the declaration of a folder above.
    pub fn over(self, outer: Self) -> Self {
        Self {
            short_name: self.short_name.or(outer.short_name),
            long_name: self.long_name.or(outer.long_name),
            region: self.region.or(outer.region),
            accounts: if self.accounts.is_empty() { outer.accounts } else { self.accounts },
            management_ids: if self.management_ids.is_empty() { outer.management_ids } else { self.management_ids },
        }
    }
}

/// The account id in a text. Placeholders such as `XXXXXXXXXXXX` are not account ids.
pub(super) fn account_id(text: &str) -> Option<String> {
    is_account_id(text).then(|| text.to_owned())
}

/// The account id of a number, which has lost its leading zeros.
pub(super) fn account_id_of_number(number: u64) -> Option<String> {
    account_id(&format!("{number:012}")).filter(|_| number > 0)
}
