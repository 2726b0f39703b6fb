//! A case for the editor of Terraform variables.

use leverage_plugin_terraform_vars::edit::NewId;

use crate::invariants::pieces::Pieces;

/// A text and the ids that are wanted in it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The text.
    pub before: String,
    /// The accounts whose ids are wanted.
    pub wanted: Vec<NewId<'static>>,
    /// The same text in pieces, if it is known where the ids have to go.
    pub(super) pieces: Option<Pieces>,
}
