//! The two traits that a plugin implements.

use super::facts::{Facts, Step};
use crate::model::{Changes, OutputInfo, Plan, Request, TypeInfo};

/// A credential type: `leverage credentials configure --type NAME`.
pub trait CredentialType: Sync {
    /// Its name and what it is for.
    fn info(&self) -> TypeInfo;

    /// Decides what should exist.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`](super::Pause::Need) if a fact is missing: `?` on [`Facts`] returns it.
    /// [`Pause::Failed`](super::Pause::Failed) if the user must do something first.
    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan>;
}

/// An output target: a place that plans are written to.
pub trait OutputTarget: Sync {
    /// Its name and what it writes.
    fn info(&self) -> OutputInfo;

    /// Renders the plan. Rendering a plan that is already written must return no changes.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`](super::Pause::Need) if a fact is missing: `?` on [`Facts`] returns it.
    /// [`Pause::Failed`](super::Pause::Failed) if a file cannot be edited.
    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes>;
}
