//! An ELF file as the dynamic linker sees it. Nothing is copied, and each loop is linear in the size of the file, because
//! the file is from a stranger: names can overlap, and each of a million symbols can have the same long one.
//!
//! What the linker loads is read from the program headers, because the linker ignores the sections.

use object::elf;
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _, SectionHeader as _, Sym as _};

use leverage_error::visible::line;

#[cfg(target_pointer_width = "64")]
type Header = elf::FileHeader64<object::Endianness>;
#[cfg(not(target_pointer_width = "64"))]
type Header = elf::FileHeader32<object::Endianness>;
type Section = <Header as object::read::elf::FileHeader>::SectionHeader;
type Symbol = <Header as object::read::elf::FileHeader>::Sym;
type Dynamic = <Header as object::read::elf::FileHeader>::Dyn;

/// The most segments and sections of a library. Real ones have 15 and 60.
const MOST_SEGMENTS: usize = 256;
const MOST_SECTIONS: usize = 16_384;

/// The longest name of a library, in bytes.
const LONGEST_NAME: usize = 255;

/// The smallest page that a linker maps.
const PAGE: u64 = 4096;

/// Why a library is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The file contradicts itself.
    Damaged(&'static str),
    /// It would load other libraries: what it does, and a hint.
    Loads(String, &'static str),
}

/// Checks the numbers of segments and sections, before anything is made for each of them.
///
/// # Errors
///
/// Why the file is damaged.
pub(super) fn check_counts(bytes: &[u8]) -> Result<(), &'static str> {
    let (header, endian) = read_header(bytes).ok_or("invalid header")?;
    let segments = header.program_headers(endian, bytes).map_err(|_| "invalid program headers")?;
    let sections = header.section_headers(endian, bytes).map_err(|_| "invalid section headers")?;
    if segments.len() > MOST_SEGMENTS || sections.len() > MOST_SECTIONS {
        return Err("too many segments or sections");
    }
    Ok(())
}

/// The section of this name.
pub(super) fn section<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (header, endian) = read_header(bytes)?;
    let sections = header.section_headers(endian, bytes).ok()?;
    let index = usize::try_from(header.shstrndx(endian, bytes).ok()?).ok()?;
    let names = sections.get(index)?.data(endian, bytes).ok()?;
    let found = sections.iter().find(|section| is_text_at(names, section.sh_name(endian), name))?;
    found.data(endian, bytes).ok()
}

/// Whether the library defines and exports a symbol.
pub(super) fn exports(bytes: &[u8], symbol: &str) -> bool {
    let Some((header, endian)) = read_header(bytes) else { return false };
    let Ok(sections) = header.section_headers(endian, bytes) else { return false };
    let exports_it = |section: &Section| {
        let link = usize::try_from(section.sh_link(endian)).ok()?;
        let names = sections.get(link)?.data(endian, bytes).ok()?;
        let symbols: &[Symbol] = section.data_as_array(endian, bytes).ok()?;
        let is_it = |one: &Symbol| !one.is_undefined(endian) && is_text_at(names, one.st_name(endian), symbol);
        symbols.iter().any(is_it).then_some(())
    };
    let mut tables = sections.iter().filter(|section| section.sh_type(endian) == elf::SHT_DYNSYM);
    // A library has one table of dynamic symbols. To search many that overlap would not be linear.
    tables.next().and_then(exports_it).is_some()
}

/// Checks that the linker would load nothing with the library, except libraries of the system by their plain names.
///
/// # Errors
///
/// The library names a folder or a path, or its tables are damaged.
pub(super) fn check_dependencies(bytes: &[u8]) -> Result<(), Refusal> {
    let image = Image::map(bytes)?;
    let mut strings = None;
    for (tag, value) in image.dynamic()? {
        if tag == elf::DT_STRTAB.0 as u64 && strings.replace(value).is_some_and(|other| other != value) {
            return Err(Refusal::Damaged("two string tables"));
        }
    }
    for (tag, value) in image.dynamic()? {
        let text = || strings.and_then(|start: u64| image.text(start.checked_add(value)?));
        let start = || strings.and_then(|start: u64| image.at(start.checked_add(value)?)).unwrap_or_default();
        let shown = || line(&String::from_utf8_lossy(start_of_text(start())));
        let loads = |what: &str, hint| Err(Refusal::Loads(format!("{what} `{}`", shown()), hint));
        // The linker compares some tags without their upper bits.
        match tag & 0x7fff_ffff {
            tag if tag == elf::DT_RPATH.0 as u64 || tag == elf::DT_RUNPATH.0 as u64 => {
                return loads("has the library search path", "rebuild the plugin without `rpath`");
            }
            DT_AUXILIARY | DT_FILTER => {
                let hint = "rebuild the plugin without the linker options `--auxiliary` and `--filter`";
                return loads("is a filter of the library", hint);
            }
            DT_AUDIT | DT_DEPAUDIT => {
                let hint = "rebuild the plugin without the linker options `--audit` and `--depaudit`";
                return loads("names the audit library", hint);
            }
            tag if tag == elf::DT_NEEDED.0 as u64 && !text().is_some_and(is_plain_name) => {
                let hint = "link the plugin only with libraries of the system";
                return loads("needs a library that is not a plain name,", hint);
            }
            _ => {}
        }
    }
    Ok(())
}

const DT_AUXILIARY: u64 = 0x7fff_fffd;
const DT_FILTER: u64 = 0x7fff_ffff;
const DT_AUDIT: u64 = 0x6fff_fefc;
const DT_DEPAUDIT: u64 = 0x6fff_fefb;

/// Whether the linker searches this name only in the folders of the system.
fn is_plain_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.iter().any(|byte| b"/$".contains(byte))
}

fn read_header(bytes: &[u8]) -> Option<(&Header, object::Endianness)> {
    let header = Header::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    (header.is_little_endian() == cfg!(target_endian = "little")).then_some((header, endian))
}

/// Whether this text, with its end, is at this place. It compares no more than the text is long.
fn is_text_at(strings: &[u8], at: u32, text: &str) -> bool {
    let rest = usize::try_from(at).ok().and_then(|at| strings.get(at..));
    rest.and_then(|rest| rest.strip_prefix(text.as_bytes())).is_some_and(|rest| rest.first() == Some(&0))
}

/// An address or size, in files of both classes.
fn wide(value: impl Into<u64>) -> u64 {
    value.into()
}

/// The text up to its end, or its start if it is too long.
fn start_of_text(bytes: &[u8]) -> &[u8] {
    let longest = &bytes[..bytes.len().min(LONGEST_NAME)];
    longest.iter().position(|byte| *byte == 0).map_or(longest, |end| &longest[..end])
}

/// What the linker maps into memory, by address.
struct Image<'a> {
    endian: object::Endianness,
    segments: Vec<(u64, &'a [u8])>,
    dynamic: &'a [Dynamic],
}

impl<'a> Image<'a> {
    fn map(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let damaged = Refusal::Damaged;
        let (header, endian) = read_header(bytes).ok_or(damaged("invalid header"))?;
        let headers = header.program_headers(endian, bytes).map_err(|_| damaged("invalid program headers"))?;
        let mut image = Self { endian, segments: Vec::new(), dynamic: &[] };
        let mut mapped = 0;
        for segment in headers.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD) {
            let start = wide(segment.p_vaddr(endian));
            let size = wide(segment.p_memsz(endian));
            let end = start.checked_add(size).and_then(|end| end.checked_next_multiple_of(PAGE));
            // Where segments overlap, the linker and this program could see different bytes.
            if start - start % PAGE < mapped {
                return Err(damaged("overlapping segments"));
            }
            mapped = end.ok_or(damaged("invalid segment"))?;
            let data = segment.data(endian, bytes).map_err(|()| damaged("invalid segment"))?;
            if data.len() as u64 > size {
                return Err(damaged("invalid segment"));
            }
            image.segments.push((start, data));
        }
        let mut tables = headers.iter().filter(|segment| segment.p_type(endian) == elf::PT_DYNAMIC);
        let (Some(table), None) = (tables.next(), tables.next()) else {
            return Err(damaged("not exactly one dynamic table"));
        };
        let at = image.at(wide(table.p_vaddr(endian))).ok_or(damaged("dynamic table outside of the segments"))?;
        let count = at.len() / size_of::<Dynamic>();
        image.dynamic = object::pod::slice_from_bytes(at, count).map_err(|()| damaged("unaligned dynamic table"))?.0;
        Ok(image)
    }

    /// The bytes from this address to the end of its segment.
    fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.segments.iter().find_map(|(start, data)| {
            let at = usize::try_from(address.checked_sub(*start)?).ok()?;
            data.get(at..).filter(|rest| !rest.is_empty())
        })
    }

    /// The text at this address; none if it has no end, or is too long.
    fn text(&self, address: u64) -> Option<&'a [u8]> {
        let bytes = self.at(address)?;
        let text = start_of_text(bytes);
        (bytes.get(text.len()) == Some(&0)).then_some(text)
    }

    /// The tags and values before the end mark, which the linker does not search beyond.
    fn dynamic(&self) -> Result<impl Iterator<Item = (u64, u64)> + '_, Refusal> {
        let pair = |entry: &Dynamic| (entry.tag(self.endian).0 as u64, entry.val(self.endian));
        let end = self.dynamic.iter().position(|entry| pair(entry).0 == 0);
        let end = end.ok_or(Refusal::Damaged("dynamic table without an end"))?;
        Ok(self.dynamic[..end].iter().map(pair))
    }
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
mod tests;
