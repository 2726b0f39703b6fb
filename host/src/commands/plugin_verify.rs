//! `leverage plugin verify`: runs the test kit on a library.
//!
//! The library is opened in a child process, so that whatever it does there ends as a line of the report.
//! The child writes one message on each line of the pipe that it is started with. What the plugin prints goes
//! nowhere near it.

use leverage_plugin_api::abi::PluginModRef;
use leverage_testkit::{Check, Event, Fixtures, Kit, Outcome, Report};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::cli::{VERIFY_CHILD, VerifyChildArgs, VerifyPluginArgs};
use crate::ui;
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_loader::{self as plugins, ErrorDocument, limit_process, take_pipes};

/// What the child tells.
#[derive(Debug, Serialize, Deserialize)]
enum Message {
    Started(String),
    Finished(Check),
    Refused(ErrorDocument),
    Done,
}

/// Runs the command; gives the exit code.
///
/// # Errors
///
/// A file that is no plugin, or fixtures that can't be read.
pub fn run(args: &VerifyPluginArgs) -> Result<u8> {
    // Says more of a file that is no plugin than opening it would, and runs none of it.
    plugins::inspect(&plugins::read_library(&args.file)?, &format!("`{}`", args.file.display()))?;
    let file = args
        .file
        .canonicalize()
        .map_err(|error| Error::new(Kind::Files, format!("{} can't be read", args.file.display())).cause(error))?;
    let internal = |error: std::io::Error| Error::new(Kind::Internal, "the checks can't be started").cause(error);
    let mut command = Command::new(std::env::current_exe().map_err(internal)?);
    command.arg(VERIFY_CHILD).arg(&file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(fixtures) = &args.fixtures {
        command.arg("--fixtures").arg(fixtures);
    }
    // The plugin gets to see nothing of the environment: there may be secrets in it.
    command.env_clear();
    let mut child = command.spawn().map_err(internal)?;
    let shown = if args.json { |_: &Check| {} } else { ui::check };
    let report = watch(&mut child, Duration::from_secs(args.time_limit), shown);
    // It has ended, or is to end now; either way there is nothing more to learn from it.
    let _ = child.kill();
    let _ = child.wait();
    let report = report?;
    let passed = report.passed();
    if args.json {
        ui::json(&serde_json::json!({ "file": file, "passed": passed, "checks": report.checks }));
    } else {
        ui::verdict(passed);
    }
    Ok(if passed { exit_code::SUCCESS } else { exit_code::PLUGIN })
}

/// Follows the child to its end, and shows each check as it ends.
fn watch(child: &mut Child, limit: Duration, shown: fn(&Check)) -> Result<Report> {
    let messages = messages(child)?;
    let deadline = Instant::now() + limit;
    let mut checks: Vec<Check> = Vec::new();
    let mut running = None;
    let ended = loop {
        match messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Message::Started(name)) => running = Some(name),
            Ok(Message::Finished(check)) => {
                shown(&check);
                checks.push(check);
                running = None;
            }
            Ok(Message::Refused(error)) => return Err(error.into()),
            Ok(Message::Done) => return Ok(Report::new(checks)),
            Err(RecvTimeoutError::Timeout) => break format!("not done after {} s", limit.as_secs()),
            Err(RecvTimeoutError::Disconnected) => {
                break child.wait().map_or_else(|error| error.to_string(), how_it_ended);
            }
        }
    };
    let Some(running) = running else {
        return Err(Error::new(Kind::Plugin, format!("the plugin can't be opened: {ended}")));
    };
    for (name, rule) in leverage_testkit::rules().skip(checks.len()) {
        let outcome = if name == running {
            Outcome::Failed(ended.clone())
        } else {
            Outcome::NotRun("the plugin did not survive".to_owned())
        };
        let check = Check::new(name, rule, outcome);
        shown(&check);
        checks.push(check);
    }
    Ok(Report::new(checks))
}

/// The longest message: what a check says may repeat a response, which is no longer.
const LONGEST_MESSAGE: usize = plugins::LONGEST_RESPONSE;

/// The child's messages, read by a thread of their own, so that waiting for one can have a limit.
fn messages(child: &mut Child) -> Result<Receiver<Message>> {
    let output = child.stdout.take().ok_or_else(|| Error::new(Kind::Internal, "the checks have no output"))?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || pass_on(BufReader::new(output), LONGEST_MESSAGE, &sender));
    Ok(receiver)
}

/// Sends on each message. A plugin that found the pipe may write there what it likes: what is no message is left out, and
/// one that is too long is the last.
fn pass_on(mut lines: impl BufRead, longest: usize, sender: &Sender<Message>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = longest as u64 + 1;
        if !lines.by_ref().take(most).read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            return;
        }
        if line.len() > longest {
            let message = format!("the checks say more than {} MiB at once", longest >> 20);
            // Whoever waited may have given up.
            let _ = sender.send(Message::Refused(Error::new(Kind::Plugin, message).into()));
            return;
        }
        let message = serde_json::from_slice(&line).ok();
        if message.is_some_and(|message| sender.send(message).is_err()) {
            return;
        }
    }
}

fn how_it_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("the plugin crashed (signal {signal})"),
        (None, Some(code)) => format!("the plugin ended the process (exit code {code})"),
        (None, None) => "the plugin ended the process".to_owned(),
    }
}

/// The child: opens the library and runs the kit.
///
/// # Errors
///
/// Its own output can't be written.
pub fn child(args: &VerifyChildArgs) -> Result<u8> {
    let (_, mut parent) =
        take_pipes().map_err(|error| Error::new(Kind::Internal, "there is no parent").cause(error))?;
    limit_process();
    let (subject, fixtures) = match opened(args) {
        Ok(opened) => opened,
        Err(error) => {
            tell(&mut parent, &Message::Refused(error.into()))?;
            return Ok(exit_code::PLUGIN);
        }
    };
    let mut told = Ok(());
    Kit::new(&subject).fixtures(fixtures).run(|event| {
        let message = match event {
            Event::Started(name) => Message::Started(name.to_owned()),
            Event::Finished(check) => Message::Finished(check.clone()),
            _ => return,
        };
        if told.is_ok() {
            told = tell(&mut parent, &message);
        }
    });
    told.and_then(|()| tell(&mut parent, &Message::Done)).map(|()| exit_code::SUCCESS)
}

fn opened(args: &VerifyChildArgs) -> Result<(PluginModRef, Fixtures)> {
    let fixtures = args.fixtures.as_deref().map(fixtures).transpose()?.unwrap_or_default();
    Ok((plugins::load(&args.file, &format!("`{}`", args.file.display()))?.module(), fixtures))
}

fn fixtures(path: &Path) -> Result<Fixtures> {
    let refused =
        |cause: String| Error::new(Kind::Usage, format!("the fixtures {} can't be used", path.display())).cause(cause);
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refused(error.to_string()))
}

/// Writes a message to the parent, on a line of its own.
fn tell(parent: &mut File, message: &Message) -> Result<()> {
    let failed = |cause: String| Error::new(Kind::Internal, "the checks can't tell what they found").cause(cause);
    let json = serde_json::to_string(message).map_err(|error| failed(error.to_string()))?;
    writeln!(parent, "{json}").map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_longest_length() {
        let passed = |lines: &[u8]| {
            let (sender, receiver) = channel();
            pass_on(lines, 64, &sender);
            drop(sender);
            receiver.iter().map(|message| format!("{message:?}")).collect::<Vec<_>>()
        };
        assert_eq!(passed(b"garbage\n{\"Started\":\"a\"}\n\"Done\"\n"), ["Started(\"a\")", "Done"]);
        // The rest is not even read.
        let long = passed(&[&[b' '; 100][..], b"\n\"Done\"\n"].concat());
        assert!(matches!(long.as_slice(), [only] if only.contains("the checks say more than")), "{long:?}");
    }
}
