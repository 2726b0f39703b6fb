//! The programs that are measured: leverage and a loadable plugin, built from these sources; the aws
//! command and boto3, which the tests use, too.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// Where the programs are.
pub struct Programs {
    /// The leverage command.
    pub leverage: PathBuf,
    /// A plugin as a library.
    pub plugin: PathBuf,
    /// The aws command.
    pub aws: PathBuf,
    /// A Python that has boto3.
    pub python: PathBuf,
    /// The boto3 script.
    pub walk: PathBuf,
}

impl Programs {
    /// Builds and installs what is missing. `folder` is the folder of this crate.
    pub fn get(folder: &Path) -> Result<Self> {
        let target = target()?;
        let cargo = |arguments: &[&str]| run(Command::new(env!("CARGO")).current_dir(folder).args(arguments));
        cargo(&["build", "--quiet", "--release", "--package", "leverage", "--bin", "leverage"])?;
        cargo(&["build", "--quiet", "--release", "--package", "leverage-plugin-security", "--examples"])?;

        let tools = leverage_tests::tools::tools();
        Ok(Self {
            leverage: target.join("release/leverage"),
            plugin: target.join("release/examples/libleverage_plugin_security.so"),
            aws: tools.bin().join("aws"),
            python: tools.python(),
            walk: folder.join("speed/walk.py"),
        })
    }
}

/// The folder that cargo builds into: this program is in `release/deps` of it.
pub fn target() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.ancestors().nth(3).ok_or("this program is in no target folder")?.to_owned())
}

/// Runs a command, which must succeed.
pub fn run(command: &mut Command) -> Result<()> {
    if command.status().map_err(|error| format!("{command:?}: {error}"))?.success() {
        return Ok(());
    }
    Err(format!("{command:?} failed").into())
}
