//! Commands of a loaded output, in complete runs: their input, their output, and the error if one fails.

use leverage::error::Kind;
use leverage_tests::outputs::Outputs;
use leverage_tests::plugins::plugin;
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

fn outputs(commands: Value) -> Outputs {
    let outputs = Outputs::new(&["aws-cli-files", "runs"]);
    outputs.world.put("commands.json", &commands.to_string());
    outputs
}

fn sh(script: &str) -> Value {
    json!({ "program": "sh", "arguments": ["-c", script] })
}

#[test]
fn commands_run_in_order_after_the_files_are_written() {
    let outputs = Outputs::new(&["aws-cli-files", "runs"]);
    let script = format!("pwd; test -s {}/.aws/ex/config && echo written", outputs.home().display());
    fs::write(outputs.project_file("commands.json"), json!([sh(&script), sh("echo second >&2")]).to_string()).unwrap();
    let report = outputs.configure().unwrap();
    let folder = outputs.world.project.root.canonicalize().unwrap().display().to_string();
    assert_eq!(outputs.said(), format!("{folder}\nwritten\nsecond\n"));
    assert_eq!(report.commands.len(), 2);
    assert_eq!((report.commands[1].output.as_str(), report.commands[1].time_limit), ("runs", 60));
}

#[test]
fn secret_is_passed_on_standard_input_and_masked_in_output() {
    let look = "cat; cat /proc/$$/cmdline | tr '\\0' ' '; echo; env";
    let outputs = outputs(json!([{ "program": "sh", "arguments": ["-c", look], "stdin": "key {secret}\n" }]));
    let proof = outputs.project_file("proof");
    let copy = json!({ "program": "tee", "arguments": [proof], "stdin": "{secret}" });
    let commands = fs::read_to_string(outputs.project_file("commands.json")).unwrap();
    let mut commands: Vec<Value> = serde_json::from_str(&commands).unwrap();
    commands.push(copy);
    outputs.world.put("commands.json", &json!(commands).to_string());
    let report = outputs.configure().unwrap();
    assert_eq!(fs::read_to_string(proof).unwrap(), outputs.secret(), "the program gets the secret itself");
    assert!(outputs.said().starts_with("key ********\n"), "{}", outputs.said());
    for text in [outputs.said(), format!("{report:?}"), serde_json::to_string(&report).unwrap()] {
        assert!(!text.contains(&outputs.secret()), "{text}");
    }
    assert_eq!(report.commands[0].stdin.as_deref(), Some("key ********\n"));
}

#[test]
fn dry_run_shows_commands_and_runs_none() {
    let mut outputs = outputs(json!([{ "program": "touch", "arguments": ["ran"], "stdin": "{secret}" }]));
    outputs.options.dry_run = true;
    let report = outputs.configure().unwrap();
    assert_eq!(report.commands[0].to_string(), "touch ran");
    assert_eq!(report.commands[0].stdin.as_deref(), Some("********"));
    assert!(!outputs.project_file("ran").exists());
}

#[test]
fn failing_command_ends_the_run_and_names_what_is_done() {
    let outputs = outputs(json!([sh("echo one"), sh("echo why >&2; exit 3"), sh("echo three")]));
    let error = outputs.error();
    assert_eq!((error.kind, error.kind.exit_code()), (Kind::Command, 41));
    snapshot!(outputs.world.place.filter(&transcript::error(&error)));
    assert_eq!(outputs.said(), "one\nwhy\n");
    assert!(outputs.home().join(".aws/ex/config").exists());
}

#[test]
fn command_at_its_time_limit_is_ended_with_its_children() {
    let mut command = sh("sleep 600 & echo $!; wait");
    command["time_limit"] = json!(1);
    let outputs = outputs(json!([command]));
    snapshot!(outputs.world.place.filter(&transcript::error(&outputs.error())));
    let said = outputs.said();
    let stat = fs::read_to_string(format!("/proc/{}/stat", said.trim()));
    // The process was killed: at most its entry in the process table remains.
    let gone = stat.map_or(true, |stat| !stat.contains("(sleep) S"));
    assert!(gone, "the process {said} still runs");
}

#[test]
fn forbidden_command_is_refused_before_any_write() {
    for (name, command) in [
        ("secret_argument", json!({ "program": "echo", "arguments": ["{secret}"] })),
        ("relative_program", json!({ "program": "./commands.json" })),
        ("without_time", json!({ "program": "true", "time_limit": 0 })),
    ] {
        let outputs = outputs(json!([command]));
        let error = outputs.error();
        assert_eq!(error.kind, Kind::Plugin, "{error}");
        snapshot!(format!("forbidden_command_{name}"), outputs.world.place.filter(&transcript::error(&error)));
        assert!(!outputs.home().join(".aws/ex/config").exists());
    }
}

#[test]
fn inspect_says_that_a_plugin_may_run_commands() {
    let world = World::new();
    world.command().args(["plugin", "inspect"]).args([plugin("runs")]).outcome().success();
    snapshot!(world.place.transcript());
}

#[test]
fn ctrl_c_ends_a_command_and_names_what_is_done() {
    let outputs = outputs(json!([sh("echo started; exec sleep 600")]));
    outputs.world.add("runs", &[]);
    let keys = outputs.options.credentials_file.as_ref().unwrap().to_str().unwrap();
    let configure = ["credentials", "configure", "--type", "management", "--credentials-file", keys];
    let run = outputs.world.command().args(configure).args(["--output", "aws-cli-files", "--output", "runs"]);
    let mut command = run.into_command();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line == "started"));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    let rest: Vec<String> = said.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    let rest = rest.join("\n");
    assert!(!rest.contains("nothing was changed"), "{rest}");
    snapshot!(outputs.world.place.filter(&rest));
}
