//! Inspects, stores, loads and isolates plugins.
//!
//! This is the only crate of the host that uses `abi_stable` and `libloading`. Built-in plugins and loaded libraries pass
//! the same checks: root module, layout, manifest. A library is added in three steps: [`inspect()`] reads its file, the
//! user agrees, and [`Store`] keeps a copy. [`Registry`] opens that copy when a command needs it, if its hash is
//! unchanged.

#![allow(clippy::disallowed_methods, reason = "keeps and starts plugins, and limits the time they take")]

mod handshake;
mod in_process;
mod inspect;
mod installed;
mod isolate;
mod limits;
#[allow(unsafe_code, reason = "opens libraries; each block says why it is sound")]
mod load;
mod lock_file;
mod manifest;
mod open_plugin;
mod registry;
mod store;
mod toml_error;
#[allow(unsafe_code, reason = "uses the root module of a library; the block says why it is sound")]
mod v1;
mod violation;

pub use inspect::{Inspection, inspect, read_library};
pub use installed::{Installed, probe};
pub use isolate::child::{limit_process, serve, take_pipes};
pub use isolate::frame::ErrorDocument;
pub use leverage_core::hash::Hash;
pub use limits::RESPONSE as LONGEST_RESPONSE;
pub use load::load;
pub use lock_file::{Entries, Entry, Isolation};
pub use registry::{PluginContribution, Registry};
pub use store::Store;
pub use v1::Plugin;
