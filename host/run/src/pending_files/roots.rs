//! The roots of file paths, and the checks that keep a path below its root.

use leverage_plugin_api::model::Root;
use std::path::{Component, Path, PathBuf};

use leverage_error::visible::is_safe;
use leverage_error::{Error, Kind, Result};

/// The roots of paths.
pub(crate) struct Roots<'a> {
    /// `~/.aws/<short name>`.
    pub aws: PathBuf,
    /// `~/.aws`.
    pub aws_home: PathBuf,
    /// The project's root.
    pub project: PathBuf,
    /// Folders of leverage itself: its configuration and its plugins.
    pub own: Vec<PathBuf>,
    /// The environment variables. An output can declare some that name files.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Roots<'_> {
    /// The full path of a file. `file_variables` are the variables that the manifest declares for [`Root::Environment`].
    ///
    /// # Errors
    ///
    /// The path leads out of its root, or the variable is not declared or does not name a file.
    pub fn full_path(&self, root: Root, path: &str, file_variables: &[String]) -> Result<PathBuf> {
        check_path(path)?;
        let folder = match root {
            Root::Aws => &self.aws,
            Root::AwsHome => &self.aws_home,
            Root::Project => &self.project,
            Root::Environment if file_variables.iter().any(|variable| variable == path) => {
                let named = (self.environment)(path).map(PathBuf::from).filter(|path| path.is_absolute());
                return named.ok_or_else(|| {
                    Error::new(Kind::Plan, format!("environment variable `{path}` is not set to the path of a file"))
                        .hint(format!("use this output only where `{path}` is set"))
                });
            }
            // Any variable could name any file, so the user agrees to those of the manifest.
            Root::Environment => {
                let message = format!("used the file variable {path:?}, which its manifest does not declare");
                return Err(Error::new(Kind::ProtocolViolation, message));
            }
            _ => return Err(Error::new(Kind::ProtocolViolation, "used an unknown root").hint("upgrade leverage")),
        };
        Ok(folder.join(path))
    }

    /// The name of the root's folder in a backup.
    pub fn name(root: Root) -> &'static str {
        match root {
            Root::Aws => "aws",
            Root::AwsHome => "aws-home",
            Root::Environment => "environment",
            _ => "project",
        }
    }
}

/// Rejects a path that leads out of its root or has control characters.
fn check_path(path: &str) -> Result<()> {
    if !is_safe(path) {
        return Err(Error::new(
            Kind::ProtocolViolation,
            format!("used the path {path:?}, which contains control characters"),
        ));
    }
    let inside = !path.is_empty()
        && !path.contains(['\0', '\\'])
        && Path::new(path).components().all(|component| matches!(component, Component::Normal(_)));
    if inside {
        return Ok(());
    }
    Err(Error::new(Kind::ProtocolViolation, format!("used the path {path:?}, which leads out of its root")))
}

/// Rejects a path that leads out of the project by a symbolic link: a project can come from a stranger, and must not get
/// other files read or written. Links in `~/.aws` are the user's, and are followed.
pub(crate) fn check_real_path(project: &Path, target: &Path, path: &str) -> Result<()> {
    if target.starts_with(project) {
        return Ok(());
    }
    Err(Error::new(
        Kind::ProtocolViolation,
        format!("used the path {path:?}, which leads out of the project by a symbolic link"),
    )
    .hint("replace the link by the file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_path_accepts_declared_variables_only() {
        let environment = |name: &str| Some(if name == "STEP_FILE" { "/tmp/x" } else { "/etc/passwd" }.to_owned());
        let declared = ["STEP_FILE".to_owned()];
        let roots = Roots {
            aws: PathBuf::from("/a"),
            aws_home: PathBuf::from("/"),
            project: PathBuf::from("/p"),
            own: Vec::new(),
            environment: &environment,
        };
        assert_eq!(roots.full_path(Root::Environment, "STEP_FILE", &declared), Ok(PathBuf::from("/tmp/x")));
        assert_eq!(roots.full_path(Root::Environment, "SECRETS", &declared).unwrap_err().kind, Kind::ProtocolViolation);
        assert_eq!(roots.full_path(Root::AwsHome, "../x", &declared).unwrap_err().kind, Kind::ProtocolViolation);
        assert_eq!(roots.full_path(Root::Environment, "STEP_FILE", &[]).unwrap_err().kind, Kind::ProtocolViolation);
        for unusable in [None, Some("relative".to_owned())] {
            let environment = |_: &str| unusable.clone();
            let roots = Roots {
                environment: &environment,
                aws: PathBuf::new(),
                aws_home: PathBuf::new(),
                project: PathBuf::new(),
                own: Vec::new(),
            };
            assert_eq!(roots.full_path(Root::Environment, "STEP_FILE", &declared).unwrap_err().kind, Kind::Plan);
        }
    }

    #[test]
    fn check_path_rejects_paths_out_of_the_root() {
        for path in ["", "/etc/passwd", "../../.ssh/authorized_keys", "a/../../b", "./a", "a\0b", "a\u{1b}[2Jb"] {
            assert_eq!(check_path(path).map_err(|error| error.kind), Err(Kind::ProtocolViolation), "{path:?}");
        }
        assert_eq!(check_path("config/common.tfvars"), Ok(()));
    }
}
