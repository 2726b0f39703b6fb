//! Runs the program under test, and the real `aws` command, in a [`Place`].

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use leverage::error::visible::is_safe;
use serde_json::Value;

use crate::place::Place;
use crate::tools::{artifacts, tools};
use crate::transcript::Transcript;

/// The program under test, where it is another package's.
static LEVERAGE: OnceLock<PathBuf> = OnceLock::new();

/// Makes this the program under test, which is `leverage-under-test` otherwise.
///
/// # Panics
///
/// The program under test was chosen before.
pub fn set_leverage(path: &str) {
    LEVERAGE.set(path.into()).expect("the program under test is chosen once");
}

/// The program under test.
///
/// # Panics
///
/// It was not built.
pub fn leverage() -> PathBuf {
    let path = LEVERAGE.get().cloned().unwrap_or_else(|| artifacts().join("leverage-under-test"));
    assert!(path.exists(), "{} is missing: run `cargo test --workspace`", path.display());
    path
}

/// The output and exit code of a program.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; 128 and the signal's number, if a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
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

    /// Standard output as JSON.
    ///
    /// # Panics
    ///
    /// It is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// Standard output and standard error.
    ///
    /// # Panics
    ///
    /// They contain control characters.
    #[track_caller]
    pub fn all(&self) -> String {
        let all = format!("{}{}", self.stdout, self.stderr);
        let unsafe_line = all.lines().find(|line| !is_safe(line));
        assert_eq!(unsafe_line, None, "{all:?}");
        all
    }
}

/// The exit code as a shell would give it.
pub fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

/// A command in a [`Place`]: it inherits only `PATH` from this process.
pub struct Run {
    command: Command,
    /// The command line in the transcript.
    shown: Vec<String>,
    transcript: Arc<Mutex<Transcript>>,
}

impl Run {
    /// The program under test, in the project's root, with the AWS at `endpoint_url`.
    pub fn leverage(place: &Place, endpoint_url: &str) -> Self {
        let mut run = Self::new(leverage(), "leverage", place, endpoint_url);
        // The name by which people call it.
        run.command.arg0("leverage");
        run
    }

    /// The real `aws` command, which reads the files that were written for the place's project.
    pub fn aws(place: &Place, endpoint_url: &str) -> Self {
        Self::new(tools().bin().join("aws"), "aws", place, endpoint_url)
            .quiet_env("AWS_CONFIG_FILE", place.aws().join("config"))
            .quiet_env("AWS_SHARED_CREDENTIALS_FILE", place.aws().join("credentials"))
    }

    /// Any program, in the project's root, with the AWS at `endpoint_url`.
    pub fn program(name: &str, place: &Place, endpoint_url: &str) -> Self {
        Self::new(name, name, place, endpoint_url)
    }

    fn new(program: impl AsRef<OsStr>, name: &str, place: &Place, endpoint_url: &str) -> Self {
        let mut command = Command::new(program);
        surround(&mut command, place, endpoint_url);
        Self { command, shown: vec![name.to_owned()], transcript: Arc::clone(&place.transcript) }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        for argument in arguments {
            self.shown.push(argument.as_ref().to_string_lossy().into_owned());
            self.command.arg(argument);
        }
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.shown.insert(0, format!("{name}={}", value.as_ref().to_string_lossy()));
        self.quiet_env(name, value)
    }

    /// Sets a variable of the environment that no transcript shows.
    #[must_use]
    pub fn quiet_env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Leaves it out of the transcript.
    #[must_use]
    pub fn unrecorded(mut self) -> Self {
        self.transcript = Arc::default();
        self
    }

    /// Runs in this folder instead.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
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
        let command = &mut self.command;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // A program that does not read closes the pipe, which is its right.
        let _ = child.stdin.take().expect("it was piped").write_all(input.as_bytes());
        let outcome = Outcome::new(child.wait_with_output().expect("a child can be waited for"));
        let mut transcript = self.transcript.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.add(&self.shown.join(" "), outcome.code, &outcome.stdout, &outcome.stderr);
        drop(transcript);
        outcome
    }

    /// The command itself, to be started in some other way.
    pub fn into_command(self) -> Command {
        self.command
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
