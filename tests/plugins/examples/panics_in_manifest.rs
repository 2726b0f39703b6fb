//! A plugin that panics while it describes itself, with a payload that panics again when it is dropped.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a plugin that misbehaves")]

use leverage_plugin_api::prelude::*;

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

/// A type without a name.
struct Nameless;

impl CredentialType for Nameless {
    fn info(&self) -> TypeInfo {
        std::panic::panic_any(Grenade)
    }

    fn plan(&self, _request: &Request, _facts: &Facts) -> Step<Plan> {
        Ok(Plan::new())
    }
}

define_plugin! {
    /// Panics while it describes itself.
    PLUGIN = "panics-in-manifest", types: [Nameless]
}

export_plugin!(PLUGIN);
