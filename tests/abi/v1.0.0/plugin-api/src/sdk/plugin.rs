//! A plugin value, and the two macros that make it and export it.

mod announce;
mod call;
mod guard;

use abi_stable::library::{LibHeader, RootModuleResult};
use abi_stable::std_types::RVec;
use serde::Serialize;

use super::{CredentialType, Facts, OutputTarget, Pause, Step};
use crate::abi;
use crate::model::{Failure, Manifest, Response};
use call::Call;

/// A plugin: what [`crate::define_plugin!`] makes, a host's list of built-ins holds, and
/// [`crate::export_plugin!`] exports from a library.
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

    /// The header of its root module: what a library of it exports.
    pub const fn header(&self) -> LibHeader {
        abi::header(self.constructor)
    }

    /// The length of its announced manifest in bytes.
    #[doc(hidden)]
    pub const fn announcement_length(&self) -> usize {
        announce::write(self.definition, &mut [])
    }

    /// What a library of it shows to those who do not open it. `LENGTH` is
    /// [`Plugin::announcement_length`].
    #[doc(hidden)]
    pub const fn announcement<const LENGTH: usize>(&self) -> abi::Announcement<LENGTH> {
        let mut manifest = [0; LENGTH];
        announce::write(self.definition, &mut manifest);
        abi::Announcement { handshake: abi::Handshake::CURRENT, length: LENGTH as u32, manifest }
    }
}

/// What a plugin consists of. Written by [`crate::define_plugin!`].
pub struct Definition {
    #[doc(hidden)]
    pub id: &'static str,
    #[doc(hidden)]
    pub version: &'static str,
    #[doc(hidden)]
    pub description: &'static str,
    #[doc(hidden)]
    pub types: &'static [&'static dyn CredentialType],
    #[doc(hidden)]
    pub outputs: &'static [&'static dyn OutputTarget],
    #[doc(hidden)]
    pub lookups: &'static [&'static str],
}

impl Definition {
    fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::new(self.id, self.version, env!("CARGO_PKG_VERSION"));
        manifest.description = self.description.trim().to_owned();
        manifest.types = self.types.iter().map(|one| one.info()).collect();
        manifest.outputs = self.outputs.iter().map(|one| one.info()).collect();
        manifest.lookups = self.lookups.iter().map(|&name| name.to_owned()).collect();
        manifest
    }

    /// Calls a contribution and returns its response document.
    fn step(&self, contribution: &[u8], document: &[u8]) -> Vec<u8> {
        let Ok(contribution) = std::str::from_utf8(contribution) else {
            return failed(Failure::new("the contribution's name is not UTF-8"));
        };
        let Call { request, plan, facts } = match Call::read(document) {
            Ok(call) => call,
            Err(error) => return failed(Failure::new(format!("the request is not of the expected form: {error}"))),
        };
        let facts = Facts::new(facts);
        match contribution.split_once('/') {
            Some(("type", name)) => match self.types.iter().find(|one| one.info().name == name) {
                Some(one) => respond(one.plan(&request, &facts)),
                None => unknown(contribution),
            },
            Some(("output", name)) => match self.outputs.iter().find(|one| one.info().name == name) {
                Some(one) => match plan {
                    Some(plan) => respond(one.render(&request, &plan, &facts)),
                    None => failed(Failure::new("a request to an output target needs a plan")),
                },
                None => unknown(contribution),
            },
            _ => unknown(contribution),
        }
    }
}

fn unknown(contribution: &str) -> Vec<u8> {
    failed(Failure::new(format!("this plugin has no contribution {contribution:?}")))
}

fn failed(failure: Failure) -> Vec<u8> {
    encode(&Response::<()>::Failed(failure))
}

fn respond<T: Serialize>(step: Step<T>) -> Vec<u8> {
    encode(&match step {
        Ok(done) => Response::Done(done),
        Err(Pause::Need(lookups)) => Response::Need(lookups),
        Err(Pause::Failed(failure)) => Response::Failed(failure),
    })
}

fn encode<T: Serialize>(document: &T) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_else(|error| {
        format!(r#"{{"failed":{{"message":"the response can't be written as JSON ({error:?})"}}}}"#).into_bytes()
    })
}

/// Runs `serve` so that no panic reaches the boundary, where it would end the process.
fn guarded(serve: impl FnOnce() -> Vec<u8>) -> RVec<u8> {
    RVec::from(guard::catch(serve).unwrap_or_else(|message| encode(&Response::<()>::Panicked(message))))
}

#[doc(hidden)]
pub fn serve_manifest(definition: &Definition) -> RVec<u8> {
    guarded(|| encode(&definition.manifest()))
}

#[doc(hidden)]
pub fn serve_step(definition: &Definition, contribution: &[u8], document: &[u8]) -> RVec<u8> {
    guarded(|| definition.step(contribution, document))
}

/// Makes a plugin value from its credential types and output targets.
///
/// ```text
/// define_plugin! {
///     /// One sentence on what the plugin is for.
///     pub PLUGIN = "id", types: [A, B], outputs: [C], lookups: &["file/1"]
/// }
/// ```
///
/// `types`, `outputs` and `lookups` may each be left out, but keep their order. The version is that
/// of the crate.
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
/// Two crates that call this do not link together, so keep it out of the library that defines the
/// plugin: a `cdylib` of one line is its place.
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
