//! The adapter to version 1 of the plugin interface.
//!
//! Takes the header of a root module; gives a [`Plugin`] whose layout was checked, whose manifest was
//! read, and whose calls can't panic into the host.

use abi_stable::abi_stability::abi_checking::{CheckingGlobals, check_layout_compatibility_with_globals};
use abi_stable::library::LibHeader;
use abi_stable::std_types::{RSlice, RVec};
use abi_stable::{StableAbi, type_layout::TypeLayout};
use leverage_plugin_api::abi::{API_MAJOR, API_MINOR, PluginModRef};
use leverage_plugin_api::model::Manifest;

use crate::core::engine::Contribution;
use crate::error::{Error, Kind, Result};

/// An admitted plugin.
pub struct Plugin {
    module: PluginModRef,
    manifest: Manifest,
}

impl Plugin {
    /// Admits the plugin behind `header`. `origin` names it in errors until its manifest is known.
    ///
    /// # Errors
    ///
    /// A root module of another layout, or a manifest that can't be read.
    pub fn admit(header: &'static LibHeader, origin: &str) -> Result<Self> {
        let refuse = |what: &str| Error::new(Kind::Plugin, format!("the plugin {origin} {what}"));
        let layout = header.layout().ok_or_else(|| refuse("does not say how its root module is laid out"))?;
        if !compatible(<PluginModRef as StableAbi>::LAYOUT, layout) {
            return Err(refuse("was built for another plugin interface, though of the same version")
                .hint(format!("rebuild it with a released leverage-plugin-api {API_MAJOR}.{API_MINOR}")));
        }
        // SAFETY: the layout was compared with the one that this host was built with, both ways.
        let module = unsafe { header.unchecked_layout::<PluginModRef>() }
            .map_err(|_| refuse("failed while its root module was built"))?;
        let document = module.manifest()();
        let manifest = serde_json::from_slice(&document)
            .map_err(|error| refuse("has a manifest of an unknown form").cause(error))?;
        Ok(Self { module, manifest })
    }

    /// What the plugin says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its root module, for a test kit to call.
    pub fn module(&self) -> PluginModRef {
        self.module
    }

    /// The contribution that `path` (`type/AUDIT`, `output/dotenv`) names.
    pub fn contribution(&self, path: String) -> PluginContribution<'_> {
        PluginContribution { plugin: self, path }
    }
}

/// Whether two layouts of the root module can work together: one may be a prefix of the other.
///
/// The stock check allows the library to know more than the host and not the other way round, and it
/// remembers earlier libraries. So it is asked both ways, each time afresh.
fn compatible(host: &'static TypeLayout, plugin: &'static TypeLayout) -> bool {
    let fits = |interface, implementation| {
        check_layout_compatibility_with_globals(interface, implementation, &CheckingGlobals::new()).is_ok()
    };
    fits(host, plugin) || fits(plugin, host)
}

/// A contribution of an admitted plugin.
pub struct PluginContribution<'a> {
    plugin: &'a Plugin,
    path: String,
}

impl Contribution for PluginContribution<'_> {
    fn describe(&self) -> String {
        format!("{} of the plugin {}", self.path, self.plugin.manifest.id)
    }

    fn lookups(&self) -> &[String] {
        &self.plugin.manifest.lookups
    }

    fn step(&self, request: &[u8]) -> Vec<u8> {
        let response: RVec<u8> =
            self.plugin.module.step()(RSlice::from_slice(self.path.as_bytes()), RSlice::from_slice(request));
        response.into_vec()
    }
}
