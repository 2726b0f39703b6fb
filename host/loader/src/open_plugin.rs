//! An open plugin, wherever it runs.

use leverage_plugin_api::model::Manifest;

use crate::v1::Plugin;
use leverage_error::Result;

/// An open plugin: built in, in this process, or in a separate process.
pub(crate) trait OpenPlugin {
    /// The manifest that the running plugin returned.
    fn manifest(&self) -> &Manifest;

    /// Calls a contribution with a request document; returns its response document.
    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>>;
}

/// Built-in plugins are part of this program, so they run without limits.
impl OpenPlugin for Plugin {
    fn manifest(&self) -> &Manifest {
        self.manifest()
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        Ok(self.step(contribution, request))
    }
}
