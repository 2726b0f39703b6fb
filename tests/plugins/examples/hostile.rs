//! A plugin whose types and outputs each misbehave in a way of their own, named after it.
//!
//! Some bypass the SDK and answer the host directly.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    unsafe_code,
    reason = "a plugin that misbehaves"
)]

use abi_stable::library::{__call_root_module_loader, RootModuleResult};
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{RSlice, RVec};
use leverage_planner::AssumeRole;
use leverage_plugin_api::abi::{self, Announcement, PluginMod, PluginModRef, abi_stable::library::LibHeader};
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;
use std::time::Duration;

struct Type(&'static str, fn(&Request, &Facts) -> Step<Plan>);

impl CredentialType for Type {
    fn info(&self) -> TypeInfo {
        TypeInfo::new(self.0, "misbehaves")
    }

    fn plan(&self, request: &Request, facts: &Facts) -> Step<Plan> {
        (self.1)(request, facts)
    }
}

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn panics(_: &Request, _: &Facts) -> Step<Plan> {
    panic!("\u{1b}[31mboo\u{1b}[0m")
}

fn throws_a_grenade(_: &Request, _: &Facts) -> Step<Plan> {
    std::panic::panic_any(Grenade)
}

fn exits(_: &Request, _: &Facts) -> Step<Plan> {
    std::process::exit(0)
}

fn aborts(_: &Request, _: &Facts) -> Step<Plan> {
    std::process::abort()
}

fn loops(_: &Request, _: &Facts) -> Step<Plan> {
    loop {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn allocates(_: &Request, _: &Facts) -> Step<Plan> {
    let mut all = Vec::new();
    loop {
        all.push(vec![0_u8; 16 << 20]);
    }
}

const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\u{202e}";

fn fails_colourfully(_: &Request, _: &Facts) -> Step<Plan> {
    Err(Pause::Failed(Failure::new(format!("failed {ESCAPES}")).hint(format!("hint {ESCAPES}"))))
}

fn warns_colourfully(request: &Request, facts: &Facts) -> Step<Plan> {
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    plan.warn(format!("warning {ESCAPES}"));
    plan.note(format!("note {ESCAPES}"));
    plan.profiles.push(PlannedProfile::new(format!("ex-{ESCAPES}")).set("region", format!("x{ESCAPES}")));
    Ok(plan)
}

/// Works, so that all its messages are shown.
fn works_colourfully(request: &Request, facts: &Facts) -> Step<Plan> {
    println!("printed {ESCAPES}");
    eprintln!("printed {ESCAPES}");
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    plan.warn(format!("warning {ESCAPES}"));
    plan.note(format!("note {ESCAPES}"));
    Ok(plan)
}

fn names_accounts_colourfully(request: &Request, facts: &Facts) -> Step<Plan> {
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    let mut account = PlannedAccount::new(format!("name-{ESCAPES}"), "123456789012");
    account.email = Some(format!("email {ESCAPES}"));
    plan.accounts.push(account);
    Ok(plan)
}

fn reaches_a_template(request: &Request, facts: &Facts) -> Step<Plan> {
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    plan.profiles.push(PlannedProfile::new("ex-hostile").reaches("${file(\"/etc/passwd\")}"));
    Ok(plan)
}

fn asks_colourfully(_: &Request, facts: &Facts) -> Step<Plan> {
    let colourful = |text: &str| format!("{text} {ESCAPES}");
    facts.get(lookup::Ask {
        id: colourful("id"),
        message: colourful("message"),
        kind: AnswerKind::Select(vec![Choice::new(colourful("value"), colourful("label"))]),
        default: Some(colourful("default")),
        instead: Some(colourful("instead")),
    })?;
    Ok(Plan::new())
}

fn asks_for_the_undeclared(_: &Request, _: &Facts) -> Step<Plan> {
    Err(Pause::Need(vec![Lookup::new(format!("command/1{ESCAPES}"), serde_json::json!(null))]))
}

fn asks_for_the_same_for_ever(_: &Request, _: &Facts) -> Step<Plan> {
    let input = serde_json::json!({ "name": "ex-hostile" });
    Err(Pause::Need(vec![Lookup::new(lookup::GetProfile::NAME, input)]))
}

fn asks_for_ever(request: &Request, _: &Facts) -> Step<Plan> {
    let input = serde_json::json!({ "name": format!("ex-{}", request.facts.len()) });
    // The SDK took the facts out of the request; the time will do as something new each time.
    let salt = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let input = serde_json::json!({ "name": format!("{}{salt}", input["name"]) });
    Err(Pause::Need(vec![Lookup::new(lookup::GetProfile::NAME, input)]))
}

fn reads_outside(_: &Request, facts: &Facts) -> Step<Plan> {
    facts.get(lookup::ReadFile { root: Root::Project, path: "../../.ssh/id_rsa".to_owned() })?;
    Ok(Plan::new())
}

fn reads_through_a_link(_: &Request, facts: &Facts) -> Step<Plan> {
    facts.get(lookup::ReadFile { root: Root::Project, path: "link/id_rsa".to_owned() })?;
    Ok(Plan::new())
}

fn forges_a_secret(request: &Request, facts: &Facts) -> Step<Plan> {
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    let forged = SecretRef::from_id("0".repeat(SecretRef::ID_LENGTH));
    plan.profiles.clear();
    plan.keys = Some(PlannedKeys::new("ex-hostile", KeyPair::new("AKIAIOSFODNN7EXAMPLE", forged)));
    Ok(plan)
}

fn plans_the_default_profile(request: &Request, facts: &Facts) -> Step<Plan> {
    let mut plan = AssumeRole::new("R", "r").plan(request, facts)?;
    plan.profiles.push(PlannedProfile::new("default").set("region", "us-east-1"));
    Ok(plan)
}

/// Returns one file twice.
struct Twice;

impl OutputTarget for Twice {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("twice", "misbehaves")
    }

    fn render(&self, _request: &Request, _plan: &Plan, _facts: &Facts) -> Step<Changes> {
        let mut changes = Changes::none();
        changes.write(Root::Project, "twice.txt", None, "one\n".to_owned());
        changes.write(Root::Project, "twice.txt", None, "two\n".to_owned());
        Ok(changes)
    }
}

struct Output(&'static str, Root, &'static str, fn() -> String);

impl OutputTarget for Output {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(self.0, "misbehaves")
    }

    fn render(&self, _request: &Request, _plan: &Plan, _facts: &Facts) -> Step<Changes> {
        let mut changes = Changes::none();
        changes.write(self.1, self.2, None, (self.3)());
        Ok(changes)
    }
}

fn key() -> String {
    "ssh-ed25519 AAAA hostile\n".to_owned()
}

fn script() -> String {
    "#!/bin/sh\n".to_owned()
}

fn forged() -> String {
    format!("key = {}\n", SecretRef::from_id("0".repeat(SecretRef::ID_LENGTH)).in_text(TextFormat::Ini))
}

define_plugin! {
    /// Misbehaves.
    INNER = "hostile",
    types: [
        Type("PANICS", panics), Type("GRENADE", throws_a_grenade), Type("EXITS", exits), Type("ABORTS", aborts),
        Type("LOOPS", loops), Type("ALLOCATES", allocates), Type("FAILS", fails_colourfully),
        Type("WARNS", warns_colourfully), Type("WORKS", works_colourfully),
        Type("ACCOUNTS", names_accounts_colourfully), Type("TEMPLATE", reaches_a_template),
        Type("ASKS", asks_colourfully), Type("UNDECLARED", asks_for_the_undeclared),
        Type("SAME", asks_for_the_same_for_ever), Type("ENDLESS", asks_for_ever), Type("OUTSIDE", reads_outside),
        Type("LINK", reads_through_a_link), Type("FORGES", forges_a_secret),
        Type("DEFAULT", plans_the_default_profile),
        // These answer by themselves, below.
        Type("GARBAGE", panics), Type("HUGE", panics), Type("LATIN-1", panics), Type("FORM", panics)
    ],
    outputs: [
        Output("dot-dot", Root::Project, "../../.ssh/authorized_keys", key),
        Output("absolute", Root::Project, "/tmp/leverage-hostile-authorized-keys", key),
        Output("absolute-aws", Root::Aws, "/tmp/leverage-hostile-authorized-keys", key),
        Output("link", Root::Project, "link/authorized_keys", key),
        Output("forged", Root::Project, "forged.txt", forged),
        Output("colourful", Root::Project, "\u{1b}[2Jcolourful.txt", key),
        Output("record", Root::Aws, "backups/20990101T000000Z/run.json", key),
        Output("journal", Root::Aws, ".journal", key),
        Output("ledger", Root::Aws, ".profiles.json", key),
        Output("other-journal", Root::AwsHome, "zz/.journal", key),
        Output("other-project", Root::AwsHome, "zz/credentials", key),
        Output("alias", Root::AwsHome, "cli/alias", key),
        Output("shared", Root::AwsHome, "config", key),
        Output("git", Root::Project, ".git/config", key),
        Output("hook", Root::Project, ".Git/hooks/pre-commit", key),
        Output("envrc", Root::Project, ".envrc", key),
        Output("toml", Root::Project, "leverage.toml", key),
        Output("script", Root::Project, "accounts", script),
        Twice
    ],
    lookups: LOOKUPS
}

const LOOKUPS: &[&str] = lookup::ALL;

fn inner() -> PluginModRef {
    static INNER_HEADER: LibHeader = INNER.header();
    // SAFETY: the header was made for this very type, in this library.
    unsafe { INNER_HEADER.unchecked_layout::<PluginModRef>() }.unwrap_or_else(|_| std::process::abort())
}

extern "C" fn manifest() -> RVec<u8> {
    inner().manifest()()
}

extern "C" fn step(contribution: RSlice<'_, u8>, document: RSlice<'_, u8>) -> RVec<u8> {
    let answer: Vec<u8> = match contribution.as_slice() {
        b"type/GARBAGE" => b"\x1b[31mgarbage".to_vec(),
        b"type/HUGE" => vec![b' '; 100 << 20],
        b"type/LATIN-1" => b"{\"failed\":{\"message\":\"caf\xe9\"}}".to_vec(),
        b"type/FORM" => b"{\"done\":{\"profiles\":\"\\u001b[31m none\"}}".to_vec(),
        _ => return inner().step()(contribution, document),
    };
    answer.into()
}

fn module() -> PluginModRef {
    PluginMod { manifest, step }.leak_into_prefix()
}

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(module)
}

/// The handshake, which a host reads first.
#[used]
#[unsafe(export_name = "leverage_plugin_handshake")]
#[unsafe(link_section = ".lvplugin")]
pub static HANDSHAKE: Announcement<{ INNER.announcement_length() }> = INNER.announcement();

/// The root module's header.
#[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
pub static HEADER: LibHeader = abi::header(constructor);
