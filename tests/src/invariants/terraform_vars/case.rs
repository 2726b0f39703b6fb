//! A case for the editor of Terraform variables.

use leverage_plugin_terraform_vars::edit::NewId;

use crate::invariants::pieces::Pieces;

/// A text and the ids to record in it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The text.
    pub before: String,
    /// The accounts whose ids to record.
    pub wanted: Vec<NewId<'static>>,
    /// The same text in pieces, if the places of the ids are known.
    pub(super) pieces: Option<Pieces>,
}
