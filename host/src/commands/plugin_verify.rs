//! `leverage plugin verify`: runs the test kit on a library, in a child process, so that a crash is a failed check.
//!
//! The child writes one message per line to its standard output, which the plugin cannot reach: see [`child`].

#![allow(clippy::disallowed_methods, reason = "starts the child process and limits its time")]

mod child;
mod message;

use leverage_testkit::{Check, Outcome, Report};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::cli::{VERIFY_CHILD, VerifyPluginArgs};
use crate::effects::machine;
use crate::ui;
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_loader as plugins;

pub(crate) use child::run_child;
use message::{LONGEST_MESSAGE, Message, forward_messages};

/// Runs the command and returns the exit code.
///
/// # Errors
///
/// The file is not a plugin, the fixtures are invalid, or the child process cannot be started.
pub(crate) fn run(args: &VerifyPluginArgs) -> Result<u8> {
    // Inspecting gives a better error for a file that is not a plugin, and runs no code.
    plugins::inspect(&plugins::read_library(&args.file)?, &format!("`{}`", args.file.display()))?;
    let file = machine::canonical_path(&args.file)
        .map_err(|error| Error::new(Kind::Files, format!("failed to read `{}`", args.file.display())).cause(error))?;
    let mut command = Command::new(machine::current_program()?);
    command.arg(VERIFY_CHILD).arg(&file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(fixtures) = &args.fixtures {
        command.arg("--fixtures").arg(fixtures);
    }
    // The environment may contain secrets, which the plugin must not see.
    command.env_clear();
    let mut child =
        command.spawn().map_err(|error| Error::new(Kind::Internal, "failed to start the checks").cause(error))?;
    let show = if args.json { |_: &Check| {} } else { ui::check };
    let report = follow(&mut child, Duration::from_secs(args.time_limit), show);
    // The child has ended or must end now. Its status adds nothing to the report.
    let _ = child.kill();
    let _ = child.wait();
    let report = report?;
    let passed = report.passed();
    if args.json {
        ui::json(&serde_json::json!({ "file": file, "passed": passed, "checks": report.checks }));
    } else {
        ui::verdict(&report);
    }
    Ok(if passed { exit_code::SUCCESS } else { exit_code::PLUGIN })
}

/// Follows the child to its end, and shows each check when it ends.
fn follow(child: &mut Child, limit: Duration, show: fn(&Check)) -> Result<Report> {
    let messages = messages(child)?;
    let deadline = Instant::now() + limit;
    let mut checks: Vec<Check> = Vec::new();
    let mut running = None;
    let end = loop {
        match messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Message::Started(name)) => running = Some(name),
            Ok(Message::Finished(check)) => {
                show(&check);
                checks.push(check);
                running = None;
            }
            Ok(Message::Refused(refusal)) => return Err(refusal.into()),
            Ok(Message::Done) => return Ok(Report::new(checks)),
            Err(RecvTimeoutError::Timeout) => break format!("time limit of {} s exceeded", limit.as_secs()),
            Err(RecvTimeoutError::Disconnected) => {
                break child.wait().map_or_else(|error| error.to_string(), describe_exit);
            }
        }
    };
    let Some(running) = running else {
        return Err(Error::new(Kind::Plugin, "failed to open the plugin").cause(end));
    };
    for (name, rule) in leverage_testkit::rules().skip(checks.len()) {
        let outcome = if name == running {
            Outcome::Failed(end.clone())
        } else {
            Outcome::NotRun("an earlier check ended the plugin".to_owned())
        };
        let check = Check::new(name, rule, outcome);
        show(&check);
        checks.push(check);
    }
    Ok(Report::new(checks))
}

/// The messages of the child. A thread reads them, so that waiting for one can have a time limit.
fn messages(child: &mut Child) -> Result<Receiver<Message>> {
    let output = child.stdout.take().ok_or_else(|| Error::new(Kind::Internal, "the checks have no output"))?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || forward_messages(std::io::BufReader::new(output), LONGEST_MESSAGE, &sender));
    Ok(receiver)
}

fn describe_exit(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("plugin crashed (signal {signal})"),
        (None, Some(code)) => format!("plugin ended its process (exit code {code})"),
        (None, None) => "plugin ended its process".to_owned(),
    }
}
