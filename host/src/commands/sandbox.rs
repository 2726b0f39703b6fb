//! `leverage sandbox`: starts an embedded AWS and a sample project, for the tour or for a command.

mod environment;
mod tour;

use std::io;
use std::time::Duration;

use crate::cli::SandboxArgs;
use environment::{SandboxEnvironment, exit_code_of};
use leverage_error::{Error, Kind, Result};
use leverage_sandbox::{Config, Sandbox, project};

/// Runs the command or the tour, and returns the exit code.
///
/// # Errors
///
/// The sandbox or a program cannot be started.
pub(crate) fn run(args: SandboxArgs) -> Result<u8> {
    let failed = |error: io::Error| Error::new(Kind::Internal, "failed to start the sandbox").cause(error);
    let sandbox = Sandbox::start(Config {
        accounts: args.accounts,
        latency: Duration::from_millis(args.latency),
        faults: args.faults,
        ..Config::default()
    })
    .map_err(failed)?;
    let folder = tempfile::Builder::new().prefix("leverage-sandbox-").tempdir().map_err(failed)?;
    let project = project::write(folder.path(), &sandbox).map_err(failed)?;
    let environment = SandboxEnvironment { sandbox: &sandbox, project: &project };

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        match args.command.split_first() {
            Some((program, arguments)) => environment.run(program, arguments).await.map(exit_code_of),
            None => tour::run(&environment).await,
        }
    })
}
