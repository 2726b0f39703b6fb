//! Everything that the author of a leverage plugin needs.
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
//! /// Read-only access for auditors.
//! struct Audit;
//!
//! impl CredentialType for Audit {
//!     fn info(&self) -> TypeInfo {
//!         TypeInfo::new("AUDIT", "Read-only access for auditors")
//!     }
//!
//!     fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
//!         AssumeRole::new("Auditor", "audit")
//!             .read_organization_with(["management"])
//!             .plan(request, facts)
//!     }
//! }
//!
//! define_plugin! {
//!     /// Access for auditors.
//!     pub PLUGIN = "audit", types: [Audit], lookups: AssumeRole::LOOKUPS
//! }
//! # assert_eq!(PLUGIN.id(), "audit");
//! ```
//!
//! The rooms: [`model`] holds the documents that cross the boundary, [`sdk`] the two traits and the
//! macros, [`assume_role`] the planner that the built-in types share, [`ini`] the editor of the AWS
//! shared files, [`shared_files`] the whole of an output that writes there, `hcl` (a feature) the reader of Terraform variables, [`text`] what editors of other texts need, and
//! [`abi`] the frozen boundary itself, which no author needs to open.

#![deny(unsafe_code)]

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[allow(unsafe_code, reason = "the boundary of libraries; each block says why it holds")]
pub mod abi;
pub mod assume_role;
#[cfg(feature = "hcl")]
pub mod hcl;
pub mod ini;
pub mod model;
pub mod naming;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sdk;
pub mod shared_files;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod text;

/// The guide's code is compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../docs/WRITING-A-PLUGIN.md")]
mod guide {}

/// What a plugin's source file imports.
pub mod prelude {
    pub use crate::assume_role::AssumeRole;
    pub use crate::model::*;
    pub use crate::sdk::{CredentialType, Facts, OutputTarget, Pause, Plugin, Step, lookup};
    pub use crate::{define_plugin, export_plugin};
}
