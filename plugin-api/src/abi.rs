//! The frozen boundary between host and plugin.
//!
//! It has two parts. A plain [`Handshake`] symbol is read first, with nothing but `dlsym`, and says
//! whether the rest may be looked at. Then comes the root module, [`PluginModRef`]: two functions
//! over JSON documents. Documents grow without touching this file; a change *here* is a new major
//! version, in a module beside this one.
//!
//! `abi_stable` is no longer developed. It is pinned, and used only here, in the macros, in the test kit
//! and in the host's loader.

use abi_stable::StableAbi;
use abi_stable::library::{CheckTypeLayout, LibHeader, RootModule, RootModuleResult};
use abi_stable::package_version_strings;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{RSlice, RVec};

#[doc(hidden)]
pub use abi_stable;

/// The major version of this boundary. A host loads plugins of its own major version only.
pub const API_MAJOR: u32 = 1;
/// The minor version: raised when a lookup or a field is added. Any two minor versions work together.
pub const API_MINOR: u32 = 1;

/// The symbol under which a plugin library exports its [`Handshake`].
pub const HANDSHAKE_SYMBOL: &str = "leverage_plugin_handshake";
/// The symbol under which a plugin library exports its root module's header.
///
/// `abi_stable` chose the name; the attribute in [`crate::export_plugin`] needs it as a literal.
pub const ROOT_MODULE_SYMBOL: &str = "_1as_0lib_1header_0root_bmodule_bloader";

/// The first thing that a host reads: whether the library is a plugin, and of which version.
///
/// The layout is plain C and does not change. Later versions may append fields; `size` tells.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// [`Handshake::MAGIC`].
    pub magic: [u8; 8],
    /// The size of this struct in bytes, as the plugin was built with it.
    pub size: u32,
    /// The plugin's [`API_MAJOR`].
    pub api_major: u32,
    /// The plugin's [`API_MINOR`].
    pub api_minor: u32,
}

impl Handshake {
    /// The first eight bytes of every leverage plugin's handshake.
    pub const MAGIC: [u8; 8] = *b"LEVERAGE";

    /// The handshake of this version.
    pub const CURRENT: Self =
        Self { magic: Self::MAGIC, size: size_of::<Self>() as u32, api_major: API_MAJOR, api_minor: API_MINOR };
}

/// The contents of a plugin library's section [`SECTION`]: the handshake, followed at [`Handshake::size`] by the
/// length and the text of a manifest in JSON.
///
/// A host reads it from the file without opening the library, to show the plugin before any of its code runs.
/// [`HANDSHAKE_SYMBOL`] points here too, so the two cannot differ. The text has what is known at compile time: `id`,
/// `version`, `api`, `description` and `lookups`. [`PluginMod::manifest`] must return the same, and adds the types
/// and outputs.
#[repr(C)]
pub struct Announcement<const LENGTH: usize> {
    /// As [`Handshake`].
    pub handshake: Handshake,
    /// The manifest's length in bytes.
    pub length: u32,
    /// The manifest: UTF-8, JSON.
    pub manifest: [u8; LENGTH],
}

/// The section of a plugin library that holds its [`Announcement`].
///
/// The attribute in [`crate::export_plugin`] needs it as a literal, and with the segment `__DATA` before it
/// on macOS.
pub const SECTION: &str = if cfg!(target_vendor = "apple") { "__lvplugin" } else { ".lvplugin" };

/// A plugin's root module. Documents are UTF-8 JSON, described in [`crate::model`].
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModRef)))]
#[sabi(missing_field(panic))]
pub struct PluginMod {
    /// Returns the [`Manifest`](crate::model::Manifest).
    pub manifest: extern "C" fn() -> RVec<u8>,
    /// Takes a contribution's name (`type/AUDIT`, `output/dotenv`) and a
    /// [`Request`](crate::model::Request); returns a [`Response`](crate::model::Response).
    #[sabi(last_prefix_field)]
    pub step: extern "C" fn(contribution: RSlice<'_, u8>, document: RSlice<'_, u8>) -> RVec<u8>,
}

impl RootModule for PluginModRef {
    abi_stable::declare_root_module_statics! {PluginModRef}
    const BASE_NAME: &'static str = "leverage_plugin";
    const NAME: &'static str = "leverage-plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

/// Builds the header that a library exports, and that a built-in plugin hands to the host directly.
pub const fn header(constructor: extern "C" fn() -> RootModuleResult) -> LibHeader {
    // SAFETY: the one requirement is that the constructor returns the module type named here, and
    // the only constructors are those that `define_plugin!` writes, which return a `PluginModRef`.
    unsafe { LibHeader::from_constructor::<PluginModRef>(constructor, CheckTypeLayout::Yes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_version_matches_the_boundary_version() {
        assert!(crate::VERSION.starts_with(&format!("{API_MAJOR}.{API_MINOR}.")), "{}", crate::VERSION);
    }

    #[test]
    fn root_module_symbol_is_the_one_of_abi_stable() {
        assert_eq!(ROOT_MODULE_SYMBOL, abi_stable::library::ROOT_MODULE_LOADER_NAME);
    }
}
