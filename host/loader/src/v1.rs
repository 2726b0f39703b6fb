//! The adapter to version 1 of the plugin interface.
//!
//! Takes the header of a root module; gives a [`Plugin`] whose layout was checked and whose manifest was
//! read. The SDK on the other side keeps panics from crossing.

use abi_stable::abi_stability::abi_checking::{CheckingGlobals, check_layout_compatibility_with_globals};
use abi_stable::library::LibHeader;
use abi_stable::std_types::{RSlice, RVec};
use abi_stable::{StableAbi, type_layout::TypeLayout};
use leverage_plugin_api::abi::{Handshake, PluginModRef};
use leverage_plugin_api::model::{Manifest, Response};
use leverage_plugin_api::sdk;

use super::{handshake, limits, manifest};
use leverage_error::{Error, Kind, Result};

/// An admitted plugin, in this process.
pub struct Plugin {
    module: PluginModRef,
    manifest: Manifest,
}

impl Plugin {
    /// Admits the plugin behind `header`, which was built with this very version of the interface. `name` is
    /// what errors call it.
    ///
    /// # Errors
    ///
    /// A root module of another layout, or a manifest that can't be read.
    pub fn admit(header: &'static LibHeader, name: &str) -> Result<Self> {
        Self::admit_built_for(&Handshake::CURRENT, header, name)
    }

    /// Admits the plugin behind `header`, whose library says that it was built for the version of `shake`.
    ///
    /// # Errors
    ///
    /// As [`Plugin::admit`].
    pub(super) fn admit_built_for(shake: &Handshake, header: &'static LibHeader, name: &str) -> Result<Self> {
        let refuse = |what: &str| Error::new(Kind::Plugin, format!("{name} {what}"));
        let layout = header.layout().ok_or_else(|| {
            refuse("does not say how its interface is laid out").hint("rebuild it with a released leverage-plugin-api")
        })?;
        if let Err(why) = compatible(<PluginModRef as StableAbi>::LAYOUT, layout) {
            // Tens of kilobytes; the sentence says what can be done about it.
            tracing::debug!("{name}: {why}");
            return Err(handshake::changed(shake, name));
        }
        // SAFETY: the layout was compared with the one that this host was built with, both ways.
        let module = unsafe { header.unchecked_layout::<PluginModRef>() }
            .map_err(|_| refuse("failed while its interface was built"))?;
        let manifest = read_manifest(&module.manifest()(), name)?;
        Ok(Self { module, manifest })
    }

    /// Admits a plugin that is part of this program.
    ///
    /// # Errors
    ///
    /// As [`Plugin::admit`].
    pub fn built_in(plugin: &sdk::Plugin) -> Result<Self> {
        Self::admit(Box::leak(Box::new(plugin.header())), &format!("the built-in plugin {}", plugin.id()))
    }

    /// What the plugin says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its root module, for a test kit to call.
    pub fn module(&self) -> PluginModRef {
        self.module
    }

    /// Calls a contribution (`type/AUDIT`, `output/dotenv`) with a request document.
    pub fn step(&self, contribution: &str, request: &[u8]) -> Vec<u8> {
        let response: RVec<u8> =
            self.module.step()(RSlice::from_slice(contribution.as_bytes()), RSlice::from_slice(request));
        response.into_vec()
    }
}

/// Reads and checks a manifest document.
///
/// # Errors
///
/// It is of another form, says what it may not, or is a panic's.
pub(super) fn read_manifest(document: &[u8], name: &str) -> Result<Manifest> {
    let refuse = |what: &str| {
        Error::new(Kind::Plugin, format!("{name} {what}")).hint("this is a defect of the plugin; tell its author")
    };
    if document.len() > limits::MANIFEST {
        return Err(refuse("has a manifest of more than a megabyte"));
    }
    let manifest = serde_json::from_slice(document).map_err(|error| {
        match serde_json::from_slice::<Response<Manifest>>(document) {
            Ok(Response::Panicked(message)) => refuse("panicked while it described itself").cause(message),
            _ => refuse("has a manifest of an unknown form").cause(error),
        }
    })?;
    manifest::check(&manifest).map_err(|what| refuse(&format!("has a manifest that {what}")))?;
    Ok(manifest)
}

/// Whether two layouts of the root module can work together: one may be a prefix of the other.
///
/// The stock check allows the library to know more than the host and not the other way round, and it
/// remembers earlier libraries. So it is asked both ways, each time afresh.
fn compatible(host: &'static TypeLayout, plugin: &'static TypeLayout) -> Result<(), String> {
    let fits = |interface, implementation| {
        check_layout_compatibility_with_globals(interface, implementation, &CheckingGlobals::new())
    };
    fits(host, plugin).or_else(|_| fits(plugin, host)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{StableAbi, compatible};

    /// A root module as it was, as it may become, and as it may not. Types of one name in one package are one
    /// type to `abi_stable`, whatever module they stand in.
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
    fn a_root_module_may_grow_at_its_end_on_either_side() {
        let [released, grown, grown_otherwise, changed] = [
            <released::ModuleRef as StableAbi>::LAYOUT,
            <grown::ModuleRef as StableAbi>::LAYOUT,
            <grown_otherwise::ModuleRef as StableAbi>::LAYOUT,
            <changed::ModuleRef as StableAbi>::LAYOUT,
        ];
        // In turns, so that one result would show in the next if it were remembered.
        for _ in 0..2 {
            assert_eq!(compatible(released, grown), Ok(()), "a newer plugin");
            assert_eq!(compatible(released, grown_otherwise), Ok(()), "a newer plugin that knows nothing of the other");
            assert_eq!(compatible(grown, released), Ok(()), "an older plugin");
            assert!(compatible(released, changed).is_err());
            assert!(compatible(changed, grown).is_err());
        }
    }
}
