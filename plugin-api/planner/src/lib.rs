//! The planner that the built-in credential types, and most custom ones, share: one access key, and one profile per
//! account that assumes a role there.
//!
//! ```
//! use leverage_plugin_api::prelude::*;
//! use leverage_planner::AssumeRole;
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

#![forbid(unsafe_code)]

mod assume_role;
pub mod template;

pub use assume_role::AssumeRole;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
