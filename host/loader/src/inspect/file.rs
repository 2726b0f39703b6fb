//! The file of a library: its machine, its sections, its exported symbols and its search paths.

use leverage_plugin_api::abi::{HANDSHAKE_SYMBOL, ROOT_MODULE_SYMBOL, SECTION};
use object::elf;
use object::read::elf::{ElfFile, FileHeader};
use object::{Architecture, BinaryFormat, File, Object, ObjectKind, ObjectSection, ObjectSegment};

use leverage_error::visible::safe;
use leverage_error::{Error, Kind, Result};

/// The format of libraries on this machine.
const FORMAT: BinaryFormat = if cfg!(target_vendor = "apple") { BinaryFormat::MachO } else { BinaryFormat::Elf };

/// The first bytes of library files, on any system.
const MAGICS: [&[u8]; 6] = [
    b"\x7fELF",
    &0xfeed_facf_u32.to_be_bytes(),
    &0xfeed_facf_u32.to_le_bytes(),
    &0xfeed_face_u32.to_le_bytes(),
    &0xcafe_babe_u32.to_be_bytes(),
    b"MZ",
];

/// A library that this host can open.
pub(super) struct Library<'a> {
    file: File<'a>,
}

impl<'a> Library<'a> {
    /// Parses a file. `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// It is not a shared library for this machine, or is damaged.
    pub(crate) fn parse(bytes: &'a [u8], name: &str) -> Result<Self> {
        let refuse = |what: String| Error::new(Kind::Plugin, format!("{name} {what}"));
        if !MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
            return Err(refuse("is not a shared library".to_owned()));
        }
        let other_system =
            || refuse(format!("was built for another system than {}", std::env::consts::OS)).hint(BUILD_FOR_THIS);
        let native: &[&[u8]] = if cfg!(target_vendor = "apple") { &MAGICS[1..5] } else { &MAGICS[..1] };
        if !native.iter().any(|magic| bytes.starts_with(magic)) {
            return Err(other_system());
        }
        let damaged =
            || refuse("is truncated or damaged".to_owned()).hint("copy the file again, or rebuild the plugin");
        let file = File::parse(bytes).map_err(|error| damaged().cause(error))?;
        if file.format() != FORMAT {
            return Err(other_system());
        }
        let machine = format!("{:?}", file.architecture()).to_lowercase();
        if file.architecture() != own_architecture() {
            let own = std::env::consts::ARCH;
            return Err(refuse(format!("was built for {machine}; this machine is {own}")).hint(BUILD_FOR_THIS));
        }
        if file.kind() != ObjectKind::Dynamic {
            return Err(refuse("is not a shared library".to_owned())
                .hint("set `crate-type = [\"cdylib\"]` in the `[lib]` section of the plugin's crate"));
        }
        let library = Self { file };
        if library.end().is_none_or(|end| end > bytes.len() as u64) {
            return Err(damaged());
        }
        Ok(library)
    }

    /// The end of the last segment or section, by the headers of the file.
    fn end(&self) -> Option<u64> {
        let segments = self.file.segments().map(|segment| segment.file_range());
        let sections = self.file.sections().filter_map(|section| section.file_range());
        segments
            .chain(sections)
            .map(|(start, length)| start.checked_add(length))
            .try_fold(0, |end, one| Some(end.max(one?)))
    }

    /// The section with the announcement of a plugin.
    pub(crate) fn announcement(&self) -> Option<&'a [u8]> {
        self.file.section_by_name(SECTION)?.data().ok()
    }

    /// Checks that the file exports the two symbols of a plugin.
    ///
    /// # Errors
    ///
    /// A symbol is missing.
    pub(crate) fn check_exports(&self, name: &str) -> Result<()> {
        let exports = self.file.exports().into_iter().flatten().flatten();
        let names: Vec<Vec<u8>> = exports.filter_map(|export| Some(export.name().name()?.to_vec())).collect();
        for symbol in [HANDSHAKE_SYMBOL, ROOT_MODULE_SYMBOL] {
            // On macOS, symbols start with another underscore.
            let is_it =
                |name: &Vec<u8>| name == symbol.as_bytes() || name.strip_prefix(b"_") == Some(symbol.as_bytes());
            if !names.iter().any(is_it) {
                return Err(Error::new(Kind::Plugin, format!("{name} does not export the symbol `{symbol}`"))
                    .hint("rebuild the plugin with `export_plugin!`, and do not strip its symbols"));
            }
        }
        Ok(())
    }

    /// Checks that the library does not load others from the working folder, which can be an untrusted project.
    ///
    /// # Errors
    ///
    /// A relative search path or dependency.
    pub(crate) fn check_dependencies(&self, name: &str) -> Result<()> {
        let strings = match &self.file {
            File::Elf64(file) => elf_search_paths(file),
            File::Elf32(file) => elf_search_paths(file),
            _ => Vec::new(),
        };
        match strings.into_iter().find(|path| is_relative(path)) {
            None => Ok(()),
            Some(path) => {
                let path = safe(&String::from_utf8_lossy(&path));
                Err(Error::new(Kind::Plugin, format!("{name} loads libraries from the relative path `{path}`"))
                    .hint("rebuild the plugin without a relative `rpath`"))
            }
        }
    }
}

const BUILD_FOR_THIS: &str = "build the plugin for this machine";

/// The search paths of the dynamic linker for this library, and its dependencies with a path.
fn elf_search_paths<Elf: FileHeader>(file: &ElfFile<'_, Elf>) -> Vec<Vec<u8>> {
    let Ok(table) = file.elf_dynamic_table() else { return Vec::new() };
    let mut paths = Vec::new();
    for entry in &table {
        let Ok(text) = table.string(entry) else { continue };
        if entry.tag == elf::DT_RPATH || entry.tag == elf::DT_RUNPATH {
            paths.extend(text.split(|byte| *byte == b':').map(<[u8]>::to_vec));
        } else if entry.tag == elf::DT_NEEDED && text.contains(&b'/') {
            paths.push(text.to_vec());
        }
    }
    paths
}

fn is_relative(path: &[u8]) -> bool {
    !["/", "$ORIGIN", "${ORIGIN}"].iter().any(|start| path.starts_with(start.as_bytes()))
}

fn own_architecture() -> Architecture {
    match std::env::consts::ARCH {
        "x86_64" => Architecture::X86_64,
        "aarch64" => Architecture::Aarch64,
        "x86" => Architecture::I386,
        "arm" => Architecture::Arm,
        "riscv64" => Architecture::Riscv64,
        "powerpc64" => Architecture::PowerPc64,
        "s390x" => Architecture::S390x,
        "loongarch64" => Architecture::LoongArch64,
        _ => Architecture::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::is_relative;

    #[test]
    fn is_relative_accepts_absolute_paths_and_own_folder_only() {
        for path in ["", ".", "lib", "../lib"] {
            assert!(is_relative(path.as_bytes()), "{path}");
        }
        for path in ["/usr/lib", "$ORIGIN", "${ORIGIN}/../lib"] {
            assert!(!is_relative(path.as_bytes()), "{path}");
        }
    }
}
