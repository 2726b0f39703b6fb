//! An author's way, as the guide describes it, from a folder outside the repository: new, test, build,
//! verify, add, and use.

#[path = "plugins_support/place.rs"]
mod place;

use place::Place;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// Cargo locks the build folder anyway; this keeps its waiting out of the output.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository")
}

fn leverage(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverage-under-test"));
    command.args(arguments).current_dir(folder).output().expect("leverage starts")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs cargo as an author does, with the crates that are there already and a build folder that is kept.
fn cargo(folder: &Path, arguments: &[&str]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring");
    let mut command = Command::new(env!("CARGO"));
    // What the outer cargo set is about the outer crate.
    let outer = |name: &OsStr| {
        let name = name.to_string_lossy();
        name == "RUSTFLAGS" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    std::env::vars_os().filter(|(name, _)| outer(name)).for_each(|(name, _)| _ = command.env_remove(name));
    command.args(arguments).arg("--offline").env("CARGO_TARGET_DIR", target).current_dir(folder);
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?} failed:\n{}", text(&output));
}

/// Writes the crate, tests it, builds it, verifies it; gives its library.
fn author(folder: &Path, name: &str, adds: &str) -> PathBuf {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let api = repository().join("plugin-api");
    let new = leverage(folder, &["plugin", "new", name, adds, "--api-path", api.to_str().unwrap()]);
    assert!(new.status.success(), "{}", text(&new));
    let crate_folder = folder.join(format!("leverage-plugin-{name}"));
    // The versions that this repository was tested with; an author's cargo takes the newest.
    fs::copy(repository().join("Cargo.lock"), crate_folder.join("Cargo.lock")).unwrap();

    cargo(&crate_folder, &["test"]);
    cargo(&crate_folder, &["build", "--release"]);
    let formatted = Command::new(env!("CARGO")).args(["fmt", "--check"]).current_dir(&crate_folder).output().unwrap();
    assert!(formatted.status.success(), "the crate is not formatted:\n{}", text(&formatted));

    let file = format!("libleverage_plugin_{}.so", name.replace('-', "_"));
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring/release").join(&file);
    let library = folder.join(file);
    fs::copy(built, &library).unwrap();
    let verify = leverage(folder, &["plugin", "verify", library.to_str().unwrap()]);
    assert!(verify.status.success(), "{}", text(&verify));
    library
}

/// Adds a plugin as the guide says.
fn add(place: &Place, library: &Path) {
    place.run(&["plugin", "add", "--yes", library.to_str().unwrap()]).expect(0, &["is added"]);
}

#[test]
fn a_new_credential_type_is_there_like_any_other() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let library = author(folder.path(), "read-only", "--credential-type");
    let manifest = fs::read_to_string(folder.path().join("leverage-plugin-read-only/Cargo.toml")).unwrap();
    let dependencies = manifest.lines().filter(|line| line.contains(" = { path = ")).count();
    assert_eq!(dependencies, 2, "leverage-plugin-api, and the same with the test kit: {manifest}");
    assert!(folder.path().join("leverage-plugin-read-only/.github/workflows/ci.yml").is_file());

    add(&place, &library);
    place.configure("read-only", &[]).expect(0, &["ex-read-only", "ex-security-read-only"]);
    let config = fs::read_to_string(place.project.home.join(".aws/ex/config")).unwrap();
    assert!(
        config.contains("[profile ex-security-read-only]\noutput = json\nregion = us-east-1\nrole_arn = arn:aws:iam::"),
        "{config}"
    );
    assert!(config.contains(":role/ReadOnly\nsource_profile = ex-read-only\n"), "{config}");
}

#[test]
fn a_new_output_can_be_added() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let library = author(folder.path(), "listing", "--output");
    add(&place, &library);
    place.run(&["plugin", "list"]).expect(0, &["listing"]);
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("mine");
    fs::create_dir(&taken).unwrap();
    let new = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--path", "mine"]);
    assert_eq!(new.status.code(), Some(40), "{}", text(&new));
    assert!(text(&new).contains("mine exists already"), "{}", text(&new));
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 0);

    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    let new = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--path", "dangling"]);
    assert_eq!(new.status.code(), Some(40), "{}", text(&new));
}

#[test]
fn a_name_that_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Audit", "../audit", "security", "aws-cli-files", "a_b"] {
        let new = leverage(folder.path(), &["plugin", "new", name, "--output"]);
        assert_eq!(new.status.code(), Some(2), "{name}: {}", text(&new));
    }
    let neither = leverage(folder.path(), &["plugin", "new", "audit"]);
    let both = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--credential-type"]);
    assert_eq!((neither.status.code(), both.status.code()), (Some(2), Some(2)));
    let elsewhere = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--api-path", "/"]);
    assert!(text(&elsewhere).contains("not the folder of leverage-plugin-api"), "{}", text(&elsewhere));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was written");
}
