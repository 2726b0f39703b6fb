//! The AWS that is measured against: the sandbox, in this process, and sample projects that belong to it.

use leverage::sandbox::{Config, Sandbox, project};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

use crate::Result;
use crate::process::{Taken, measure};
use crate::programs::Programs;
use crate::walk;

/// An organization.
pub struct World {
    sandbox: Sandbox,
}

/// A project and an empty home folder.
pub struct Fresh<'w> {
    world: &'w World,
    _folder: TempDir,
    project: project::Project,
}

impl World {
    /// An organization with this number of accounts and this delay of each reply.
    pub fn new(accounts: usize, latency: Duration) -> Result<Self> {
        Ok(Self { sandbox: Sandbox::start(Config { accounts, latency, seed: Some(1), ..Config::default() })? })
    }

    /// A new project.
    pub fn fresh(&self) -> Result<Fresh<'_>> {
        let folder = tempfile::tempdir()?;
        let project = project::write(folder.path(), &self.sandbox)?;
        Ok(Fresh { world: self, _folder: folder, project })
    }
}

impl Fresh<'_> {
    /// `program` in the project, with the environment of the sandbox.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for name in project::CLEARED {
            command.env_remove(name);
        }
        command.envs(self.project.environment(&self.world.sandbox)).current_dir(&self.project.root);
        command
    }

    /// The same, with the keys in the environment, for programs that don't read the CSV file.
    fn command_with_keys(&self, program: &Path) -> Command {
        let key = &self.world.sandbox.users().management.access_key;
        let mut command = self.command(program);
        command.env("AWS_ACCESS_KEY_ID", &key.id).env("AWS_SECRET_ACCESS_KEY", &key.secret);
        command.env("AWS_DEFAULT_REGION", "us-east-1");
        command
    }

    /// `leverage credentials configure`. On the second run, every file exists already.
    pub fn configure(&self, programs: &Programs) -> Result<Taken> {
        let keys = self.project.keys_of(&self.world.sandbox.users().management);
        let mut command = self.command(&programs.leverage);
        command.args(["credentials", "configure", "--type", "management", "--overwrite-existing-credentials"]);
        measure(command.arg("--credentials-file").arg(keys))
    }

    /// The bare walk with the same SDK client.
    pub fn walk(&self) -> Result<Taken> {
        measure(self.command_with_keys(&std::env::current_exe()?).arg(walk::WORD))
    }

    /// The walk with boto3, and one write.
    pub fn boto3(&self, programs: &Programs) -> Result<Taken> {
        let mut command = self.command_with_keys(&programs.python);
        measure(command.arg(&programs.walk).arg(self.project.home.join("config")))
    }

    /// One `aws configure set` for each setting of the profiles, and for both halves of the keys.
    pub fn aws_configure_set(&self, programs: &Programs, profiles: usize) -> Result<Duration> {
        let set = |profile: &str, key: &str, value: &str| -> Result<Duration> {
            let mut command = self.command(&programs.aws);
            command.args(["configure", "set", key, value, "--profile", profile]);
            Ok(measure(&command)?.time)
        };
        std::fs::create_dir_all(self.project.home.join(".aws").join(project::SHORT_NAME))?;
        let mut time = set("ex-management", "aws_access_key_id", "AKIAIOSFODNN7EXAMPLE")?;
        time += set("ex-management", "aws_secret_access_key", "an/example")?;
        for number in 0..profiles {
            let name = format!("ex-app-{number}-oaar");
            let role = format!("arn:aws:iam::{number:012}:role/OrganizationAccountAccessRole");
            let settings =
                [("output", "json"), ("region", "us-east-1"), ("role_arn", &role), ("source_profile", "ex-management")];
            for (key, value) in settings {
                time += set(&name, key, value)?;
            }
        }
        Ok(time)
    }
}
