//! Says what a library is without opening it: opening one runs its code.
//!
//! Takes a file's bytes; gives the handshake and the announced part of the manifest, read from the
//! section that `export_plugin!` writes, or one sentence that says why this is no plugin for this host.

mod file;

use leverage_plugin_api::abi::Handshake;
use leverage_plugin_api::model::Manifest;
use std::path::Path;

use super::{handshake, limits, manifest};
use leverage_core::hash::Hash;
use leverage_error::{Error, Kind, Result};

/// A library as its file describes it.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The version of the interface that it was built for, as `1.0`.
    pub interface: String,
    /// The part of the manifest that is known before any code runs: without types and outputs.
    pub manifest: Manifest,
    /// The file's hash.
    pub hash: Hash,
}

/// The bytes of the library at `path`, symbolic links followed: whoever runs the command chose it.
///
/// # Errors
///
/// There is no such file, it can't be read, or it is far too large.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Files, format!("failed to read {}", path.display()))
            .cause(error)
            .hint("give the path of a plugin's library, such as target/release/libaudit.so")
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    let refuse = |what: &str| Error::new(Kind::Plugin, format!("{} is not a plugin: it is {what}", path.display()));
    if !metadata.is_file() {
        return Err(refuse("no regular file"));
    }
    if metadata.len() > limits::LIBRARY {
        return Err(refuse("longer than any plugin may be (256 MiB)"));
    }
    std::fs::read(path).map_err(failed)
}

/// Inspects a library. `name` is what errors call it.
///
/// # Errors
///
/// It is no plugin, is damaged, or was built for another machine or another version of the interface.
pub fn inspect(bytes: &[u8], name: &str) -> Result<Inspection> {
    let library = file::Library::parse(bytes, name)?;
    let no_plugin = || Error::new(Kind::Plugin, format!("{name} is a library, but not a leverage plugin"));
    let section = library.announcement().ok_or_else(no_plugin)?;
    let shake = parse_handshake(section).ok_or_else(no_plugin)?;
    handshake::check(&shake, name)?;
    library.check_exports(name)?;
    library.check_dependencies(name)?;
    let damaged = |what: String| {
        Error::new(Kind::Plugin, format!("the manifest in {name} {what}"))
            .hint("rebuild the plugin with `export_plugin!` of leverage-plugin-api")
    };
    let text = manifest_text(section, &shake).ok_or_else(|| damaged("is cut short".to_owned()))?;
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|error| damaged("can't be read".to_owned()).cause(error))?;
    manifest::check(&manifest).map_err(damaged)?;
    Ok(Inspection { interface: format!("{}.{}", shake.api_major, shake.api_minor), manifest, hash: Hash::of(bytes) })
}

fn number(section: &[u8], at: usize) -> Option<u32> {
    section.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

/// The handshake at the start of the section, if there is one.
fn parse_handshake(section: &[u8]) -> Option<Handshake> {
    let magic: [u8; 8] = section.get(..8)?.try_into().ok()?;
    let [size, api_major, api_minor] = [number(section, 8)?, number(section, 12)?, number(section, 16)?];
    let shake = Handshake { magic, size, api_major, api_minor };
    handshake::is_ours(&shake).then_some(shake)
}

/// The text behind the handshake, which may be longer than ours.
fn manifest_text<'a>(section: &'a [u8], shake: &Handshake) -> Option<&'a [u8]> {
    let start = usize::try_from(shake.size).ok()?;
    let length = usize::try_from(number(section, start)?).ok()?;
    section.get(start + 4..)?.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        inspect(bytes, "x.so").unwrap_err().message
    }

    #[test]
    fn what_is_no_library_is_not_a_plugin() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fEL", &[0; 4096]] {
            assert_eq!(refusal(bytes), "x.so is not a plugin: it is no library");
        }
        assert!(refusal(b"\x7fELF\x02\x01\x01\0").ends_with("is cut short or damaged"), "{}", refusal(b"\x7fELF"));
    }

    #[test]
    fn a_handshake_may_grow() {
        let mut section = Vec::new();
        section.extend(Handshake::MAGIC);
        for number in [24_u32, 1, 7, 99, 2] {
            section.extend(number.to_ne_bytes());
        }
        section.extend(b"{}more");
        let shake = parse_handshake(&section).unwrap();
        assert_eq!(manifest_text(&section, &shake), Some(&b"{}"[..]));
        assert_eq!(manifest_text(&section[..29], &shake), None);
        assert_eq!(parse_handshake(&section[..19]), None);
        let endless = Handshake { size: u32::MAX, ..shake };
        assert_eq!(manifest_text(&section, &endless), None);
    }
}
