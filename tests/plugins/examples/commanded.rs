//! A plugin that does to its process whatever the project's file `command` says: for `plugin verify`, whose
//! fixtures define its contents.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a plugin that misbehaves")]

use leverage_plugin_api::prelude::*;
use std::time::Duration;

struct Commanded;

impl CredentialType for Commanded {
    fn info(&self) -> TypeInfo {
        TypeInfo::new("COMMANDED", "Does what a file says")
    }

    fn plan(&self, _request: &Request, facts: &Facts) -> Step<Plan> {
        let command = facts.get(lookup::ReadFile { root: Root::Project, path: "command".to_owned() })?;
        match command.as_deref() {
            Some("exit") => std::process::exit(0),
            Some("abort") => std::process::abort(),
            Some("sleep") => std::thread::sleep(Duration::from_secs(3600)),
            Some("allocate") => allocate(),
            Some("panic") => panic!("as it was told"),
            Some("print") => print!("\"Done\"\n{{\"Fini"),
            _ => {}
        }
        Ok(Plan::new())
    }
}

fn allocate() {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 16 << 20]);
    }
}

define_plugin! {
    /// Does what a file says.
    PLUGIN = "commanded", types: [Commanded], lookups: &["file/1"]
}

leverage_plugin_api::export_plugin!(PLUGIN);
