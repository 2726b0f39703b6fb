//! Plugins: where they come from, what admits them, and how they are called.
//!
//! This is the only crate of the host that knows `abi_stable` and `libloading`. Built-in plugins and loaded
//! libraries pass through the same door: root module, layout check, manifest, `step`. A library on its
//! way in: [`inspect`] reads its file, the user agrees, [`Store`] keeps a copy of its own, and
//! [`Registry`] opens that copy, if its hash is still the one agreed to, when a command needs it.

mod call;
mod handshake;
mod inspect;
mod installed;
pub mod isolate;
mod limits;
#[allow(unsafe_code, reason = "opens libraries; each block says why it holds")]
mod load;
mod lock;
mod manifest;
mod registry;
mod store;
#[allow(unsafe_code, reason = "takes over what a library hands out; the block says why it holds")]
mod v1;
mod watch;

pub use inspect::{Inspection, inspect, read};
pub use installed::{Installed, probe};
pub use limits::RESPONSE as LONGEST_RESPONSE;
pub use load::load;
pub use lock::{Entries, Entry, Isolation};
pub use registry::{PluginContribution, Registry};
pub use store::Store;
pub use v1::Plugin;

pub use leverage_core::hash::Hash;
use leverage_error::{Error, Kind};

/// The error of a TOML file called `name`, on one line.
fn toml_error(kind: Kind, name: &str, text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let what: Vec<&str> = error.message().lines().collect();
    Error::new(kind, format!("{name}, line {line}: {}", what.join("; ")))
}
