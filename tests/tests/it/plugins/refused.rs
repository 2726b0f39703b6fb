//! Files that `plugin add` refuses: each with a specific error, without running it. The `abi` test of the slow tests covers
//! changed interfaces.

use leverage_plugin_api::abi::{API_MAJOR, API_MINOR};
use leverage_tests::plugins::{patched, plugin};
use leverage_tests::program::{Outcome, leverage};
use leverage_tests::snapshot;
use leverage_tests::world::World;
use std::fs;
use std::path::PathBuf;

/// A world with a file to add.
struct Case {
    world: World,
    file: PathBuf,
}

impl Case {
    fn new() -> Self {
        let world = World::new();
        let file = world.place.path("candidate.so");
        Self { world, file }
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

    /// Checks that `inspect` and `add` refuse the file without running it. Returns their output.
    #[track_caller]
    fn is_refused_unopened(&self) -> String {
        let path = self.file.to_str().unwrap();
        self.world.run(&["plugin", "inspect", path]).exits(31);
        self.add().exits(31);
        assert!(!self.world.was_opened(&self.file), "it was opened");
        assert_eq!(self.world.copies().len(), 0);
        self.world.place.transcript()
    }

    /// Checks that `add` refuses the file after it ran in a separate process.
    #[track_caller]
    fn is_refused(&self) -> String {
        let path = self.file.to_str().unwrap();
        self.world.run(&["plugin", "inspect", path]).exits(0);
        self.add().exits(31);
        assert_eq!(self.world.copies().len(), 0, "a copy was left behind");
        assert!(!self.world.lock_file().exists(), "it was recorded");
        self.world.place.transcript()
    }

    fn add(&self) -> Outcome {
        self.world.run(&["plugin", "add", "--yes", self.file.to_str().unwrap()])
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
fn file_that_is_no_library_is_refused() {
    snapshot!("script", Case::of("#!/bin/sh\ntouch owned\n").is_refused_unopened());
    snapshot!("empty_file", Case::of("").is_refused_unopened());
    let case = Case::new();
    fs::create_dir(&case.file).unwrap();
    snapshot!("folder", case.is_refused_unopened());
}

#[test]
fn library_or_program_that_is_no_plugin_is_refused() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libc = maps.lines().find_map(|line| line.split_whitespace().nth(5).filter(|path| path.contains("libc.so")));
    snapshot!("c_library", Case::of(fs::read(libc.expect("the test uses a C library")).unwrap()).is_refused_unopened());
    snapshot!("program", Case::of(fs::read(leverage()).unwrap()).is_refused_unopened());
}

#[test]
fn missing_file_is_reported() {
    let case = Case::new();
    case.add().exits(40);
    snapshot!(case.world.place.transcript());
}

#[test]
fn library_for_another_machine_is_refused() {
    let case = Case::of(fs::read(plugin("friendly")).unwrap());
    let mut bytes = fs::read(&case.file).unwrap();
    // The ELF header's machine: s390 or, there, x86-64.
    let (other, name) = if cfg!(target_arch = "s390x") { (62_u16, "x86_64") } else { (183, "aarch64") };
    let (other, name) = if cfg!(target_arch = "aarch64") { (62, "x86_64") } else { (other, name) };
    bytes[18..20].copy_from_slice(&other.to_ne_bytes());
    fs::write(&case.file, bytes).unwrap();
    case.world.place.name(name, "OTHER MACHINE");
    case.world.place.name(std::env::consts::ARCH, "THIS MACHINE");
    snapshot!(case.is_refused_unopened());
}

#[test]
fn library_for_another_system_is_refused() {
    snapshot!(Case::of([b"MZ".to_vec(), vec![0; 4096]].concat()).is_refused_unopened());
}

#[test]
fn plugin_of_another_major_version_is_refused() {
    let own = handshake(API_MAJOR, API_MINOR);
    snapshot!("too_new", Case::patched(&own, &handshake(2, 3)).is_refused_unopened());
    snapshot!("too_old", Case::patched(&own, &handshake(0, 9)).is_refused_unopened());
}

#[test]
fn plugin_of_another_minor_version_is_accepted() {
    for minor in [0, API_MINOR + 7] {
        let case = Case::patched(&handshake(API_MAJOR, API_MINOR), &handshake(API_MAJOR, minor));
        case.add().exits(0);
        case.world.configure("AUDIT", &[]).exits(0);
    }
}

#[test]
fn truncated_library_is_refused() {
    let whole = fs::read(plugin("friendly")).unwrap();
    let lengths = [64, 4096, whole.len() / 2, whole.len() - 1];
    snapshot!(lengths.map(|length| Case::of(&whole[..length]).is_refused_unopened()).join("\n"));
}

#[test]
fn plugin_without_a_symbol_is_refused() {
    snapshot!(Case::patched(b"\0_1as_0lib_1header", b"\0_2as_0lib_1header").is_refused_unopened());
}

#[test]
fn plugin_with_an_id_that_is_not_its_own_is_refused() {
    snapshot!("another_id", Case::patched(b"\"id\":\"audit\"", b"\"id\":\"audix\"").is_refused());
    // `bootstrap` is longer than `audit`; what comes after it makes room.
    let case = Case::patched(
        br#"{"id":"audit","version":"0.1.0","api":"1.1.0","description":"Access for auditors.""#,
        br#"{"id":"bootstrap","version":"0.1.0","api":"1.1.0","description":"Access.""#,
    );
    case.add().exits(31);
    assert_eq!(case.world.copies().len(), 0);
    assert!(!case.world.was_opened(&case.file));
    snapshot!("id_of_a_built_in_plugin", case.world.place.transcript());
}

#[test]
fn plugin_that_hides_a_lookup_is_refused() {
    snapshot!(Case::patched(br#""access-keys/1","#, b"").is_refused());
}

#[test]
fn manifest_with_control_characters_is_refused() {
    let description = Case::patched(b"Access for auditors.\",", b"\\u001b[2J.\",");
    snapshot!("description", description.is_refused_unopened());
    snapshot!("id", Case::patched(b"\"id\":\"audit\"", b"\"id\":\"a\\nd\"").is_refused_unopened());
    snapshot!("not_json", Case::patched(b"{\"id\":\"audit\"", b"[\"id\":\"audit\"").is_refused_unopened());
}

#[test]
fn plugin_that_panics_in_its_manifest_is_refused() {
    snapshot!(Case::of(fs::read(plugin("panics_in_manifest")).unwrap()).is_refused());
}

#[test]
fn plugin_with_a_type_of_another_plugin_is_refused() {
    let case = Case::patched(b"\"id\":\"audit\"", b"\"id\":\"audit\"");
    case.add().exits(0);
    // The same plugin with another name, in its file and in its code.
    patched(&plugin("friendly"), b"audit", b"audix", &case.file);
    case.add().exits(31);
    assert_eq!(case.world.copies().len(), 1);
    snapshot!(case.world.place.transcript());
}
