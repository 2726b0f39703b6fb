//! The sample project of a sandbox: a project from the template and downloaded access keys, before credentials are set up.

use std::ffi::OsString;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::identity::User;
use crate::organization::PROJECT;
use crate::sandbox::Sandbox;

/// The short name of the sample project.
pub const SHORT_NAME: &str = "ex";

/// Variables to remove from the environment of a command in the sandbox, because they would lead to real AWS or other keys.
pub const CLEARED: [&str; 23] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_ORGANIZATIONS",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    // The user's own configuration.
    "LEVERAGE_ENV",
    "XDG_CONFIG_HOME",
    // The user's own plugins: those added in the sandbox must stay there.
    "XDG_DATA_HOME",
];

/// The accounts in the project's files, which are those of the template.
const ACCOUNTS: [(&str, &str); 3] =
    [("management", "aws@example.com"), ("security", "aws+security@example.com"), ("shared", "aws+shared@example.com")];

/// The paths of the sample project.
#[derive(Debug, Clone)]
pub struct Project {
    /// An empty home folder.
    pub home: PathBuf,
    /// The project's root: `project.yaml`, `build.env` and `config/common.tfvars`.
    pub root: PathBuf,
    /// The folder of the access keys; see [`Project::keys_of`].
    pub keys: PathBuf,
}

/// Writes the sample project to `home/`, `project/` and `keys/` in `folder`.
///
/// # Errors
///
/// One of them exists, or a file cannot be written.
pub fn write(folder: &Path, sandbox: &Sandbox) -> io::Result<Project> {
    let [home, root, keys] = ["home", "project", "keys"].map(|name| folder.join(name));
    let config = root.join("config");
    for folder in [&home, &root, &config, &keys] {
        DirBuilder::new().mode(0o700).create(folder)?;
    }
    create(&root.join("project.yaml"), 0o644, &project_yaml())?;
    create(&root.join("build.env"), 0o644, BUILD_ENV)?;
    create(&config.join("common.tfvars"), 0o644, &common_tfvars())?;

    let users = sandbox.users();
    for user in users.iter() {
        write_keys(&keys, user)?;
    }
    Ok(Project { home, root, keys })
}

impl Project {
    /// The path of a user's access keys, in the `.csv` format of the AWS console.
    pub fn keys_of(&self, user: &User) -> PathBuf {
        self.keys.join(keys_file(user))
    }

    /// Variables to set for a command in the sandbox, after those in [`CLEARED`] are removed.
    pub fn environment(&self, sandbox: &Sandbox) -> [(&'static str, OsString); 6] {
        let files = self.home.join(".aws").join(SHORT_NAME);
        [
            ("HOME", self.home.clone().into()),
            ("AWS_ENDPOINT_URL", sandbox.endpoint_url().into()),
            // So that the AWS CLI finds the profiles.
            ("AWS_CONFIG_FILE", files.join("config").into()),
            ("AWS_SHARED_CREDENTIALS_FILE", files.join("credentials").into()),
            // On a virtual machine in AWS, the metadata service would offer real credentials.
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            ("NO_PROXY", "127.0.0.1".into()),
        ]
    }
}

fn keys_file(user: &User) -> String {
    format!("{}_accessKeys.csv", user.name)
}

/// Writes access keys in the `.csv` format of the AWS console.
fn write_keys(folder: &Path, user: &User) -> io::Result<()> {
    let key = &user.access_key;
    let text = format!("Access key ID,Secret access key\r\n{},{}\r\n", key.id, key.secret);
    create(&folder.join(keys_file(user)), 0o600, &text)
}

fn create(path: &Path, mode: u32, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?.write_all(text.as_bytes())
}

fn project_yaml() -> String {
    let accounts: String =
        ACCOUNTS.iter().map(|(name, email)| format!("  - name: {name}\n    email: {email}\n")).collect();
    format!(
        "\
project_name: {PROJECT}
short_name: {SHORT_NAME} # Two to four letters

primary_region: us-east-1
secondary_region: us-west-2

# The accounts that the organization begins with
organization:
  accounts:
{accounts}"
    )
}

const BUILD_ENV: &str = "\
# Project settings
PROJECT=ex

# General
MFA_ENABLED=false

# Terraform
TERRAFORM_IMAGE_TAG=1.3.5-0.2.4
";

fn common_tfvars() -> String {
    let ids: String = ACCOUNTS.iter().map(|(name, _)| format!("{name}_account_id = \"XXXXXXXXXXXX\"\n")).collect();
    let accounts: String =
        ACCOUNTS.iter().map(|(name, email)| format!("  {name} = {{\n    email = \"{email}\"\n  }}\n")).collect();
    format!(
        "\
# Project (short name)
project         = \"{SHORT_NAME}\"

# Project (long name)
project_long    = \"{PROJECT}\"

# AWS Region for most resources
region_primary        = \"us-east-1\"

# AWS Region for DR replication (required by the backend but also used for other resources)
region_secondary      = \"us-west-2\"

# Account IDs
{ids}
# Accounts
accounts = {{
{accounts}}}

# AWS SSO
sso_enabled   = false
sso_region    = \"us-east-1\"
"
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::Config;

    #[test]
    fn write_puts_secrets_into_private_key_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::start(Config::default()).unwrap();
        let project = write(folder.path(), &sandbox).unwrap();
        let users = sandbox.users();
        for user in users.iter() {
            let path = project.keys_of(user);
            let expected =
                format!("Access key ID,Secret access key\r\n{},{}\r\n", user.access_key.id, user.access_key.secret);
            assert_eq!(fs::read_to_string(&path).unwrap(), expected);
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for name in ["project.yaml", "build.env", "config/common.tfvars"] {
            let text = fs::read_to_string(project.root.join(name)).unwrap();
            assert!(text.contains(SHORT_NAME) && !text.contains(&users.bootstrap.access_key.secret));
        }
    }

    #[test]
    fn write_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::start(Config::default()).unwrap();
        write(folder.path(), &sandbox).unwrap();
        assert_eq!(write(folder.path(), &sandbox).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn environment_sets_no_cleared_variable() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::start(Config::default()).unwrap();
        let project = write(folder.path(), &sandbox).unwrap();
        for (name, _) in project.environment(&sandbox) {
            assert!(!CLEARED.contains(&name));
        }
    }
}
