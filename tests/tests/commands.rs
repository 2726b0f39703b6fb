//! Commands of a loaded output, in whole runs: what they are given, what they say, and what is told when one fails.

mod outputs_support;

use leverage::error::Kind;
use leverage_tests::program::leverage;
use leverage_tests::tools::artifacts;
use outputs_support::World;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

fn world(commands: Value) -> World {
    let world = World::new(&["aws-cli-files", "runs"]);
    fs::write(world.project_file("commands.json"), commands.to_string()).unwrap();
    world
}

fn sh(script: &str) -> Value {
    json!({ "program": "sh", "arguments": ["-c", script] })
}

#[test]
fn they_run_in_order_after_the_files_are_written() {
    let world = World::new(&["aws-cli-files", "runs"]);
    let script = format!("pwd; test -s {}/.aws/ex/config && echo written", world.home().display());
    fs::write(world.project_file("commands.json"), json!([sh(&script), sh("echo second >&2")]).to_string()).unwrap();
    let report = world.configure().unwrap();
    let folder = world.project.root.canonicalize().unwrap().display().to_string();
    assert_eq!(world.said(), format!("{folder}\nwritten\nsecond\n"));
    assert_eq!(report.commands.len(), 2);
    assert_eq!((report.commands[1].output.as_str(), report.commands[1].time_limit), ("runs", 60));
}

#[test]
fn a_secret_goes_through_standard_input_and_is_masked_wherever_it_comes_back() {
    let look = "cat; cat /proc/$$/cmdline | tr '\\0' ' '; echo; env";
    let world = world(json!([{ "program": "sh", "arguments": ["-c", look], "stdin": "key {secret}\n" }]));
    let proof = world.project_file("proof");
    let copy = json!({ "program": "tee", "arguments": [proof], "stdin": "{secret}" });
    let commands = fs::read_to_string(world.project_file("commands.json")).unwrap();
    let mut commands: Vec<Value> = serde_json::from_str(&commands).unwrap();
    commands.push(copy);
    fs::write(world.project_file("commands.json"), json!(commands).to_string()).unwrap();
    let report = world.configure().unwrap();
    assert_eq!(fs::read_to_string(proof).unwrap(), world.secret(), "the program gets the secret itself");
    assert!(world.said().starts_with("key ********\n"), "{}", world.said());
    for text in [world.said(), format!("{report:?}"), serde_json::to_string(&report).unwrap()] {
        assert!(!text.contains(&world.secret()), "{text}");
    }
    assert_eq!(report.commands[0].stdin.as_deref(), Some("key ********\n"));
}

#[test]
fn a_dry_run_shows_them_and_runs_none() {
    let mut world = world(json!([{ "program": "touch", "arguments": ["ran"], "stdin": "{secret}" }]));
    world.options.dry_run = true;
    let report = world.configure().unwrap();
    assert_eq!(report.commands[0].to_string(), "touch ran");
    assert_eq!(report.commands[0].stdin.as_deref(), Some("********"));
    assert!(!world.project_file("ran").exists());
}

#[test]
fn one_that_fails_ends_the_run_and_the_error_says_what_is_done() {
    let world = world(json!([sh("echo one"), sh("echo why >&2; exit 3"), sh("echo three")]));
    let error = world.configure().map(|_| ()).unwrap_err();
    assert_eq!((error.kind, error.kind.exit_code()), (Kind::Command, 41));
    let message = "the command `sh -c 'echo why >&2; exit 3'` of the output runs ended with exit code 3";
    assert_eq!(error.message, message);
    let hint = error.hint.unwrap();
    for part in [".aws/ex/config", ".aws/ex/credentials", "run: `sh -c 'echo one'`"] {
        assert!(hint.contains(part), "{hint}");
    }
    assert_eq!(world.said(), "one\nwhy\n");
    assert!(world.home().join(".aws/ex/config").exists());
}

#[test]
fn one_that_takes_too_long_is_ended_with_all_that_it_started() {
    let mut command = sh("sleep 600 & echo $!; wait");
    command["time_limit"] = json!(1);
    let world = world(json!([command]));
    let error = world.configure().map(|_| ()).unwrap_err();
    assert!(error.message.ends_with("was ended at its time limit of 1 s"), "{error}");
    let said = world.said();
    let stat = fs::read_to_string(format!("/proc/{}/stat", said.trim()));
    // Killed is killed: at most its entry is left, until somebody looks after it.
    let gone = stat.map_or(true, |stat| !stat.contains("(sleep) S"));
    assert!(gone, "the process {said} still runs");
}

#[test]
fn what_a_plugin_may_not_do_is_refused_before_anything_is_written() {
    for command in [
        json!({ "program": "echo", "arguments": ["{secret}"] }),
        json!({ "program": "./commands.json" }),
        json!({ "program": "true", "time_limit": 0 }),
    ] {
        let world = world(json!([command]));
        let error = world.configure().map(|_| ()).unwrap_err();
        assert_eq!(error.kind, Kind::Plugin, "{error}");
        assert!(error.message.starts_with("the output runs of the plugin runs"), "{error}");
        assert!(!world.home().join(".aws/ex/config").exists());
    }
}

#[test]
fn who_adds_the_plugin_is_told_that_it_may_have_commands_run() {
    let file = artifacts().join("examples/libtest_runs.so");
    let output = Command::new(leverage()).args(["plugin", "inspect"]).arg(file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("asks for    file/1, run/1\n  may run     commands, with your rights"), "{text}");
}

#[test]
fn ctrl_c_ends_a_command_and_the_error_does_not_say_that_nothing_was_changed() {
    let world = world(json!([sh("echo started; exec sleep 600")]));
    let start = |arguments: &[&str]| {
        let mut command = Command::new(leverage());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).args(arguments);
        command.env("HOME", world.home()).env("AWS_ENDPOINT_URL", world.sandbox.endpoint_url());
        command.current_dir(&world.project.root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let file = artifacts().join("examples/libtest_runs.so");
    let added = start(&["plugin", "add", "--yes", file.to_str().unwrap()]).wait_with_output().unwrap();
    assert!(added.status.success(), "{added:?}");
    let keys = world.options.credentials_file.as_ref().unwrap().to_str().unwrap();
    let configure = ["credentials", "configure", "--type", "management", "--credentials-file", keys];
    let mut child = start(&[&configure[..], &["--output", "aws-cli-files", "--output", "runs"]].concat());
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line == "started"));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    let rest: Vec<String> = said.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    let rest = rest.join("\n");
    assert!(rest.contains("of the output runs was interrupted") && rest.contains("already done: written: "), "{rest}");
    assert!(!rest.contains("nothing was changed"), "{rest}");
}
