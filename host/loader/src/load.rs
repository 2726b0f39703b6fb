//! Opens a plugin library in this process. Opening runs its code, so the caller must trust the path. Libraries are never
//! closed, because a plugin can leave threads and statics behind.

use abi_stable::library::{AbiHeader, AbiHeaderRef, LibHeader};
use leverage_plugin_api::abi::{HANDSHAKE_SYMBOL, Handshake, ROOT_MODULE_SYMBOL};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::error::Error as _;
use std::path::Path;

use crate::handshake;
use crate::v1::Plugin;
use leverage_error::visible::line;
use leverage_error::{Error, Kind, Result};

/// Loads the library at `path`. `name` is what errors call the plugin, such as ``plugin `audit` ``.
///
/// # Errors
///
/// The file is not a plugin, or was built for another version of the plugin interface.
pub fn load(path: &Path, name: &str) -> Result<Plugin> {
    let refuse = |what: &str| Error::new(Kind::Plugin, format!("{name} {what}"));
    // SAFETY: opening runs the library's initialisers; the caller vouches for the file.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| {
        // Its own text is "dlopen failed"; its source is the sentence of the dynamic linker.
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Error::new(Kind::Plugin, format!("failed to open {name} as a shared library")).cause(line(&cause))
    })?;
    let library = Box::leak(Box::new(library));

    // SAFETY: only plugins have a symbol of this name, and its layout never changes.
    let shake = unsafe { library.get::<*const Handshake>(HANDSHAKE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse("is not a leverage plugin"))?;
    // SAFETY: as above. A library can define the symbol with the address 0, for which `as_ref` returns `None`.
    let shake = unsafe { shake.as_ref() }.ok_or_else(|| refuse("is not a leverage plugin"))?;
    if !handshake::is_plugin(shake) {
        return Err(refuse("is not a leverage plugin"));
    }
    handshake::check_version(shake, name)?;

    // SAFETY: by its handshake, this is a plugin of our major version, in which this symbol is the header.
    let header = unsafe { library.get::<*const AbiHeader>(ROOT_MODULE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse(&format!("does not export the symbol `{ROOT_MODULE_SYMBOL}`")))?;
    let header = upgrade(*header).ok_or_else(|| {
        refuse("was built with another version of abi_stable").hint("rebuild it with a released leverage-plugin-api")
    })?;
    Plugin::admit(shake, header, name)
}

/// Checks that the header is that of our version of `abi_stable`.
fn upgrade(header: *const AbiHeader) -> Option<&'static LibHeader> {
    // A reference must not be null, but a symbol can be: see above.
    if header.is_null() {
        return None;
    }
    // SAFETY: `AbiHeaderRef` is a transparent reference to the header, which is not null and never unloaded.
    let header = unsafe { std::mem::transmute::<*const AbiHeader, AbiHeaderRef>(header) };
    header.upgrade().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::process::Command;

    #[test]
    fn load_rejects_library_that_is_not_a_plugin() {
        let error = load(Path::new("libc.so.6"), "libc").map(|_| ()).unwrap_err();
        assert!(error.message.ends_with("is not a leverage plugin"), "{error}");
        let error = load(Path::new("/dev/null"), "null").map(|_| ()).unwrap_err();
        // The sentence of the dynamic linker, which names the file.
        assert!(error.causes().is_some_and(|cause| cause.contains("/dev/null")), "{error:?}");
    }

    /// Builds a library of these C definitions, in which the symbol `null` has the address 0.
    fn build_library(folder: &Path, source: &str, null: &str) -> PathBuf {
        let (code, library) = (folder.join("null.c"), folder.join("null.so"));
        std::fs::write(&code, source).unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-nostdlib", "-o"]).args([&library, &code]);
        assert!(compiler.arg(format!("-Wl,--defsym={null}=0")).status().unwrap().success());
        library
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn load_rejects_symbol_with_null_address() {
        let folder = tempfile::tempdir().unwrap();
        let no_handshake = build_library(folder.path(), "", HANDSHAKE_SYMBOL);
        let error = load(&no_handshake, "x").map(|_| ()).unwrap_err();
        assert_eq!(error.message, "x is not a leverage plugin");

        let folder = tempfile::tempdir().unwrap();
        let Handshake { size, api_major, api_minor, .. } = Handshake::CURRENT;
        let fields = format!("{{ \"LEVERAGE\", {{ {size}, {api_major}, {api_minor} }} }}");
        let handshake = format!("struct {{ char magic[8]; unsigned numbers[3]; }} {HANDSHAKE_SYMBOL} = {fields};");
        let no_header = build_library(folder.path(), &handshake, ROOT_MODULE_SYMBOL);
        let error = load(&no_header, "x").map(|_| ()).unwrap_err();
        assert_eq!(error.message, "x was built with another version of abi_stable");
    }
}
