//! Opens a plugin library in this process.
//!
//! Takes a path that the caller trusts: opening a library runs its code. Gives an admitted plugin.
//! Nothing is ever closed again, for a plugin may leave threads and statics behind.

use abi_stable::library::{AbiHeader, AbiHeaderRef, LibHeader};
use leverage_plugin_api::abi::{HANDSHAKE_SYMBOL, Handshake, ROOT_MODULE_SYMBOL};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::path::Path;

use super::handshake;
use super::v1::Plugin;
use leverage_error::{Error, Kind, Result};

/// Loads the library at `path`. `name` is what errors call it.
///
/// # Errors
///
/// A file that is no plugin, or one of another version of the interface.
pub fn load(path: &Path, name: &str) -> Result<Plugin> {
    let refuse = |what: &str| Error::new(Kind::Plugin, format!("{name} {what}"));
    // SAFETY: opening runs the library's initialisers; the caller vouches for the file.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| refuse("can't be opened as a library").cause(error))?;
    // Never unloaded: a plugin may leave threads and statics behind.
    let library = Box::leak(Box::new(library));

    // SAFETY: the symbol is ours by name, and its layout is fixed for ever.
    let shake = unsafe { library.get::<*const Handshake>(HANDSHAKE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse("is not a leverage plugin"))?;
    // SAFETY: as above; the symbol's address is that of the handshake, if it is one: a library may define the symbol as the
    // number 0, which is an address of nothing, and `as_ref` gives none for it.
    let shake = unsafe { shake.as_ref() }.ok_or_else(|| refuse("is not a leverage plugin"))?;
    if !handshake::is_ours(shake) {
        return Err(refuse("is not a leverage plugin"));
    }
    handshake::check(shake, name)?;

    // SAFETY: the handshake says that this is a plugin of our major version, whose header this is.
    let header = unsafe { library.get::<*const AbiHeader>(ROOT_MODULE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse(&format!("lacks the symbol {ROOT_MODULE_SYMBOL}, which every plugin exports")))?;
    let header = upgrade(*header).ok_or_else(|| {
        refuse("was built with another abi_stable").hint("rebuild it with a released leverage-plugin-api")
    })?;
    Plugin::admit_built_for(shake, header, name)
}

/// Checks that the header is that of our `abi_stable` and gives what lies behind it.
fn upgrade(header: *const AbiHeader) -> Option<&'static LibHeader> {
    // A reference is never null, and a symbol may be: see above.
    if header.is_null() {
        return None;
    }
    // SAFETY: `AbiHeaderRef` is a transparent reference to the header, which is there and is never unloaded.
    let header = unsafe { std::mem::transmute::<*const AbiHeader, AbiHeaderRef>(header) };
    header.upgrade().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::process::Command;

    #[test]
    fn a_library_that_is_no_plugin_is_refused() {
        let error = load(Path::new("libc.so.6"), "libc").map(|_| ()).unwrap_err();
        assert!(error.message.ends_with("is not a leverage plugin"), "{error}");
        assert!(load(Path::new("/dev/null"), "null").is_err());
    }

    /// A library of these C definitions, in which `nothing` is a symbol at the address 0.
    fn library(folder: &Path, source: &str, nothing: &str) -> PathBuf {
        let (code, library) = (folder.join("nothing.c"), folder.join("nothing.so"));
        std::fs::write(&code, source).unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-nostdlib", "-o"]).args([&library, &code]);
        assert!(compiler.arg(format!("-Wl,--defsym={nothing}=0")).status().unwrap().success());
        library
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_symbol_at_the_address_of_nothing_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let no_handshake = library(folder.path(), "", HANDSHAKE_SYMBOL);
        let error = load(&no_handshake, "x").map(|_| ()).unwrap_err();
        assert_eq!(error.message, "x is not a leverage plugin");

        let folder = tempfile::tempdir().unwrap();
        let Handshake { size, api_major, api_minor, .. } = Handshake::CURRENT;
        let fields = format!("{{ \"LEVERAGE\", {{ {size}, {api_major}, {api_minor} }} }}");
        let handshake = format!("struct {{ char magic[8]; unsigned numbers[3]; }} {HANDSHAKE_SYMBOL} = {fields};");
        let no_header = library(folder.path(), &handshake, ROOT_MODULE_SYMBOL);
        let error = load(&no_header, "x").map(|_| ()).unwrap_err();
        assert_eq!(error.message, "x was built with another abi_stable");
    }
}
