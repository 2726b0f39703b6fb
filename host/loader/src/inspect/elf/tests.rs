//! Tests of hostile ELF files, made byte by byte.

use super::*;
use leverage_plugin_api::abi::{HANDSHAKE_SYMBOL, ROOT_MODULE_SYMBOL, SECTION};

/// A library: what differs between the tests.
struct Made {
    /// The tags of the dynamic table, with offsets into `strings`.
    tags: Vec<(u64, u64)>,
    strings: Vec<u8>,
    /// How many exported symbols there are, and where each name starts.
    symbols: usize,
    name: u32,
}

impl Made {
    fn new(tags: &[(u64, u64)], strings: &[u8]) -> Self {
        Self { tags: tags.to_vec(), strings: strings.to_vec(), symbols: 1, name: 0 }
    }

    /// The file: header, two segments, dynamic table, symbols, strings, names of sections, sections.
    fn bytes(&self) -> Vec<u8> {
        let mut tags = self.tags.clone();
        let dynamic = 64 + 2 * 56;
        let symbols = dynamic + 16 * (tags.len() as u64 + 2);
        let strings = symbols + 24 * self.symbols as u64;
        let names = strings + self.strings.len() as u64;
        let section_names = format!("\0.dynsym\0.dynstr\0.names\0{SECTION}\0");
        let sections = (names + section_names.len() as u64).next_multiple_of(8);
        tags.extend([(5, strings), (0, 0)]);

        let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        let word = |file: &mut Vec<u8>, value: u64| file.extend(value.to_le_bytes());
        let half = |file: &mut Vec<u8>, value: u32| file.extend(value.to_le_bytes());
        let machine: u16 = if cfg!(target_arch = "x86_64") { 62 } else { 183 };
        file.extend(3_u16.to_le_bytes());
        file.extend(machine.to_le_bytes());
        half(&mut file, 1);
        [0, 64, sections].into_iter().for_each(|value| word(&mut file, value));
        half(&mut file, 0);
        [64_u16, 56, 2, 64, 4, 3].into_iter().for_each(|value| file.extend(value.to_le_bytes()));
        for (kind, at, size) in [(1, 0, sections), (2, dynamic, 16 * tags.len() as u64)] {
            half(&mut file, kind);
            half(&mut file, 4);
            [at, at, at, size, size, 4096].into_iter().for_each(|value| word(&mut file, value));
        }
        for (tag, value) in tags {
            [tag, value].into_iter().for_each(|value| word(&mut file, value));
        }
        for _ in 0..self.symbols {
            half(&mut file, self.name);
            file.extend([0x12, 0, 1, 0]);
            [16, 16].into_iter().for_each(|value| word(&mut file, value));
        }
        file.extend(&self.strings);
        file.extend(section_names.as_bytes());
        file.resize(sections as usize, 0);
        let lengths = [(11, 1, symbols, strings), (3, 9, strings, names), (3, 17, names, sections)];
        [0; 8].into_iter().for_each(|value| word(&mut file, value));
        for (kind, name, start, end) in lengths {
            half(&mut file, name);
            half(&mut file, kind);
            [0, start, start, end - start].into_iter().for_each(|value| word(&mut file, value));
            half(&mut file, 2);
            half(&mut file, 0);
            [8, 24].into_iter().for_each(|value| word(&mut file, value));
        }
        file
    }

    fn refusal(&self) -> String {
        match check_dependencies(&self.bytes()) {
            Err(Refusal::Loads(what, _)) => what,
            other => format!("{other:?}"),
        }
    }
}

#[test]
fn check_dependencies_refuses_every_way_to_load_from_a_folder() {
    let text = b"./evil.so\0lib.so\0$LIB\0";
    let refusal = |tag, at| Made::new(&[(tag, at)], text).refusal();
    for (tag, wanted) in [
        (1, "needs a library that is not a plain name, `./evil.so`"),
        (15, "has the library search path `./evil.so`"),
        (29, "has the library search path `./evil.so`"),
        (0x7fff_fffd, "is a filter of the library `./evil.so`"),
        (0x7fff_ffff, "is a filter of the library `./evil.so`"),
        (0xffff_fffd, "is a filter of the library `./evil.so`"),
        (0x6fff_fefc, "names the audit library `./evil.so`"),
        (0x6fff_fefb, "names the audit library `./evil.so`"),
    ] {
        assert_eq!(refusal(tag, 0), wanted);
    }
    assert_eq!(refusal(1, 17), "needs a library that is not a plain name, `$LIB`");
    assert_eq!(refusal(1, 9), "needs a library that is not a plain name, ``");
    assert!(refusal(1, 1 << 40).starts_with("needs a library"));
    assert!(refusal(29, u64::MAX).starts_with("has the library search path"));
    assert_eq!(check_dependencies(&Made::new(&[(1, 10), (14, 0)], text).bytes()), Ok(()));
}

#[test]
fn check_dependencies_reads_what_the_linker_reads() {
    let good = Made::new(&[(1, 10)], b"./evil.so\0lib.so\0").bytes();
    let change = |at: usize, value: u64| {
        let mut bytes = good.clone();
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        check_dependencies(&bytes)
    };
    // A second string table, and no end of the dynamic table.
    let two = Made::new(&[(1, 10), (5, 0)], b"./evil.so\0lib.so\0");
    assert_eq!(check_dependencies(&two.bytes()), Err(Refusal::Damaged("two string tables")));
    // The address counts, not the place in the file.
    assert_eq!(change(64 + 56 + 8, 0), Ok(()));
    assert_eq!(change(64 + 56 + 16, 1 << 40), Err(Refusal::Damaged("dynamic table outside of the segments")));
    assert_eq!(change(64 + 56, 1 | 4 << 32), Err(Refusal::Damaged("overlapping segments")));
    assert_eq!(change(64 + 32, u64::MAX), Err(Refusal::Damaged("invalid segment")));
}

#[test]
fn check_dependencies_cuts_long_paths() {
    let path = [&vec![b'x'; 3 << 20][..], b"\0"].concat();
    let many = Made::new(&vec![(29, 0); 2000], &path);
    assert!(many.refusal().chars().count() < 250, "{}", many.refusal());
    let needed = Made::new(&[(1, 0)], &path);
    assert!(needed.refusal().chars().count() < 280, "{}", needed.refusal());
}

#[test]
fn exports_is_linear_in_symbols_that_share_a_long_name() {
    let names = [&vec![b'x'; 1 << 20][..], b"\0"].concat();
    let mut made = Made::new(&[], &names);
    made.symbols = 100_000;
    let bytes = made.bytes();
    assert!(!exports(&bytes, HANDSHAKE_SYMBOL));
    made.strings = [ROOT_MODULE_SYMBOL.as_bytes(), b"\0"].concat();
    assert!(exports(&made.bytes(), ROOT_MODULE_SYMBOL));
    made.strings.pop();
    made.strings.push(b'x');
    assert!(!exports(&made.bytes(), ROOT_MODULE_SYMBOL));
}

#[test]
fn inspect_survives_changed_libraries() {
    let count = std::env::var("LEVERAGE_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(5000_u64);
    let good = Made::new(&[(1, 10), (14, 0)], b"./evil.so\0lib.so\0").bytes();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let interesting = [0, 1, 0x7f, 0x80, 0xff, 0xfe];
    let mut refused = 0_u64;
    for _ in 0..count {
        let mut bytes = good.clone();
        for _ in 0..=random() % 6 {
            let at = usize::try_from(random()).unwrap() % bytes.len();
            let value = random().to_le_bytes();
            bytes[at] = if value[1] % 2 == 0 { value[0] } else { interesting[usize::from(value[0] % 6)] };
        }
        if random() % 16 == 0 {
            bytes.truncate(usize::try_from(random()).unwrap() % good.len());
        }
        // Each part alone, because a refusal of the first ends an inspection.
        refused += u64::from(crate::inspect(&bytes, "x").is_err());
        let _ = (check_counts(&bytes), section(&bytes, SECTION), exports(&bytes, HANDSHAKE_SYMBOL));
        let _ = check_dependencies(&bytes);
    }
    assert_eq!(refused, count);
}
