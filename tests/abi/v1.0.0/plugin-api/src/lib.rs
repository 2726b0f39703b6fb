//! What of `leverage-plugin-api` 1.0.0 crosses the boundary, as it was released: every file but this one is
//! byte for byte that of the release. What plugins only compute with is left out. Never to be changed: see
//! `tests/tests/abi.rs`.

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub mod abi;
pub mod model;
pub mod naming;
pub mod sdk;

/// What a plugin's source file imports.
pub mod prelude {
    pub use crate::model::*;
    pub use crate::sdk::{CredentialType, Facts, OutputTarget, Pause, Plugin, Step, lookup};
    pub use crate::{define_plugin, export_plugin};
}
