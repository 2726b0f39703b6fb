//! The file of a library: its machine, its sections, its exported symbols and its search paths.

use leverage_plugin_api::abi::{HANDSHAKE_SYMBOL, ROOT_MODULE_SYMBOL, SECTION};
use object::{Architecture, BinaryFormat, File, Object, ObjectKind, ObjectSection, ObjectSegment, ObjectSymbol};

use super::elf::{self, Refusal};
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
    bytes: &'a [u8],
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
        let file = File::parse(bytes).map_err(|error| damaged(name).cause(error))?;
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
        if FORMAT == BinaryFormat::Elf {
            // Another class or byte order is refused here: the architecture does not tell it.
            elf::check_counts(bytes).map_err(|cause| damaged(name).cause(cause))?;
        }
        let library = Self { bytes, file };
        if library.end().is_none_or(|end| end > bytes.len() as u64) {
            return Err(damaged(name));
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
        match FORMAT {
            BinaryFormat::Elf => elf::section(self.bytes, SECTION),
            _ => self.file.section_by_name(SECTION)?.data().ok(),
        }
    }

    /// Checks that the file exports the two symbols of a plugin.
    ///
    /// # Errors
    ///
    /// A symbol is missing.
    pub(crate) fn check_exports(&self, name: &str) -> Result<()> {
        for symbol in [HANDSHAKE_SYMBOL, ROOT_MODULE_SYMBOL] {
            let exported = match FORMAT {
                BinaryFormat::Elf => elf::exports(self.bytes, symbol),
                _ => self.exports_prefixed(symbol),
            };
            if !exported {
                return Err(Error::new(Kind::Plugin, format!("{name} does not export the symbol `{symbol}`"))
                    .hint("rebuild the plugin with `export_plugin!`, and do not strip its symbols"));
            }
        }
        Ok(())
    }

    /// Whether a Mach-O file exports a symbol. There, symbols start with another underscore.
    fn exports_prefixed(&self, symbol: &str) -> bool {
        let mut definitions = self.file.symbols().filter(|one| one.is_global() && one.is_definition());
        definitions.any(|one| one.name_bytes().ok().and_then(|name| name.strip_prefix(b"_")) == Some(symbol.as_bytes()))
    }

    /// Checks that the library loads no others, except those of the system: the working folder or a search path can be in
    /// an untrusted project.
    ///
    /// # Errors
    ///
    /// A search path, or a dependency with a path.
    pub(crate) fn check_dependencies(&self, name: &str) -> Result<()> {
        if FORMAT != BinaryFormat::Elf {
            return Ok(());
        }
        elf::check_dependencies(self.bytes).map_err(|refusal| match refusal {
            Refusal::Damaged(cause) => damaged(name).cause(cause),
            Refusal::Loads(what, hint) => Error::new(Kind::Plugin, format!("{name} {what}")).hint(hint),
        })
    }
}

fn damaged(name: &str) -> Error {
    Error::new(Kind::Plugin, format!("{name} is truncated or damaged"))
        .hint("copy the file again, or rebuild the plugin")
}

const BUILD_FOR_THIS: &str = "build the plugin for this machine";

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
