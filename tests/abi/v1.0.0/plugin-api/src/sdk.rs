//! What a plugin's author writes against: two traits, [`Facts`], and two macros.

mod facts;
pub mod lookup;
mod plugin;

pub use facts::{Facts, Pause, Query, QuerySet, Step};
pub use plugin::{Definition, Plugin};
#[doc(hidden)]
pub use plugin::{serve_manifest, serve_step};

use crate::model::{Changes, OutputInfo, Plan, Request, TypeInfo};

/// A kind of credentials: `leverage credentials configure --type NAME`.
pub trait CredentialType: Sync {
    /// Its name and what it is for.
    fn info(&self) -> TypeInfo;

    /// Decides what shall exist.
    ///
    /// # Errors
    ///
    /// [`Pause::Need`] where a fact is missing (`?` on [`Facts`] makes it), [`Pause::Failed`] where
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
    /// [`Pause::Need`] where a fact is missing (`?` on [`Facts`] makes it), [`Pause::Failed`] where
    /// a file can't be edited.
    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes>;
}
