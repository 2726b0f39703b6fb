//! The two traits that a plugin implements.

use super::facts::{Facts, Step};
use crate::model::{Changes, OutputInfo, Plan, Request, TypeInfo};

/// A kind of credentials: `leverage credentials configure --type NAME`.
pub trait CredentialType: Sync {
    /// Its name and what it is for.
    fn info(&self) -> TypeInfo;

    /// Decides what shall exist.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`](super::Pause::Need) where a fact is missing (`?` on [`Facts`] makes it), [`Pause::Failed`](super::Pause::Failed) where
    /// the user has to do something first.
    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan>;
}

/// A place where a plan is written to.
pub trait OutputTarget: Sync {
    /// Its name and what it writes.
    fn info(&self) -> OutputInfo;

    /// Renders the plan. Rendering what is written already must give no change.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`](super::Pause::Need) where a fact is missing (`?` on [`Facts`] makes it), [`Pause::Failed`](super::Pause::Failed) where
    /// a file can't be edited.
    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes>;
}
