//! Runs programs in the sample project, with the variables of the sandbox.

#![allow(clippy::disallowed_methods, reason = "runs the user's command")]

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use tokio::process::Command;

use crate::effects::machine;
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_sandbox::Sandbox;
use leverage_sandbox::project::{self, Project};

/// The environment of a program in the sandbox.
pub(super) struct SandboxEnvironment<'a> {
    /// The embedded AWS.
    pub sandbox: &'a Sandbox,
    /// The sample project.
    pub project: &'a Project,
}

impl SandboxEnvironment<'_> {
    /// Runs a program to its end. It handles Ctrl-C itself; the sandbox ends after it and removes its folder.
    pub async fn run(&self, program: &OsStr, arguments: &[OsString]) -> Result<ExitStatus> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.project.root);
        for name in project::CLEARED {
            command.env_remove(name);
        }
        command.envs(self.project.environment(self.sandbox));
        if let Some(path) = path_with_this_program() {
            command.env("PATH", path);
        }
        let failed = |error: io::Error| {
            Error::new(Kind::Usage, format!("failed to run `{}`", Path::new(program).display())).cause(error)
        };
        let mut child = command.spawn().map_err(failed)?;
        loop {
            tokio::select! {
                status = child.wait() => return status.map_err(failed),
                _ = tokio::signal::ctrl_c() => {}
            }
        }
    }
}

/// `PATH` with the folder of this program first, so that `leverage` runs this program.
fn path_with_this_program() -> Option<OsString> {
    let folder = machine::current_program().ok()?.parent()?.to_owned();
    let path = machine::environment_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path))).ok()
}

/// The exit code of a program, as a shell reports it.
pub(super) fn exit_code_of(status: ExitStatus) -> u8 {
    let killed_by = || 128 + status.signal().unwrap_or_default();
    u8::try_from(status.code().unwrap_or_else(killed_by)).unwrap_or(exit_code::INTERNAL)
}
