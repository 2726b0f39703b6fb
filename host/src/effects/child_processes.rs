//! Runs the commands of outputs as child processes, each with a time limit, and forwards what they print line by line.

#![allow(clippy::disallowed_methods, reason = "runs the commands of outputs")]

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use rustix::process::{Pid, Signal, kill_process_group};
use std::cell::Cell;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use zeroize::Zeroizing;

use super::machine;
use leverage_run::effects::{CommandFailure, Commands, Invocation};

/// The prefix of variables with answers, which may be secret and are not for other programs.
const ANSWER_PREFIX: &str = "LEVERAGE_ANSWER_";

/// The longest line that is forwarded; the rest of a longer one is dropped.
const LONGEST_LINE: usize = 64 << 10;

/// Runs commands as child processes, each in a separate process group.
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
    // Ends the whole process group when this function ends or is dropped.
    let group = Group(Cell::new(child.id().and_then(|id| Pid::from_raw(id.cast_signed()))));
    let ended = Cell::new(None);
    let work = communicate(&mut child, &group, &ended, &invocation.stdin, say);
    tokio::select! {
        biased;
        () = work => {}
        _ = tokio::signal::ctrl_c() => return Err(CommandFailure::Interrupted),
        () = tokio::time::sleep(invocation.time_limit) => {}
    }
    // At the time limit the command itself may have ended, and only a process that it left behind keeps the pipes open.
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
    for name in machine::environment_names(ANSWER_PREFIX) {
        command.env_remove(name);
    }
    command
}

/// Writes the input and forwards the output, until the process has ended and its pipes are closed.
async fn communicate(
    child: &mut Child,
    group: &Group,
    ended: &Cell<Option<ExitStatus>>,
    input: &str,
    say: &dyn Fn(&str),
) {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let wait = async {
        ended.set(child.wait().await.ok());
        group.end();
    };
    tokio::join!(wait, write_input(stdin, input), forward_lines(stdout, say), forward_lines(stderr, say));
}

async fn write_input(stdin: Option<ChildStdin>, input: &str) {
    if let Some(mut stdin) = stdin {
        // A program need not read its input: a closed pipe is not an error.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
}

async fn forward_lines(pipe: Option<impl AsyncRead + Unpin>, say: &dyn Fn(&str)) {
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

/// The process group of a command.
struct Group(Cell<Option<Pid>>);

impl Group {
    /// Kills the processes that are left. Only once, because the system may reuse the id.
    fn end(&self) {
        if let Some(leader) = self.0.take() {
            // Usually none is left, which is an error here.
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
