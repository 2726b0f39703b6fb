//! Commands: takes a program with its arguments and input, runs it to its end or to its time limit, and gives how it
//! ended. What it says is passed on line by line.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use rustix::process::{Pid, Signal, kill_process_group};
use std::cell::Cell;
use std::ffi::OsString;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use zeroize::Zeroizing;

/// The start of variables with answers, secrets among them, which are for this program alone.
const ANSWERS: &str = "LEVERAGE_ANSWER_";

/// The longest line that is passed on; what follows in it is left out.
const LONGEST_LINE: usize = 64 << 10;

/// A command to run.
pub struct Invocation<'a> {
    /// A name that is looked for in `PATH`, or an absolute path.
    pub program: &'a str,
    /// Its arguments.
    pub arguments: &'a [String],
    /// What it reads on standard input.
    pub stdin: Zeroizing<String>,
    /// The folder that it runs in.
    pub folder: &'a Path,
    /// After how long it is ended, with all that it started.
    pub time_limit: Duration,
}

/// Why a command did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    /// It could not be started.
    NotStarted(String),
    /// It exited with this code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It was ended at its time limit.
    TooSlow(Duration),
    /// It was ended at Ctrl-C.
    Interrupted,
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(why) => write!(formatter, "could not be started: {why}"),
            Self::Code(code) => write!(formatter, "ended with exit code {code}"),
            Self::Signal(signal) => write!(formatter, "was ended by signal {signal}"),
            Self::TooSlow(limit) => write!(formatter, "was ended at its time limit of {} s", limit.as_secs()),
            Self::Interrupted => formatter.write_str("was interrupted"),
        }
    }
}

/// Runs commands.
pub trait Commands {
    /// Runs one to its end. `say` gets each line that it says.
    fn run<'a>(
        &'a self,
        invocation: &'a Invocation<'a>,
        say: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Result<(), Failed>>;
}

/// Commands as processes of this machine, each in a process group of its own.
pub struct Processes;

impl Commands for Processes {
    fn run<'a>(
        &'a self,
        invocation: &'a Invocation<'a>,
        say: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Result<(), Failed>> {
        run(invocation, say).boxed_local()
    }
}

/// Runs no command: each fails.
pub struct Refused;

impl Commands for Refused {
    fn run<'a>(&'a self, _: &'a Invocation<'a>, _: &'a dyn Fn(&str)) -> LocalBoxFuture<'a, Result<(), Failed>> {
        async { Err(Failed::NotStarted("this program runs no commands".to_owned())) }.boxed_local()
    }
}

async fn run(invocation: &Invocation<'_>, say: &dyn Fn(&str)) -> Result<(), Failed> {
    let mut child = command(invocation).spawn().map_err(|error| Failed::NotStarted(error.to_string()))?;
    // Whatever ends this function, and be it that it is dropped, ends the whole group.
    let group = Group(Cell::new(child.id().and_then(|id| Pid::from_raw(id.cast_signed()))));
    let ended = Cell::new(None);
    let work = work(&mut child, &group, &ended, &invocation.stdin, say);
    tokio::select! {
        biased;
        () = work => {}
        _ = tokio::signal::ctrl_c() => return Err(Failed::Interrupted),
        () = tokio::time::sleep(invocation.time_limit) => {}
    }
    // One that has ended, and left a process behind that keeps its output open, was not too slow.
    match ended.take() {
        Some(status) if status.success() => Ok(()),
        Some(status) => {
            Err(status.code().map_or_else(|| Failed::Signal(status.signal().unwrap_or_default()), Failed::Code))
        }
        None => Err(Failed::TooSlow(invocation.time_limit)),
    }
}

fn command(invocation: &Invocation<'_>) -> Command {
    let mut command = Command::new(invocation.program);
    let stdin = if invocation.stdin.is_empty() { Stdio::null() } else { Stdio::piped() };
    command.args(invocation.arguments).current_dir(invocation.folder).process_group(0);
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let answers = |name: &OsString| name.as_encoded_bytes().starts_with(ANSWERS.as_bytes());
    for (name, _) in std::env::vars_os().filter(|(name, _)| answers(name)) {
        command.env_remove(name);
    }
    command
}

/// Feeds the process and passes on what it says, until it has ended and nobody can say any more.
async fn work(child: &mut Child, group: &Group, ended: &Cell<Option<ExitStatus>>, input: &str, say: &dyn Fn(&str)) {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let wait = async {
        ended.set(child.wait().await.ok());
        group.end();
    };
    tokio::join!(wait, feed(stdin, input), pass_on(stdout, say), pass_on(stderr, say));
}

async fn feed(stdin: Option<ChildStdin>, input: &str) {
    if let Some(mut stdin) = stdin {
        // A program that does not read to the end closes the pipe, which is its right.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
}

async fn pass_on(pipe: Option<impl AsyncRead + Unpin>, say: &dyn Fn(&str)) {
    let Some(pipe) = pipe else { return };
    let mut pipe = BufReader::new(pipe);
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    loop {
        let Ok(bytes) = pipe.fill_buf().await else { return };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let length = end.unwrap_or(bytes.len());
        let room = LONGEST_LINE - line.len();
        line.extend_from_slice(&bytes[..length.min(room)]);
        let is_last = bytes.is_empty();
        pipe.consume(length + usize::from(end.is_some()));
        if end.is_some() || (is_last && !line.is_empty()) {
            say(String::from_utf8_lossy(&line).trim_end_matches('\r'));
            line.clear();
        }
        if is_last {
            return;
        }
    }
}

/// The processes of a command.
struct Group(Cell<Option<Pid>>);

impl Group {
    /// Ends those that are left. Once: the number may be another's later.
    fn end(&self) {
        if let Some(leader) = self.0.take() {
            // Mostly there are none left.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
