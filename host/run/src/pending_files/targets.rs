//! Which files an output must not write, wherever its path leads: the state of leverage, files of other projects, and files
//! that other programs execute.
//!
//! Names are compared as a file system that ignores case compares them, and paths both as written and with links resolved.

use std::ffi::OsStr;
use std::path::{Component, Path};

use leverage_error::{Error, Kind, Result};
use leverage_files::Files;
use leverage_plugin_api::model::Root;

use super::roots::Roots;
use super::{CONFIG, CREDENTIALS};

/// The built-in output that writes to `~/.aws` itself.
const SHARED: &str = "aws-config-shared";
/// The records of created profiles, each with the built-in output that owns it.
const LEDGERS: [(&str, &str); 2] = [(".profiles.json", "aws-cli-files"), (".profiles-shared.json", SHARED)];
/// The folder of backups in `~/.aws/<short name>`.
const BACKUPS: &str = "backups";
/// Folders of the AWS CLI in `~/.aws`, which can also be short names of projects.
const AWS_CLI_FOLDERS: [&str; 2] = ["cli", "sso"];

/// Folders whose files other programs execute or obey.
const EXECUTED_FOLDERS: [&str; 15] = [
    ".git",
    "git~1",
    "hooks",
    ".githooks",
    ".husky",
    ".github",
    ".gitlab",
    ".circleci",
    ".buildkite",
    ".devcontainer",
    ".direnv",
    ".idea",
    ".ssh",
    ".terraform",
    ".vscode",
];
/// Files that other programs execute or obey. `HEAD` makes a folder a git repository.
const EXECUTED_FILES: [&str; 45] = [
    "leverage.toml",
    ".envrc",
    "head",
    ".gitattributes",
    ".gitconfig",
    ".gitmodules",
    ".pre-commit-config.yaml",
    ".gitlab-ci.yml",
    ".travis.yml",
    "atlantis.yaml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "jenkinsfile",
    "makefile",
    "gnumakefile",
    "justfile",
    ".justfile",
    "rakefile",
    "gemfile",
    "taskfile.yml",
    "taskfile.yaml",
    "tiltfile",
    "vagrantfile",
    "dockerfile",
    "package.json",
    ".npmrc",
    ".terraformrc",
    "terraform.rc",
    ".tofurc",
    "terragrunt.hcl",
    "mise.toml",
    ".mise.toml",
    ".tool-versions",
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".inputrc",
    ".netrc",
    "authorized_keys",
];
/// The endings of scripts.
const SCRIPTS: [&str; 16] =
    ["sh", "bash", "zsh", "fish", "csh", "ksh", "ps1", "bat", "cmd", "mk", "py", "rb", "pl", "js", "cjs", "mjs"];

/// The path that an output writes.
pub(super) struct Target<'t> {
    pub root: Root,
    /// The path as the output returned it.
    pub path: &'t str,
    /// The path below its root.
    pub full: &'t Path,
    /// The path with links resolved.
    pub real: &'t Path,
    /// The name of the output if it is built in.
    pub builtin: Option<&'t str>,
}

impl Target<'_> {
    /// Checks that an output may write this file.
    ///
    /// # Errors
    ///
    /// It is out of reach of this output.
    pub fn check(&self, folders: &Folders) -> Result<()> {
        for place in [self.full, self.real].map(folded) {
            if folders.own.iter().any(|own| below(own, &place).is_some()) {
                return Err(self.refused("is reserved for leverage"));
            }
            let in_project_folder = below(&folders.aws, &place);
            if in_project_folder.is_some_and(|names| self.is_state(names)) {
                return Err(self.refused("is reserved for leverage"));
            }
            if let Some(names) = below(&folders.aws_home, &place) {
                self.check_in_aws_home(names, in_project_folder.is_some())?;
            }
            match (self.root, below(&folders.project, &place)) {
                (Root::Project, Some(names)) => self.check_executed(names)?,
                (Root::Environment, _) => {
                    let folder = place.iter().find(|name| [".git", ".ssh"].contains(&name.as_str()));
                    let names: Vec<String> = folder.into_iter().chain(place.last()).cloned().collect();
                    self.check_executed(&names)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks a place below `~/.aws`, whose names these are.
    fn check_in_aws_home(&self, names: &[String], in_project_folder: bool) -> Result<()> {
        let Some((first, rest)) = names.split_first() else { return Err(self.refused("is not a file")) };
        if first.starts_with('.') || self.is_state(rest) {
            return Err(self.refused("is reserved for leverage"));
        }
        let is_shared_file = |names: &[String]| matches!(names, [name] if name == CONFIG || name == CREDENTIALS);
        let is_allowed = match self.root {
            Root::AwsHome => self.builtin == Some(SHARED) && is_shared_file(&[self.path.to_owned()]),
            // A link of the user can lead from the project's files to those of `~/.aws`.
            Root::Aws => in_project_folder || (self.builtin.is_some() && is_shared_file(names)),
            _ => false,
        };
        if !is_allowed {
            return Err(self.refused("is outside the project's own folder in `~/.aws`"));
        }
        let is_ledger = |names: &[String]| matches!(names, [name] if LEDGERS.iter().any(|(ledger, _)| name == ledger));
        if AWS_CLI_FOLDERS.contains(&first.as_str()) && !is_shared_file(rest) && !is_ledger(rest) {
            return Err(self.refused("belongs to the AWS CLI"));
        }
        Ok(())
    }

    /// Whether a file of `~/.aws/<short name>` is state of leverage that this output does not own.
    fn is_state(&self, names: &[String]) -> bool {
        let owns = |name: &str| LEDGERS.iter().any(|(ledger, owner)| *ledger == name && self.builtin == Some(*owner));
        match names {
            [name] if self.root == Root::Aws && self.path == name && owns(name) => false,
            [first, ..] => first == BACKUPS || names.iter().any(|name| name.starts_with('.')),
            [] => false,
        }
    }

    fn check_executed(&self, names: &[String]) -> Result<()> {
        let Some((file, folders)) = names.split_last() else { return Err(self.refused("is not a file")) };
        let ending = Path::new(file).extension().and_then(OsStr::to_str);
        let is_executed = folders.iter().chain([file]).any(|name| EXECUTED_FOLDERS.contains(&name.as_str()))
            || EXECUTED_FILES.contains(&file.as_str())
            || ending.is_some_and(|ending| SCRIPTS.contains(&ending));
        if is_executed { Err(self.refused_as_executed()) } else { Ok(()) }
    }

    /// Checks that the new text is not a script.
    pub fn check_text(&self, text: &str) -> Result<()> {
        if self.root == Root::Project && text.trim_start_matches('\u{feff}').starts_with("#!") {
            return Err(self.refused("would become a script"));
        }
        Ok(())
    }

    fn refused(&self, reason: &str) -> Error {
        let message = format!("must not write `{}`, which {reason}", self.full.display());
        Error::new(Kind::ProtocolViolation, message)
    }

    fn refused_as_executed(&self) -> Error {
        self.refused("other programs execute or obey").hint("if `leverage.toml` sets this path, choose another one")
    }
}

/// The names of a folder, as written and with links resolved.
type FolderNames = [Vec<String>; 2];

/// The folders that targets are compared with, resolved once for all targets of a run.
pub(super) struct Folders {
    aws: FolderNames,
    aws_home: FolderNames,
    project: FolderNames,
    own: Vec<FolderNames>,
}

impl Folders {
    /// Resolves the folders of `roots`.
    ///
    /// # Errors
    ///
    /// A path cannot be resolved.
    pub fn new(roots: &Roots<'_>, files: &dyn Files) -> Result<Self> {
        let names = |folder: &Path| -> Result<FolderNames> { Ok([folded(folder), folded(&files.real_path(folder)?)]) };
        Ok(Self {
            aws: names(&roots.aws)?,
            aws_home: names(&roots.aws_home)?,
            project: names(&roots.project)?,
            own: roots.own.iter().map(|own| names(own)).collect::<Result<_>>()?,
        })
    }
}

/// The names of `place` below `folder`.
fn below<'p>(folder: &FolderNames, place: &'p [String]) -> Option<&'p [String]> {
    folder.iter().find_map(|folder| place.strip_prefix(folder.as_slice()))
}

/// The names of a path as a file system that ignores case compares them.
fn folded(path: &Path) -> Vec<String> {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(folded_name(name)),
        _ => None,
    });
    names.collect()
}

fn folded_name(name: &OsStr) -> String {
    // Some file systems ignore these characters, and Windows ignores dots and spaces at the end.
    let is_ignored = |character: &char| matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let name = name.to_string_lossy();
    let upper = name.chars().filter(|character| !is_ignored(character)).flat_map(char::to_uppercase);
    let folded: String = upper.flat_map(char::to_lowercase).collect();
    folded.trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_files::Disk;
    use std::path::PathBuf;

    fn roots(home: &Path) -> Roots<'static> {
        Roots {
            aws: home.join(".aws/ex"),
            aws_home: home.join(".aws"),
            project: home.join("p"),
            own: vec![home.join("p/data/leverage")],
            environment: &|_| None,
        }
    }

    /// Why an output must not write this; empty if it may.
    fn refusal(roots: &Roots<'_>, root: Root, path: &str, builtin: Option<&str>) -> String {
        let folder = match root {
            Root::Aws => &roots.aws,
            Root::AwsHome => &roots.aws_home,
            Root::Project => &roots.project,
            _ => Path::new("/"),
        };
        let full = folder.join(path);
        let real = Disk.real_path(&full).unwrap();
        let target = Target { root, path, full: &full, real: &real, builtin };
        target.check(&Folders::new(roots, &Disk).unwrap()).err().map(|error| error.message).unwrap_or_default()
    }

    #[track_caller]
    fn refuses(roots: &Roots<'_>, root: Root, paths: &[&str]) {
        for path in paths {
            assert!(refusal(roots, root, path, None).starts_with("must not write `"), "{root:?} {path}");
        }
    }

    #[track_caller]
    fn allows(roots: &Roots<'_>, root: Root, builtin: Option<&str>, paths: &[&str]) {
        for path in paths {
            assert_eq!(refusal(roots, root, path, builtin), "", "{root:?} {path}");
        }
    }

    #[test]
    fn check_refuses_state_of_leverage_in_any_case() {
        let roots = roots(Path::new("/nowhere/home"));
        let state = [".journal", ".JOURNAL.tmp", ".lock", ".profiles.json", "backups/20990101T000000Z/run.json"];
        refuses(&roots, Root::Aws, &state);
        refuses(&roots, Root::Aws, &["Backups/x", "BACKUP\u{17f}/x", "backups", ".leverage-0.tmp", "x/.lock"]);
        refuses(&roots, Root::AwsHome, &["ex/.journal", "zz/.journal", ".leverage.lock", "zz/backups/x/run.json"]);
        refuses(&roots, Root::Project, &["data/leverage/plugins/plugins.toml", "Data/LEVERAGE/x"]);
        allows(&roots, Root::Aws, None, &["config", "credentials", "accounts.json", "x/y", "backups.json"]);
    }

    #[test]
    fn check_lets_the_owner_write_a_ledger() {
        let roots = roots(Path::new("/nowhere/home"));
        allows(&roots, Root::Aws, Some("aws-cli-files"), &[".profiles.json"]);
        allows(&roots, Root::Aws, Some(SHARED), &[".profiles-shared.json"]);
        assert_ne!(refusal(&roots, Root::Aws, ".profiles.json", Some(SHARED)), "");
        assert_ne!(refusal(&roots, Root::Aws, ".Profiles.json", Some("aws-cli-files")), "");
    }

    #[test]
    fn check_refuses_other_files_of_the_aws_cli() {
        let mut roots = roots(Path::new("/nowhere/home"));
        refuses(&roots, Root::AwsHome, &["config", "credentials", "cli/alias", "zz/credentials", "x"]);
        allows(&roots, Root::AwsHome, Some(SHARED), &["config", "credentials"]);
        assert_ne!(refusal(&roots, Root::AwsHome, "cli/alias", Some(SHARED)), "");
        roots.aws = roots.aws_home.join("cli");
        refuses(&roots, Root::Aws, &["alias", "cache/x.json"]);
        allows(&roots, Root::Aws, None, &["config"]);
        roots.project = PathBuf::from("/nowhere/home");
        refuses(&roots, Root::Project, &[".aws/config", ".AWS/zz/credentials", ".aws/ex/config"]);
    }

    #[test]
    fn check_refuses_what_other_programs_execute() {
        let roots = roots(Path::new("/nowhere/home"));
        refuses(
            &roots,
            Root::Project,
            &[".git", ".git/config", ".Git/hooks/x", "sub/.git/config", ".g\u{200c}it/config"],
        );
        refuses(
            &roots,
            Root::Project,
            &[".envrc", "a/.ENVRC", "leverage.toml", "a/Leverage.toml", ".github/workflows/x"],
        );
        refuses(&roots, Root::Project, &["Makefile", "a/run.SH", "hooks/x", ".terraformrc", "x/HEAD", "a.py"]);
        let usual =
            ["config/common.tfvars", "project.yaml", ".env", "README.md", "providers.tf.json", "a/accounts.txt"];
        allows(&roots, Root::Project, None, &usual);
        refuses(&roots, Root::Environment, &["home/me/.bashrc", "p/.git/config"]);
        allows(&roots, Root::Environment, None, &["tmp/set_env_1"]);
    }

    #[test]
    fn check_follows_links() {
        let home = tempfile::tempdir().unwrap();
        let roots = roots(home.path());
        for folder in [".aws/ex", ".aws/zz", "p/.git"] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        let link = |from: &str, to: &str| std::os::unix::fs::symlink(to, home.path().join(from)).unwrap();
        link(".aws/ex/other", "../zz");
        link(".aws/ex/plain", "backups");
        link(".aws/ex/dotfile", "../../config");
        link("p/link", ".git");
        refuses(&roots, Root::Aws, &["other/credentials", "plain/x"]);
        refuses(&roots, Root::Project, &["link/config"]);
        allows(&roots, Root::Aws, None, &["dotfile"]);
    }
}
