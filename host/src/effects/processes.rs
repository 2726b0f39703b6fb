//! Runs commands as processes of this machine, each to its end or to its time limit, and passes on what they print line by
//! line.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use rustix::process::{Pid, Signal, kill_process_group};
use std::cell::Cell;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use zeroize::Zeroizing;

use leverage_run::effects::{CommandFailure, Commands, Invocation};

/// The start of variables with answers, secrets among them, which are for this program alone.
const ANSWERS: &str = "LEVERAGE_ANSWER_";

/// The longest line that is passed on; what follows in it is left out.
const LONGEST_LINE: usize = 64 << 10;

/// Commands as processes of this machine, each in a process group of its own.
pub struct Processes;

impl Commands for Processes {
    fn run<'a>(
        &'a self,
        invocation: &'a Invocation<'a>,
        say: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Result<(), CommandFailure>> {
        run(invocation, say).boxed_local()
    }
}

async fn run(invocation: &Invocation<'_>, say: &dyn Fn(&str)) -> Result<(), CommandFailure> {
    let mut child = command(invocation).spawn().map_err(|error| CommandFailure::NotStarted(error.to_string()))?;
    // Whatever ends this function, and be it that it is dropped, ends the whole group.
    let group = Group(Cell::new(child.id().and_then(|id| Pid::from_raw(id.cast_signed()))));
    let ended = Cell::new(None);
    let work = work(&mut child, &group, &ended, &invocation.stdin, say);
    tokio::select! {
        biased;
        () = work => {}
        _ = tokio::signal::ctrl_c() => return Err(CommandFailure::Interrupted),
        () = tokio::time::sleep(invocation.time_limit) => {}
    }
    // One that has ended, and left a process behind that keeps its output open, was not too slow.
    match ended.take() {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(status
            .code()
            .map_or_else(|| CommandFailure::Signal(status.signal().unwrap_or_default()), CommandFailure::Code)),
        None => Err(CommandFailure::TooSlow(invocation.time_limit)),
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
