//! Cargo within the tests, as a plugin's author runs it: offline, with the crates that the tests themselves
//! were built with, and into separate build folders that are kept.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::tools::{artifacts, own_folder};

/// Cargo locks the build folder anyway; this keeps its waiting out of the output.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The lock for builds.
#[derive(Debug, Clone, Copy)]
pub enum Toolchain<'a> {
    /// That of the tests.
    Own,
    /// Another that rustup has.
    Named(&'a str),
}

/// The folder for these builds, below cargo's target folder.
///
/// # Panics
///
/// The test program is not where cargo puts it.
pub fn folder() -> PathBuf {
    artifacts().parent().expect("a profile's folder is in the target folder").join("nested")
}

/// The folder that a toolchain builds into.
pub fn target(toolchain: Toolchain<'_>) -> PathBuf {
    folder().join(match toolchain {
        Toolchain::Own => "target",
        Toolchain::Named(name) => name,
    })
}

/// Runs cargo in `package`, as [`prepare`] makes it ready.
///
/// # Panics
///
/// It fails.
#[track_caller]
pub fn cargo(toolchain: Toolchain<'_>, package: &Path, arguments: &[&str]) {
    let _alone = prepare(package);
    let mut command = match toolchain {
        Toolchain::Own => Command::new(env!("CARGO")),
        Toolchain::Named(name) => {
            let mut rustup = Command::new("rustup");
            rustup.args(["run", name, "cargo"]);
            rustup
        }
    };
    forget_outer_crate(&mut command);
    command.env("CARGO_TARGET_DIR", target(toolchain)).env("RUSTUP_AUTO_INSTALL", "0");
    command.args(arguments).arg("--offline").current_dir(package);
    let Output { status, stdout, stderr } = command.output().expect("cargo starts");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(status.success(), "cargo {arguments:?} failed:\n{}{}", text(&stdout), text(&stderr));
}

/// Gives `package` the versions of crates that this repository was tested with; an author's cargo takes the newest.
/// Other threads wait until the guard is dropped.
///
/// # Panics
///
/// The package can't be written to.
pub fn prepare(package: &Path) -> MutexGuard<'static, ()> {
    let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    fs::copy(own_folder("../Cargo.lock"), package.join("Cargo.lock")).expect("a copy of Cargo.lock");
    alone
}

/// Removes the variables of the outer cargo from a command's environment.
pub fn forget_outer_crate(command: &mut Command) {
    let outer = |name: &OsStr| {
        let name = name.to_string_lossy();
        name == "RUSTFLAGS" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    std::env::vars_os().filter(|(name, _)| outer(name)).for_each(|(name, _)| _ = command.env_remove(name));
}

/// The nightly toolchain that rustup has, if there is one. None is ever installed.
pub fn nightly() -> Option<String> {
    let listed = Command::new("rustup").args(["toolchain", "list"]).env("RUSTUP_AUTO_INSTALL", "0").output().ok()?;
    let names = String::from_utf8(listed.stdout).ok()?;
    let nightly = names.lines().find(|line| line.starts_with("nightly"))?;
    nightly.split_whitespace().next().map(str::to_owned)
}
