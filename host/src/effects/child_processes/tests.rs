//! Real child processes: their input, their output and their ends.

use super::*;
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

fn run_for(script: &str, stdin: &str, time_limit: Duration) -> (Result<(), CommandFailure>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-c".to_owned(), script.to_owned()];
    let stdin = Zeroizing::new(stdin.to_owned());
    let invocation = Invocation { program: "sh", arguments: &arguments, stdin, folder: folder.path(), time_limit };
    let lines = RefCell::new(Vec::new());
    let say = |line: &str| lines.borrow_mut().push(line.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(Processes.run(&invocation, &say));
    (result, lines.into_inner())
}

fn run(script: &str, stdin: &str) -> (Result<(), CommandFailure>, Vec<String>) {
    run_for(script, stdin, Duration::from_secs(60))
}

#[test]
fn run_writes_input_and_forwards_lines_of_both_pipes() {
    let (result, mut lines) = run("read line; echo \"got $line\"; printf 'no end' >&2", "hello\nmore\n");
    lines.sort();
    assert_eq!((result, lines), (Ok(()), vec!["got hello".to_owned(), "no end".to_owned()]));
}

#[test]
fn run_succeeds_when_command_does_not_read_its_input() {
    assert_eq!(run("exit 0", &"x".repeat(1 << 20)).0, Ok(()));
}

#[test]
fn run_reports_exit_code_signal_and_failed_start() {
    assert_eq!(run("exit 3", "").0, Err(CommandFailure::Code(3)));
    assert_eq!(run("kill -TERM $$", "").0, Err(CommandFailure::Signal(15)));
    let invocation = Invocation {
        program: "/no/such/program",
        arguments: &[],
        stdin: Zeroizing::default(),
        folder: Path::new("/"),
        time_limit: Duration::from_secs(1),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(Processes.run(&invocation, &|_| {}));
    assert!(matches!(result, Err(CommandFailure::NotStarted(_))), "{result:?}");
}

#[test]
fn run_kills_whole_group_at_time_limit() {
    let limit = Duration::from_secs(2);
    // The shell prints the id of the process that it waits for.
    let (result, lines) = run_for("sleep 600 & echo $!; wait", "", limit);
    assert_eq!(result, Err(CommandFailure::TooSlow(limit)));
    assert_ended(&lines);
}

#[test]
fn run_kills_processes_that_the_command_left_behind() {
    let start = Instant::now();
    let (result, lines) = run("sleep 600 & echo $!", "");
    assert_eq!(result, Ok(()));
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_ended(&lines);
}

/// Waits until the process with the printed id is gone, or a zombie.
fn assert_ended(lines: &[String]) {
    let [number] = lines else { panic!("{lines:?}") };
    // The kernel removes an orphan some time after its end.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        match std::fs::read_to_string(format!("/proc/{number}/stat")) {
            Err(_) => return,
            Ok(stat) if stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')) => return,
            Ok(_) => std::thread::yield_now(),
        }
    }
    panic!("process {number} is still running");
}

#[test]
fn forward_lines_cuts_a_long_line() {
    let (result, lines) = run("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end", "");
    assert_eq!(result, Ok(()));
    assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [LONGEST_LINE, 3]);
}

#[test]
fn dropped_run_kills_the_command() {
    let arguments = ["-c".to_owned(), "sleep 600 & echo $!; wait".to_owned()];
    let invocation = Invocation {
        program: "sh",
        arguments: &arguments,
        stdin: Zeroizing::default(),
        folder: Path::new("/"),
        time_limit: Duration::from_secs(600),
    };
    let lines = RefCell::new(Vec::new());
    let heard = tokio::sync::Notify::new();
    let say = |line: &str| {
        lines.borrow_mut().push(line.to_owned());
        heard.notify_one();
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            result = Processes.run(&invocation, &say) => panic!("{result:?}"),
            () = heard.notified() => {}
        }
    });
    assert_ended(&lines.into_inner());
}
