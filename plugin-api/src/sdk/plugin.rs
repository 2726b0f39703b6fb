//! A plugin value, and the macros that define and export one.

mod announce;
mod call;
mod definition;
mod guard;

use abi_stable::library::{LibHeader, RootModuleResult};

use crate::abi;
pub use definition::{Definition, serve_manifest, serve_step};

/// A plugin: defined by [`crate::define_plugin!`], exported from a library by [`crate::export_plugin!`].
#[derive(Clone, Copy)]
pub struct Plugin {
    definition: &'static Definition,
    constructor: extern "C" fn() -> RootModuleResult,
}

impl Plugin {
    #[doc(hidden)]
    pub const fn new(definition: &'static Definition, constructor: extern "C" fn() -> RootModuleResult) -> Self {
        Self { definition, constructor }
    }

    /// The plugin's id.
    pub const fn id(&self) -> &'static str {
        self.definition.id
    }

    /// The header of its root module, which its library exports.
    pub const fn header(&self) -> LibHeader {
        abi::header(self.constructor)
    }

    /// The length of its announced manifest in bytes.
    #[doc(hidden)]
    pub const fn announcement_length(&self) -> usize {
        announce::write(self.definition, &mut [])
    }

    /// What its library announces without being opened. `LENGTH` is [`Plugin::announcement_length`].
    #[doc(hidden)]
    pub const fn announcement<const LENGTH: usize>(&self) -> abi::Announcement<LENGTH> {
        let mut manifest = [0; LENGTH];
        announce::write(self.definition, &mut manifest);
        abi::Announcement { handshake: abi::Handshake::CURRENT, length: LENGTH as u32, manifest }
    }
}

/// Defines a plugin with its credential types and output targets.
///
/// ```text
/// define_plugin! {
///     /// One sentence on what the plugin is for.
///     pub PLUGIN = "id", types: [A, B], outputs: [C], lookups: &["file/1"]
/// }
/// ```
///
/// `types`, `outputs` and `lookups` are optional, in this order. The plugin has the version of the crate.
#[macro_export]
macro_rules! define_plugin {
    (
        $(#[doc = $description:literal])*
        $visibility:vis $name:ident = $id:literal
        $(, types: [$($type:expr),* $(,)?])?
        $(, outputs: [$($output:expr),* $(,)?])?
        $(, lookups: $lookups:expr)?
        $(,)?
    ) => {
        $(#[doc = $description])*
        $visibility const $name: $crate::sdk::Plugin = {
            use $crate::abi::abi_stable::library::{__call_root_module_loader, RootModuleResult};
            use $crate::abi::abi_stable::prefix_type::PrefixTypeTrait;
            use $crate::abi::abi_stable::std_types::{RSlice, RVec};

            static DEFINITION: $crate::sdk::Definition = $crate::sdk::Definition {
                id: $id,
                version: env!("CARGO_PKG_VERSION"),
                description: concat!($($description),*),
                types: &[$($(&$type),*)?],
                outputs: &[$($(&$output),*)?],
                lookups: {
                    const NAMES: &[&str] = $crate::define_plugin!(@lookups $($lookups)?);
                    NAMES
                },
            };
            extern "C" fn manifest() -> RVec<u8> {
                $crate::sdk::serve_manifest(&DEFINITION)
            }
            extern "C" fn step(contribution: RSlice<'_, u8>, document: RSlice<'_, u8>) -> RVec<u8> {
                $crate::sdk::serve_step(&DEFINITION, contribution.as_slice(), document.as_slice())
            }
            fn module() -> $crate::abi::PluginModRef {
                $crate::abi::PluginMod { manifest, step }.leak_into_prefix()
            }
            extern "C" fn constructor() -> RootModuleResult {
                __call_root_module_loader(module)
            }
            $crate::sdk::Plugin::new(&DEFINITION, constructor)
        };
    };
    (@lookups) => { &[] };
    (@lookups $lookups:expr) => { $lookups };
}

/// Exports a plugin from a `cdylib`, under the symbols that a host looks for.
///
/// Two crates that call this do not link together. Call it in a separate `cdylib`, not in the library that defines
/// the plugin.
#[macro_export]
macro_rules! export_plugin {
    ($plugin:path) => {
        /// What a host reads first: from the file, before it opens the library, and once more after.
        #[used]
        #[unsafe(export_name = "leverage_plugin_handshake")]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__lvplugin"))]
        #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".lvplugin"))]
        pub static LEVERAGE_PLUGIN_HANDSHAKE: $crate::abi::Announcement<{ $plugin.announcement_length() }> =
            $plugin.announcement();

        /// The root module's header.
        #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
        pub static LEVERAGE_PLUGIN_HEADER: $crate::abi::abi_stable::library::LibHeader = $plugin.header();
    };
}
