//! Plugins: where they come from, what admits them, and how they are called.
//!
//! This is the only room that knows `abi_stable` and `libloading`. Built-in plugins and loaded
//! libraries pass through the same door: root module, layout check, manifest, `step`.

mod builtin;
mod load;
mod registry;
mod v1;

pub use builtin::builtin;
pub use load::load;
pub use registry::Registry;
pub use v1::Plugin;
