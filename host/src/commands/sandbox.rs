//! `leverage sandbox`: an AWS on this machine and a sample project, for a tour or for a command.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Command;

use crate::cli::SandboxArgs;
use crate::ui;
use leverage_core::diff;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_files::{Disk, Files};
use leverage_sandbox::project::{self, Project};
use leverage_sandbox::{Config, Sandbox, User};

/// Runs the command that was given, or the tour; gives the exit code.
///
/// # Errors
///
/// The sandbox can't be started, or a program can't be run.
pub fn run(args: SandboxArgs) -> Result<u8> {
    let failed = |error: io::Error| Error::new(Kind::Internal, "the sandbox can't be started").cause(error);
    let sandbox = Sandbox::start(Config {
        accounts: args.accounts,
        latency: Duration::from_millis(args.latency),
        faults: args.faults,
        ..Config::default()
    })
    .map_err(failed)?;
    let folder = tempfile::Builder::new().prefix("leverage-sandbox-").tempdir().map_err(failed)?;
    let project = project::write(folder.path(), &sandbox).map_err(failed)?;
    let surroundings = Surroundings { sandbox: &sandbox, project: &project };

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        match args.command.split_first() {
            Some((program, arguments)) => surroundings.run(program, arguments).await.map(exit_code_of),
            None => tour(&surroundings).await,
        }
    })
}

/// What a command sees around it.
struct Surroundings<'a> {
    sandbox: &'a Sandbox,
    project: &'a Project,
}

impl Surroundings<'_> {
    /// Runs a program to its end. Ctrl-C is for the program; the sandbox outlives it and tidies up.
    async fn run(&self, program: &OsStr, arguments: &[OsString]) -> Result<ExitStatus> {
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
            Error::new(Kind::Usage, format!("{} can't be run", Path::new(program).display())).cause(error)
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

/// `PATH`, with the folder of this program first, so that `leverage` is the one that runs.
fn path_with_this_program() -> Option<OsString> {
    let own = std::env::current_exe().ok()?.parent()?.to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).ok()
}

fn exit_code_of(status: ExitStatus) -> u8 {
    let killed_by = || 128 + status.signal().unwrap_or_default();
    u8::try_from(status.code().unwrap_or_else(killed_by)).unwrap_or(exit_code::INTERNAL)
}

/// Runs each user's credential type in turn, and shows what it wrote.
async fn tour(surroundings: &Surroundings<'_>) -> Result<u8> {
    let organization = surroundings.sandbox.organization();
    ui::text(&format!(
        "An AWS of its own answers at {}: an organization of {} accounts, and a sample project in {}.\n",
        surroundings.sandbox.endpoint_url(),
        organization.accounts().count(),
        surroundings.project.root.display()
    ));
    let program = std::env::current_exe()
        .map_err(|error| Error::new(Kind::Internal, "this program's own file can't be found").cause(error))?;
    let vault = Vault::default();
    for user in surroundings.sandbox.users().iter() {
        let arguments = arguments(surroundings.project, user);
        let shown: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        ui::line(&format!("$ leverage {}", shown.join(" ")));
        let before = texts(surroundings.project, &vault)?;
        let status = surroundings.run(program.as_os_str(), &arguments).await?;
        if !status.success() {
            return Ok(exit_code_of(status));
        }
        for ((path, before), (_, after)) in before.into_iter().zip(texts(surroundings.project, &vault)?) {
            if before != after {
                ui::text(&format!("\n{}", path.display()));
                ui::diff(&diff::lines(&before, &after));
            }
        }
        ui::text("\n");
    }
    ui::text(
        "This was the tour; its folder is gone now.\n\
         Try a command of your own in it:  leverage sandbox -- bash\n\
         On your own AWS account:          leverage credentials configure --help",
    );
    Ok(exit_code::SUCCESS)
}

/// The command that sets up a user's credentials: each user's name is that of its credential type.
fn arguments(project: &Project, user: &User) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["credentials", "configure", "--type"].map(OsString::from).into();
    arguments.push(user.name.to_uppercase().into());
    arguments.push("--credentials-file".into());
    let keys = project.keys_of(user);
    // As seen from the project, which is where the command runs.
    let seen = keys.strip_prefix(project.root.parent().unwrap_or(&project.root)).map(|keys| Path::new("..").join(keys));
    arguments.push(seen.unwrap_or(keys).into());
    if user.mfa_serial.is_some() {
        arguments.push("--fetch-mfa-device".into());
    }
    arguments
}

/// The files that a run may write, with tokens for secrets.
fn texts(project: &Project, vault: &Vault) -> Result<Vec<(PathBuf, String)>> {
    let aws = project.home.join(".aws").join(project::SHORT_NAME);
    let paths = [
        aws.join("credentials"),
        aws.join("config"),
        project.root.join("project.yaml"),
        project.root.join("config/common.tfvars"),
    ];
    let read = |path: PathBuf| {
        let snapshot = Disk.read(&path)?;
        let text = snapshot.map(|snapshot| String::from_utf8_lossy(&snapshot.bytes).into_owned()).unwrap_or_default();
        Ok((path, vault.conceal(&text)?.into_owned()))
    };
    paths.into_iter().map(read).collect()
}
