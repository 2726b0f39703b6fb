//! The subject of the checks: something that answers like a root module.

use leverage_plugin_api::abi::PluginModRef;
use leverage_plugin_api::sdk::Plugin;

/// A plugin as the host calls it.
pub trait Subject {
    /// The manifest document.
    ///
    /// # Errors
    ///
    /// Why it is missing.
    fn manifest(&self) -> Result<Vec<u8>, String>;

    /// The response of a contribution to a request document.
    ///
    /// # Errors
    ///
    /// Why it is missing.
    fn step(&self, contribution: &[u8], document: &[u8]) -> Result<Vec<u8>, String>;
}

impl Subject for PluginModRef {
    fn manifest(&self) -> Result<Vec<u8>, String> {
        Ok(PluginModRef::manifest(self)().into_vec())
    }

    fn step(&self, contribution: &[u8], document: &[u8]) -> Result<Vec<u8>, String> {
        let step = PluginModRef::step(self);
        Ok(step(contribution.into(), document.into()).into_vec())
    }
}

/// Uses the header that a library of this plugin exports.
impl Subject for Plugin {
    fn manifest(&self) -> Result<Vec<u8>, String> {
        Subject::manifest(&module(self)?)
    }

    fn step(&self, contribution: &[u8], document: &[u8]) -> Result<Vec<u8>, String> {
        Subject::step(&module(self)?, contribution, document)
    }
}

fn module(plugin: &Plugin) -> Result<PluginModRef, String> {
    let module = plugin.header().check_layout::<PluginModRef>();
    module.map_err(|error| format!("failed to use its root module: {error}"))
}
