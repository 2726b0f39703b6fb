//! The tour: sets up each credential type in turn, and shows what was written.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::environment::{SandboxEnvironment, exit_code_of};
use crate::effects::{Disk, Files, machine};
use crate::ui;
use leverage_core::diff;
use leverage_core::secrets::Vault;
use leverage_error::{Result, exit_code};
use leverage_sandbox::User;
use leverage_sandbox::project::{self, Project};

/// Runs the tour and returns the exit code, which is that of the first command that fails.
pub(super) async fn run(environment: &SandboxEnvironment<'_>) -> Result<u8> {
    let SandboxEnvironment { sandbox, project } = environment;
    ui::lines(&format!(
        "Embedded AWS:    {} (an organization of {} accounts)\nSample project:  {}\n\n",
        sandbox.endpoint_url(),
        sandbox.organization().accounts().count(),
        project.root.display()
    ));
    let program = machine::current_program()?;
    let vault = Vault::default();
    for user in sandbox.users().iter() {
        let arguments = arguments(project, user);
        let shown: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        ui::heading(&format!("$ leverage {}", shown.join(" ")));
        let before = read_files(project, &vault)?;
        let status = environment.run(program.as_os_str(), &arguments).await?;
        if !status.success() {
            return Ok(exit_code_of(status));
        }
        for ((path, before), (_, after)) in before.into_iter().zip(read_files(project, &vault)?) {
            if before != after {
                ui::lines(&format!("\n{}", path.display()));
                ui::diff(&diff::lines(&before, &after));
            }
        }
        ui::lines("\n");
    }
    ui::lines(
        "End of the tour. The sample project is removed.\n\n\
         Next:\n  \
         leverage sandbox -- bash                  # your own commands in a sample project\n  \
         leverage credentials configure --help     # your own AWS organization",
    );
    Ok(exit_code::SUCCESS)
}

/// The command that sets up the credential type of a user, whose name is that of the type.
fn arguments(project: &Project, user: &User) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["credentials", "configure", "--type"].map(OsString::from).into();
    arguments.push(user.name.to_uppercase().into());
    arguments.push("--credentials-file".into());
    let keys = project.keys_of(user);
    // Relative to the project, because the command runs there.
    let parent = project.root.parent().unwrap_or(&project.root);
    let relative = keys.strip_prefix(parent).map(|keys| Path::new("..").join(keys));
    arguments.push(relative.unwrap_or(keys).into());
    if user.mfa_serial.is_some() {
        arguments.push("--fetch-mfa-device".into());
    }
    arguments
}

/// The files that a run may write, with tokens in place of secrets.
fn read_files(project: &Project, vault: &Vault) -> Result<Vec<(PathBuf, String)>> {
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
