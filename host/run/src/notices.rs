//! Notices about earlier runs, which the user must see whether or not the present run succeeds.

use leverage_error::Error;
use leverage_plugin_api::model::Diagnostic;

/// Notices in order.
#[derive(Default)]
pub(crate) struct Notices(Vec<Diagnostic>);

impl Notices {
    /// Adds a notice.
    pub fn push(&mut self, notice: Diagnostic) {
        self.0.push(notice);
    }

    /// The number of notices.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no notices.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Moves the notices to the start of `diagnostics`.
    pub fn move_into(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.splice(..0, self.0.drain(..));
    }

    /// Moves the notices to the hints of an error.
    pub fn move_into_error(&mut self, mut error: Error) -> Error {
        error.hints.extend(self.0.drain(..).map(|notice| notice.message));
        error
    }
}
