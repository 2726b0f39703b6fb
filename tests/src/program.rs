//! Runs the program under test, and the real `aws` command, in a [`Place`].

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

use crate::place::Place;
use crate::tools::{artifacts, tools};

/// The program under test.
///
/// # Panics
///
/// It was not built.
pub fn leverage() -> PathBuf {
    let path = artifacts().join("leverage-under-test");
    assert!(path.exists(), "{} is missing: run `cargo test --workspace`", path.display());
    path
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; 128 and the signal's number, if a signal ended it.
    pub code: i32,
    /// What it said on standard output.
    pub stdout: String,
    /// What it said on standard error.
    pub stderr: String,
}

impl Outcome {
    fn new(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a program writes UTF-8");
        Self { code: code(output.status), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The outcome, if it is a success.
    ///
    /// # Panics
    ///
    /// It is none.
    #[track_caller]
    pub fn success(self) -> Self {
        self.exits(0)
    }

    /// The outcome, if it is this exit code.
    ///
    /// # Panics
    ///
    /// It is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "the exit code, with\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The outcome, if standard error holds these texts.
    ///
    /// # Panics
    ///
    /// One of them is missing.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} is not in\n{}", self.stderr);
        }
        self
    }
}

/// The exit code as a shell would give it.
pub fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

/// A command in a [`Place`]: nothing of this process's environment but `PATH` reaches it.
pub struct Run(Command);

impl Run {
    /// The program under test, in the project's root, with the AWS at `endpoint_url`.
    pub fn leverage(place: &Place, endpoint_url: &str) -> Self {
        let mut command = Command::new(leverage());
        surround(&mut command, place, endpoint_url);
        Self(command)
    }

    /// The real `aws` command, which reads the files that were written for the place's project.
    pub fn aws(place: &Place, endpoint_url: &str) -> Self {
        let mut command = Command::new(tools().bin().join("aws"));
        surround(&mut command, place, endpoint_url);
        command
            .env("AWS_CONFIG_FILE", place.aws().join("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", place.aws().join("credentials"));
        Self(command)
    }

    /// Any program, in the project's root, with the AWS at `endpoint_url`.
    pub fn program(name: &str, place: &Place, endpoint_url: &str) -> Self {
        let mut command = Command::new(name);
        surround(&mut command, place, endpoint_url);
        Self(command)
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(arguments);
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs in this folder instead.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Runs it to its end, without a terminal.
    ///
    /// # Panics
    ///
    /// It can't be started.
    pub fn outcome(self) -> Outcome {
        self.with_input("")
    }

    /// Runs it to its end with this on standard input.
    ///
    /// # Panics
    ///
    /// It can't be started.
    pub fn with_input(mut self, input: &str) -> Outcome {
        self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.0));
        // A program that does not read closes the pipe, which is its right.
        let _ = child.stdin.take().expect("it was piped").write_all(input.as_bytes());
        Outcome::new(child.wait_with_output().expect("a child can be waited for"))
    }

    /// The command itself, to be started in some other way.
    pub fn into_command(self) -> Command {
        self.0
    }
}

fn surround(command: &mut Command, place: &Place, endpoint_url: &str) {
    command
        .current_dir(place.project())
        .env_clear()
        .env("PATH", path())
        .env("HOME", place.home())
        .env("AWS_ENDPOINT_URL", endpoint_url)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_COLOR", "1");
}

/// `PATH`, with the real `aws` command first.
fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools().bin()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).expect("paths without colons")
}
