//! Files that are not added: each with one sentence of its own, and none of them run. One whose interface
//! changed is refused in `abi.rs`.

#[path = "plugins_support/place.rs"]
mod place;

use leverage_plugin_api::abi::{API_MAJOR, API_MINOR};
use place::{Place, Said, patched, plugin};
use std::fs;
use std::path::PathBuf;

/// A place and a file in it that somebody wants to add.
struct Case {
    place: Place,
    file: PathBuf,
}

impl Case {
    fn new() -> Self {
        let place = Place::new();
        let file = place.folder.path().join("candidate.so");
        Self { place, file }
    }

    fn of(contents: impl AsRef<[u8]>) -> Self {
        let case = Self::new();
        fs::write(&case.file, contents).unwrap();
        case
    }

    /// The friendly plugin with other bytes.
    fn patched(from: &[u8], to: &[u8]) -> Self {
        let case = Self::new();
        patched(&plugin("friendly"), from, to, &case.file);
        case
    }

    /// Refused before any of it runs, by `inspect` and `add` alike.
    #[track_caller]
    fn is_refused_unopened(&self, parts: &[&str]) {
        let path = self.file.to_str().unwrap();
        self.place.run(&["plugin", "inspect", path]).expect(31, parts);
        self.add().expect(31, parts);
        assert!(!self.place.was_opened(&self.file), "it was opened");
        assert_eq!(self.place.copies().len(), 0);
    }

    /// Refused once it has run in a process of its own.
    #[track_caller]
    fn is_refused(&self, parts: &[&str]) {
        let path = self.file.to_str().unwrap();
        self.place.run(&["plugin", "inspect", path]).expect(0, &[]);
        self.add().expect(31, parts);
        assert_eq!(self.place.copies().len(), 0, "a copy was left behind");
        assert!(!self.place.lock_file().exists(), "it was recorded");
    }

    fn add(&self) -> Said {
        self.place.run(&["plugin", "add", "--yes", self.file.to_str().unwrap()])
    }
}

/// The handshake of a version.
fn handshake(major: u32, minor: u32) -> Vec<u8> {
    let mut bytes = b"LEVERAGE".to_vec();
    for number in [20, major, minor] {
        bytes.extend(u32::to_ne_bytes(number));
    }
    bytes
}

#[test]
fn what_is_no_library() {
    Case::of("#!/bin/sh\ntouch owned\n").is_refused_unopened(&["is not a plugin: it is no library"]);
    Case::of("").is_refused_unopened(&["is not a plugin: it is no library"]);
    let case = Case::new();
    fs::create_dir(&case.file).unwrap();
    case.is_refused_unopened(&["is not a plugin: it is no regular file"]);
}

#[test]
fn a_library_or_a_program_that_is_no_plugin() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libc = maps.lines().find_map(|line| line.split_whitespace().nth(5).filter(|path| path.contains("libc.so")));
    Case::of(fs::read(libc.expect("the test uses a C library")).unwrap())
        .is_refused_unopened(&["is a library, but not a leverage plugin"]);
    Case::of(fs::read(place::PROGRAM).unwrap()).is_refused_unopened(&["plugin"]);
}

#[test]
fn a_file_that_does_not_exist() {
    let case = Case::new();
    case.add().expect(40, &["failed to read", "candidate.so"]);
}

#[test]
fn one_for_another_machine() {
    let case = Case::of(fs::read(plugin("friendly")).unwrap());
    let mut bytes = fs::read(&case.file).unwrap();
    // The ELF header's machine: s390 or, there, x86-64.
    let (other, name) = if cfg!(target_arch = "s390x") { (62_u16, "x86_64") } else { (183, "aarch64") };
    let (other, name) = if cfg!(target_arch = "aarch64") { (62, "x86_64") } else { (other, name) };
    bytes[18..20].copy_from_slice(&other.to_ne_bytes());
    fs::write(&case.file, bytes).unwrap();
    case.is_refused_unopened(&[
        &format!("is built for {name}, and this machine is"),
        "build the plugin for this machine",
    ]);
}

#[test]
fn one_for_another_system() {
    Case::of([b"MZ".to_vec(), vec![0; 4096]].concat())
        .is_refused_unopened(&["is built for another system, not for linux"]);
}

#[test]
fn one_that_is_too_new_or_too_old() {
    let own = handshake(API_MAJOR, API_MINOR);
    let has = format!("this leverage has {API_MAJOR}.{API_MINOR}");
    Case::patched(&own, &handshake(2, 3)).is_refused_unopened(&[
        &format!("is too new: it was built for version 2.3 of the plugin interface, and {has}"),
        "upgrade leverage",
    ]);
    Case::patched(&own, &handshake(0, 9)).is_refused_unopened(&[
        &format!("is too old: it was built for version 0.9 of the plugin interface, and {has}"),
        "upgrade the plugin",
    ]);
}

#[test]
fn another_minor_version_is_no_obstacle() {
    for minor in [0, API_MINOR + 7] {
        let case = Case::patched(&handshake(API_MAJOR, API_MINOR), &handshake(API_MAJOR, minor));
        case.add().expect(0, &["The plugin audit is added."]);
        case.place.configure("AUDIT", &[]).expect(0, &[]);
    }
}

#[test]
fn one_that_is_cut_short() {
    let whole = fs::read(plugin("friendly")).unwrap();
    for part in [64, 4096, whole.len() / 2, whole.len() - 1] {
        Case::of(&whole[..part]).is_refused_unopened(&["is cut short or damaged"]);
    }
}

#[test]
fn one_that_lacks_a_symbol() {
    Case::patched(b"\0_1as_0lib_1header", b"\0_2as_0lib_1header")
        .is_refused_unopened(&["lacks the symbol _1as_0lib_1header_0root_bmodule_bloader"]);
}

#[test]
fn one_that_claims_the_id_of_another() {
    Case::patched(b"\"id\":\"audit\"", b"\"id\":\"audix\"")
        .is_refused(&["the plugin audix is not what its file says", "audit"]);
    // `bootstrap` is longer than `audit`; what comes after it makes room.
    let case = Case::patched(
        br#"{"id":"audit","version":"0.1.0","api":"1.1.0","description":"Access for auditors.""#,
        br#"{"id":"bootstrap","version":"0.1.0","api":"1.1.0","description":"Access.""#,
    );
    case.add().expect(31, &["may not have the id bootstrap, which is that of a built-in one"]);
    assert_eq!(case.place.copies().len(), 0);
    assert!(!case.place.was_opened(&case.file));
}

#[test]
fn one_that_hides_what_it_asks_for() {
    Case::patched(br#""access-keys/1","#, b"").is_refused(&["is not what its file says", "access-keys/1"]);
}

#[test]
fn one_whose_manifest_would_talk_to_the_terminal() {
    Case::patched(b"Access for auditors.\",", b"\\u001b[2J.\",")
        .is_refused_unopened(&["has control characters in the description"]);
    Case::patched(b"\"id\":\"audit\"", b"\"id\":\"a\\nd\"").is_refused_unopened(&["which is not lower-case letters"]);
    Case::patched(b"{\"id\":\"audit\"", b"[\"id\":\"audit\"").is_refused_unopened(&["can't be read"]);
}

#[test]
fn one_that_panics_while_it_describes_itself() {
    Case::of(fs::read(plugin("panics_in_manifest")).unwrap())
        .is_refused(&["the plugin panics-in-manifest panicked while it described itself"]);
}

#[test]
fn one_that_adds_what_another_has() {
    let case = Case::patched(b"\"id\":\"audit\"", b"\"id\":\"audit\"");
    case.add().expect(0, &[]);
    // The same plugin by another name, in its file and in its code.
    patched(&plugin("friendly"), b"audit", b"audix", &case.file);
    let said = case.add();
    said.expect(31, &["the plugin audix can't be added: the plugin audit has the credential type AUDIT too"]);
    assert_eq!(case.place.copies().len(), 1);
}
