//! Opens a plugin library.
//!
//! Takes a path that the caller trusts: opening a library runs its code. Gives an admitted plugin.
//! Nothing is ever closed again, for a plugin may leave threads and statics behind.

use abi_stable::library::{AbiHeader, AbiHeaderRef, LibHeader};
use leverage_plugin_api::abi::{API_MAJOR, API_MINOR, HANDSHAKE_SYMBOL, Handshake, ROOT_MODULE_SYMBOL};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::path::Path;

use super::v1::Plugin;
use crate::error::{Error, Kind, Result};

/// Loads the library at `path`.
///
/// # Errors
///
/// A file that is no plugin, or one of another version of the interface.
pub fn load(path: &Path) -> Result<Plugin> {
    let refuse = |what: String| Error::new(Kind::Plugin, format!("{} {what}", path.display()));
    // SAFETY: opening runs the library's initialisers; the caller vouches for the file.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| refuse("can't be opened as a library".to_owned()).cause(error))?;
    // Never unloaded: a plugin may leave threads and statics behind.
    let library = Box::leak(Box::new(library));

    // SAFETY: the symbol is ours by name, and its layout is fixed for ever.
    let handshake = unsafe { library.get::<*const Handshake>(HANDSHAKE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse("is not a leverage plugin".to_owned()))?;
    // SAFETY: as above; the symbol's address is that of the handshake.
    let handshake = unsafe { &**handshake };
    check_handshake(handshake).map_err(refuse)?;

    // SAFETY: the handshake says that this is a plugin of our major version, whose header this is.
    let header = unsafe { library.get::<*const AbiHeader>(ROOT_MODULE_SYMBOL.as_bytes()) }
        .map_err(|_| refuse("has no root module".to_owned()))?;
    Plugin::admit(
        upgrade(*header).ok_or_else(|| refuse("was built with another abi_stable".to_owned()))?,
        &path.display().to_string(),
    )
}

/// Checks that the header is that of our `abi_stable` and gives what lies behind it.
fn upgrade(header: *const AbiHeader) -> Option<&'static LibHeader> {
    // SAFETY: `AbiHeaderRef` is a transparent reference to the header, which is never unloaded.
    let header = unsafe { std::mem::transmute::<*const AbiHeader, AbiHeaderRef>(header) };
    header.upgrade().ok()
}

fn check_handshake(handshake: &Handshake) -> Result<(), String> {
    if handshake.magic != Handshake::MAGIC || (handshake.size as usize) < size_of::<Handshake>() {
        return Err("is not a leverage plugin".to_owned());
    }
    let versions = format!(
        "was built for version {}.{} of the plugin interface, and this leverage has {API_MAJOR}.{API_MINOR}",
        handshake.api_major, handshake.api_minor
    );
    match handshake.api_major.cmp(&API_MAJOR) {
        std::cmp::Ordering::Less => Err(format!("{versions}: ask its author for a newer one")),
        std::cmp::Ordering::Greater => Err(format!("{versions}: upgrade leverage")),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_says_which_side_to_upgrade() {
        let newer = Handshake { api_major: API_MAJOR + 1, ..Handshake::CURRENT };
        assert!(check_handshake(&newer).unwrap_err().ends_with("upgrade leverage"));
        let older = Handshake { api_major: 0, ..Handshake::CURRENT };
        assert!(check_handshake(&older).unwrap_err().ends_with("ask its author for a newer one"));
        let minor = Handshake { api_minor: API_MINOR + 7, ..Handshake::CURRENT };
        assert_eq!(check_handshake(&minor), Ok(()));
    }

    #[test]
    fn a_library_that_is_no_plugin_is_refused() {
        let error = load(Path::new("libc.so.6")).map(|_| ()).unwrap_err();
        assert!(error.message.ends_with("is not a leverage plugin"), "{error}");
        assert!(load(Path::new("/dev/null")).is_err());
    }
}
