//! The contract between leverage and its plugins.
//!
//! A plugin adds *credential types* (`leverage credentials configure --type NAME`) and *output
//! targets* (what is written, and where). Both are pure functions: they see the project, the
//! options and the facts that the host gathered for them, and return a [`Plan`](model::Plan) or
//! [`Changes`](model::Changes). A plugin never opens a file, a socket or a prompt; where a fact is
//! missing it says which, and is called again once the host has it. The SDK hides that behind `?`:
//!
//! ```
//! use leverage_plugin_api::prelude::*;
//!
//! /// The access key of one account, without roles.
//! struct OneAccount;
//!
//! impl CredentialType for OneAccount {
//!     fn info(&self) -> TypeInfo {
//!         TypeInfo::new("ONE-ACCOUNT", "The access key of one account, without roles")
//!     }
//!
//!     fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
//!         let profile = request.key_profile("ONE-ACCOUNT");
//!         let pair = facts.get(lookup::AccessKeys { profile: profile.clone() })?;
//!         let mut plan = Plan::new();
//!         plan.keys = Some(PlannedKeys::new(profile, pair));
//!         Ok(plan)
//!     }
//! }
//!
//! define_plugin! {
//!     /// The access key of one account.
//!     pub PLUGIN = "one-account", types: [OneAccount], lookups: &["access-keys/1"]
//! }
//! # assert_eq!(PLUGIN.id(), "one-account");
//! ```
//!
//! [`model`] holds the documents that cross the boundary, [`sdk`] the two traits and the macros, [`naming`] the rules
//! for names and ids in those documents, and [`abi`] the frozen boundary itself, which no author needs to open.
//!
//! Three more crates help authors and are not part of the contract: `leverage-planner` plans assume-role profiles,
//! `leverage-editors` edits files without touching the rest, `leverage-testkit` tests a plugin.

#![deny(unsafe_code)]

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[allow(unsafe_code, reason = "the boundary of libraries; each block says why it holds")]
pub mod abi;
pub mod model;
pub mod naming;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sdk;

/// What a plugin's source file imports.
pub mod prelude {
    pub use crate::model::*;
    pub use crate::sdk::{CredentialType, Facts, OutputTarget, Pause, Plugin, Step, lookup};
    pub use crate::{define_plugin, export_plugin};
}
