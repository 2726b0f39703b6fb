//! A Python process that sets moto up through boto3 and reads files with the real readers.

use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::tools::{own_folder, tools};

/// The process. It ends with its standard input, and so with the test program.
struct Counterparts {
    _process: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

/// Asks the process, and starts it at the first call.
///
/// # Panics
///
/// The answer is an error.
pub fn ask(request: &Value) -> Value {
    let reply = reply(request);
    match reply.get("ok") {
        Some(result) => result.clone(),
        None => panic!("{request}\n{}", reply["error"].as_str().unwrap_or("no reply")),
    }
}

/// The reply of the process, also if it is an error.
fn reply(request: &Value) -> Value {
    static PROCESS: OnceLock<Mutex<Counterparts>> = OnceLock::new();
    let process = PROCESS.get_or_init(|| Mutex::new(Counterparts::start()));
    process.lock().unwrap_or_else(PoisonError::into_inner).ask(request)
}

/// The files that [`read_state`] can read.
pub const STATE: [&str; 4] = ["config", "credentials", "tfvars", "project_yaml"];

/// The contents of the `wanted` files of [`STATE`], as the real readers parse them.
pub fn read_state(aws: &Path, project: &Path, wanted: &[&str]) -> Value {
    let paths = [
        aws.join("config"),
        aws.join("credentials"),
        project.join("config/common.tfvars"),
        project.join("project.yaml"),
    ];
    let files: Map<String, Value> = std::iter::zip(STATE, paths)
        .filter(|(name, _)| wanted.contains(name))
        .map(|(name, path)| (name.to_owned(), path.display().to_string().into()))
        .collect();
    ask(&json!({ "do": "read", "files": files }))
}

/// The names of the profiles that botocore finds in the files.
pub fn profiles(aws: &Path) -> Vec<String> {
    let names = ask(&json!({
        "do": "profiles", "config": aws.join("config"), "credentials": aws.join("credentials"),
    }));
    names.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// Whether botocore can read the files at all.
pub fn can_read(aws: &Path) -> bool {
    let request = json!({ "do": "profiles", "config": aws.join("config"), "credentials": aws.join("credentials") });
    reply(&request).get("ok").is_some()
}

impl Counterparts {
    fn start() -> Self {
        let mut process = Command::new(tools().python())
            .arg(own_folder("python/counterparts.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python process of the tests starts");
        let requests = process.stdin.take().expect("it was piped");
        let replies = BufReader::new(process.stdout.take().expect("it was piped"));
        Self { _process: process, requests, replies }
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").expect("the Python process of the tests reads");
        let mut line = String::new();
        self.replies.read_line(&mut line).expect("the Python process of the tests writes");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in the reply {line:?}"))
    }
}
