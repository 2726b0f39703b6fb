//! Real processes: what they are given, what they say, and how they end.

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
    let said = RefCell::new(Vec::new());
    let say = |line: &str| said.borrow_mut().push(line.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(Processes.run(&invocation, &say));
    (result, said.into_inner())
}

fn run(script: &str, stdin: &str) -> (Result<(), CommandFailure>, Vec<String>) {
    run_for(script, stdin, Duration::from_secs(60))
}

#[test]
fn it_reads_its_input_and_is_heard_on_both_pipes() {
    let (result, mut said) = run("read line; echo \"got $line\"; printf 'no end' >&2", "hello\nmore\n");
    said.sort();
    assert_eq!((result, said), (Ok(()), vec!["got hello".to_owned(), "no end".to_owned()]));
}

#[test]
fn one_that_does_not_read_is_not_waited_for() {
    assert_eq!(run("exit 0", &"x".repeat(1 << 20)).0, Ok(()));
}

#[test]
fn how_it_failed_is_told() {
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
fn at_the_time_limit_all_that_it_started_ends() {
    let limit = Duration::from_secs(2);
    // The shell tells the number of a process that it waits for.
    let (result, said) = run_for("sleep 600 & echo $!; wait", "", limit);
    assert_eq!(result, Err(CommandFailure::TooSlow(limit)));
    assert_ended(&said);
}

#[test]
fn what_it_leaves_behind_ends_with_it_and_is_not_waited_for() {
    let start = Instant::now();
    let (result, said) = run("sleep 600 & echo $!", "");
    assert_eq!(result, Ok(()));
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_ended(&said);
}

/// The process whose number was said is gone, or a zombie that nobody has looked after yet.
fn assert_ended(said: &[String]) {
    let [number] = said else { panic!("{said:?}") };
    // An orphan's end is seen once the kernel is through with it.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        match std::fs::read_to_string(format!("/proc/{number}/stat")) {
            Err(_) => return,
            Ok(stat) if stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')) => return,
            Ok(_) => std::thread::yield_now(),
        }
    }
    panic!("the process {number} still runs");
}

#[test]
fn an_endless_line_takes_no_endless_memory() {
    let (result, said) = run("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end", "");
    assert_eq!(result, Ok(()));
    assert_eq!(said.iter().map(String::len).collect::<Vec<_>>(), [LONGEST_LINE, 3]);
}

#[test]
fn one_that_nobody_waits_for_any_more_ends() {
    let arguments = ["-c".to_owned(), "sleep 600 & echo $!; wait".to_owned()];
    let invocation = Invocation {
        program: "sh",
        arguments: &arguments,
        stdin: Zeroizing::default(),
        folder: Path::new("/"),
        time_limit: Duration::from_secs(600),
    };
    let said = RefCell::new(Vec::new());
    let heard = tokio::sync::Notify::new();
    let say = |line: &str| {
        said.borrow_mut().push(line.to_owned());
        heard.notify_one();
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            result = Processes.run(&invocation, &say) => panic!("{result:?}"),
            () = heard.notified() => {}
        }
    });
    assert_ended(&said.into_inner());
}
