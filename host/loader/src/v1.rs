//! The adapter to version 1 of the plugin interface: makes a [`Plugin`] with checked layout and manifest from the header of a
//! root module. The SDK on the plugin's side catches panics.

use abi_stable::abi_stability::abi_checking::{CheckingGlobals, check_layout_compatibility_with_globals};
use abi_stable::library::LibHeader;
use abi_stable::std_types::{RSlice, RVec};
use abi_stable::{StableAbi, type_layout::TypeLayout};
use leverage_plugin_api::abi::{Handshake, PluginModRef};
use leverage_plugin_api::model::{Manifest, Response};
use leverage_plugin_api::sdk;

use crate::{handshake, limits, manifest};
use leverage_error::{Error, Kind, Result};

/// A plugin in this process, with checked layout and manifest.
pub struct Plugin {
    module: PluginModRef,
    manifest: Manifest,
}

impl Plugin {
    /// Checks and admits the plugin of `header`. `shake` is the handshake of its library, and `name` is what errors call the
    /// plugin.
    ///
    /// # Errors
    ///
    /// The root module has another layout, or the manifest is invalid.
    pub(crate) fn admit(shake: &Handshake, header: &'static LibHeader, name: &str) -> Result<Self> {
        let refuse = |what: &str| Error::new(Kind::Plugin, format!("{name} {what}"));
        let layout = header.layout().ok_or_else(|| {
            refuse("does not declare the layout of its interface")
                .hint("rebuild it with a released leverage-plugin-api")
        })?;
        if let Err(why) = check_compatible(<PluginModRef as StableAbi>::LAYOUT, layout) {
            // This text has tens of kilobytes; the error has what the user needs.
            tracing::debug!("{name}: {why}");
            return Err(handshake::layout_error(shake, name));
        }
        // SAFETY: the layout is compatible with the one of this host.
        let module = unsafe { header.unchecked_layout::<PluginModRef>() }
            .map_err(|_| refuse("failed to initialize its interface"))?;
        let manifest = read_manifest(&module.manifest()(), name)?;
        Ok(Self { module, manifest })
    }

    /// Admits a plugin that is part of this program.
    ///
    /// # Errors
    ///
    /// The root module has another layout, or the manifest is invalid.
    pub fn built_in(plugin: &sdk::Plugin) -> Result<Self> {
        let header = Box::leak(Box::new(plugin.header()));
        Self::admit(&Handshake::CURRENT, header, &format!("built-in plugin `{}`", plugin.id()))
    }

    /// The plugin's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its root module, for the test kit.
    pub fn module(&self) -> PluginModRef {
        self.module
    }

    /// Calls a contribution, such as `type/AUDIT` or `output/dotenv`, with a request document; returns its response document.
    pub fn step(&self, contribution: &str, request: &[u8]) -> Vec<u8> {
        let response: RVec<u8> =
            self.module.step()(RSlice::from_slice(contribution.as_bytes()), RSlice::from_slice(request));
        response.into_vec()
    }
}

/// Parses and checks a manifest document. `name` is what errors call the plugin.
///
/// # Errors
///
/// The manifest is malformed or invalid, or the plugin panicked.
pub(crate) fn read_manifest(document: &[u8], name: &str) -> Result<Manifest> {
    let refuse = |what: &str| {
        Error::new(Kind::Plugin, format!("{name} {what}")).hint("report this defect to the author of the plugin")
    };
    if document.len() > limits::MANIFEST {
        return Err(refuse(&format!("returned a manifest of more than {} MiB", limits::MANIFEST >> 20)));
    }
    let manifest = serde_json::from_slice(document).map_err(|error| {
        match serde_json::from_slice::<Response<Manifest>>(document) {
            Ok(Response::Panicked(message)) => refuse("panicked while returning its manifest").cause(message),
            _ => refuse("returned a malformed manifest").cause(error),
        }
    })?;
    manifest::check(&manifest).map_err(|what| refuse("returned an invalid manifest").cause(what))?;
    Ok(manifest)
}

/// Checks that two layouts of the root module are compatible: one is a prefix of the other.
///
/// The check of `abi_stable` accepts only a library that knows more than the host, and depends on what was checked before.
/// So it runs in both directions, each time with new globals.
fn check_compatible(host: &'static TypeLayout, plugin: &'static TypeLayout) -> Result<(), String> {
    let fits = |interface, implementation| {
        check_layout_compatibility_with_globals(interface, implementation, &CheckingGlobals::new())
    };
    fits(host, plugin).or_else(|_| fits(plugin, host)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{StableAbi, check_compatible};

    /// Root modules: the released one, allowed changes and a forbidden one. `abi_stable` identifies a type by its name and
    /// package, without regard to the module.
    macro_rules! module {
        ($name:ident { $($before:ident),* } $(, $after:ident)*) => {
            mod $name {
                #![allow(dead_code, reason = "only the layout matters")]
                use abi_stable::StableAbi;

                #[repr(C)]
                #[derive(StableAbi)]
                #[sabi(kind(Prefix(prefix_ref = ModuleRef)))]
                #[sabi(missing_field(panic))]
                pub struct Module {
                    $(pub $before: extern "C" fn(),)*
                    #[sabi(last_prefix_field)]
                    pub step: extern "C" fn(),
                    $(pub $after: extern "C" fn(),)*
                }
            }
        };
    }
    module!(released { manifest });
    module!(grown { manifest }, describe);
    module!(grown_otherwise { manifest }, explain);
    module!(changed { describe, manifest });

    #[test]
    fn check_compatible_accepts_root_module_that_grew_at_its_end() {
        let [released, grown, grown_otherwise, changed] = [
            <released::ModuleRef as StableAbi>::LAYOUT,
            <grown::ModuleRef as StableAbi>::LAYOUT,
            <grown_otherwise::ModuleRef as StableAbi>::LAYOUT,
            <changed::ModuleRef as StableAbi>::LAYOUT,
        ];
        // Twice, so that a remembered result would change the next.
        for _ in 0..2 {
            assert_eq!(check_compatible(released, grown), Ok(()), "a newer plugin");
            assert_eq!(check_compatible(released, grown_otherwise), Ok(()), "another newer plugin");
            assert_eq!(check_compatible(grown, released), Ok(()), "an older plugin");
            assert!(check_compatible(released, changed).is_err());
            assert!(check_compatible(changed, grown).is_err());
        }
    }
}
