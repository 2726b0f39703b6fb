//! A plugin whose handshake is right and whose interface is not: its `step` takes other arguments.

use abi_stable::StableAbi;
use abi_stable::library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModule, RootModuleResult};
use abi_stable::package_version_strings;
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::RVec;
use leverage_plugin_api::abi::{Announcement, Handshake};

/// What the interface might have been.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModRef)))]
#[sabi(missing_field(panic))]
pub struct PluginMod {
    /// As it is.
    pub manifest: extern "C" fn() -> RVec<u8>,
    /// Not as it is.
    #[sabi(last_prefix_field)]
    pub step: extern "C" fn(document: RVec<u8>) -> RVec<u8>,
}

impl RootModule for PluginModRef {
    abi_stable::declare_root_module_statics! {PluginModRef}
    const BASE_NAME: &'static str = "leverage_plugin";
    const NAME: &'static str = "leverage-plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

extern "C" fn manifest() -> RVec<u8> {
    MANIFEST.as_bytes().to_vec().into()
}

extern "C" fn step(document: RVec<u8>) -> RVec<u8> {
    document
}

fn module() -> PluginModRef {
    PluginMod { manifest, step }.leak_into_prefix()
}

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(module)
}

const MANIFEST: &str = r#"{"id":"changed","version":"1.0.0","api":"1.0.0","description":"","lookups":[]}"#;

/// What a host reads first.
#[used]
#[unsafe(export_name = "leverage_plugin_handshake")]
#[unsafe(link_section = ".lvplugin")]
pub static HANDSHAKE: Announcement<{ MANIFEST.len() }> = Announcement {
    handshake: Handshake::CURRENT,
    length: MANIFEST.len() as u32,
    manifest: *MANIFEST.as_bytes().first_chunk().unwrap(),
};

/// The root module's header.
#[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
pub static HEADER: LibHeader =
    // SAFETY: the constructor returns the module type that is named here.
    unsafe { LibHeader::from_constructor::<PluginModRef>(constructor, CheckTypeLayout::Yes) };
