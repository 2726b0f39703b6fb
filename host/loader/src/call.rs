//! An open plugin, wherever it runs: what the registry calls.

use leverage_plugin_api::model::Manifest;

use super::limits;
use super::v1::Plugin;
use leverage_core::protocol::DEFECT_HINT;
use leverage_error::{Error, Kind, Result};

/// A plugin that is open: in this process, watched, or in a process of its own.
pub(super) trait Call {
    /// What it says about itself.
    fn manifest(&self) -> &Manifest;

    /// Calls a contribution with a request document; gives its response document.
    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>>;
}

/// The built-in plugins: part of this program, and trusted as it is.
impl Call for Plugin {
    fn manifest(&self) -> &Manifest {
        self.manifest()
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        Ok(self.step(contribution, request))
    }
}

/// A breach by the plugin called `name`.
pub(super) fn breach(name: &str, what: &str) -> Error {
    Error::new(Kind::Plugin, format!("{name} {what}")).hint(DEFECT_HINT)
}

/// The plugin took too long.
pub(super) fn too_slow(name: &str) -> Error {
    breach(name, &format!("did not answer within {} seconds, and was stopped", limits::TIME.as_secs()))
}

/// The plugin said too much.
pub(super) fn too_long(name: &str) -> Error {
    breach(name, &format!("returned a document of more than {} MiB", limits::RESPONSE >> 20))
}
