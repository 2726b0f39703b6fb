//! Inspects a library without opening it, because opening it runs its code. Reads the handshake and the announced part of the
//! manifest from the section that `export_plugin!` writes.

mod elf;
mod file;

use leverage_plugin_api::abi::Handshake;
use leverage_plugin_api::model::Manifest;
use rustix::fs::{Mode, OFlags};
use std::io::Read;
use std::path::Path;

use crate::{handshake, limits, manifest};
use leverage_core::hash::Hash;
use leverage_error::{Error, Kind, Result};

/// What the file of a plugin library says about it.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The version of the plugin interface that it was built for, as `1.0`.
    pub interface: String,
    /// The announced part of the manifest: without types and outputs.
    pub manifest: Manifest,
    /// The hash of the file.
    pub hash: Hash,
}

/// Reads the library at `path`. Symbolic links are followed, because the user chose the path.
///
/// # Errors
///
/// The file cannot be read, is not a regular file, or is too large.
pub fn read_library(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Files, format!("failed to read `{}`", path.display()))
            .cause(error)
            .hint("pass the path of a plugin library, such as `target/release/libaudit.so`")
    };
    // A FIFO must not block the program, so the file is opened before it is checked.
    let open = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty());
    let file = std::fs::File::from(open.map_err(|error| failed(error.into()))?);
    let metadata = file.metadata().map_err(failed)?;
    let refuse = |what: &str| Error::new(Kind::Plugin, format!("`{}` {what}", path.display()));
    if !metadata.is_file() {
        return Err(refuse("is not a regular file"));
    }
    let mut bytes = Vec::new();
    // The file can grow meanwhile.
    if metadata.len() <= limits::LIBRARY {
        bytes.reserve_exact(usize::try_from(metadata.len()).unwrap_or_default());
        file.take(limits::LIBRARY + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if metadata.len().max(bytes.len() as u64) > limits::LIBRARY {
        return Err(refuse(&format!("is larger than the limit of {} MiB for a plugin", limits::LIBRARY >> 20)));
    }
    Ok(bytes)
}

/// Inspects a library. `name` is what errors call it, such as `` `libaudit.so` ``.
///
/// # Errors
///
/// It is not a plugin, is damaged, or was built for another machine or plugin interface.
pub fn inspect(bytes: &[u8], name: &str) -> Result<Inspection> {
    let library = file::Library::parse(bytes, name)?;
    let no_plugin = || {
        Error::new(Kind::Plugin, format!("{name} is a shared library, but not a leverage plugin"))
            .hint("the crate of a plugin calls `export_plugin!` of leverage-plugin-api")
    };
    let section = library.announcement().ok_or_else(no_plugin)?;
    let shake = parse_handshake(section).ok_or_else(no_plugin)?;
    handshake::check_version(&shake, name)?;
    library.check_exports(name)?;
    library.check_dependencies(name)?;
    let invalid = || {
        Error::new(Kind::Plugin, format!("invalid manifest in {name}"))
            .hint("rebuild the plugin with `export_plugin!` of leverage-plugin-api")
    };
    let text = manifest_text(section, &shake).ok_or_else(|| invalid().cause("truncated"))?;
    if text.len() > limits::ANNOUNCEMENT {
        return Err(invalid().cause(format!("longer than {} KiB", limits::ANNOUNCEMENT >> 10)));
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(|error| invalid().cause(error))?;
    manifest::check(&manifest).map_err(|what| invalid().cause(what))?;
    Ok(Inspection { interface: format!("{}.{}", shake.api_major, shake.api_minor), manifest, hash: Hash::of(bytes) })
}

/// Reads the number at an offset, in the byte order of this machine.
fn number(section: &[u8], at: usize) -> Option<u32> {
    section.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

/// Reads the handshake at the start of the section.
fn parse_handshake(section: &[u8]) -> Option<Handshake> {
    let magic: [u8; 8] = section.get(..8)?.try_into().ok()?;
    let [size, api_major, api_minor] = [number(section, 8)?, number(section, 12)?, number(section, 16)?];
    let shake = Handshake { magic, size, api_major, api_minor };
    handshake::is_plugin(&shake).then_some(shake)
}

/// Returns the text after the handshake, which can be longer than ours.
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
    fn inspect_rejects_files_that_are_not_libraries() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fEL", &[0; 4096]] {
            assert_eq!(refusal(bytes), "x.so is not a shared library");
        }
        assert!(refusal(b"\x7fELF\x02\x01\x01\0").ends_with("is truncated or damaged"), "{}", refusal(b"\x7fELF"));
    }

    #[test]
    fn manifest_text_accepts_longer_handshake() {
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
