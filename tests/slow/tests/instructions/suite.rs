//! Budgets for the instructions and system calls of a run, and for their growth with the number of accounts. Unlike seconds,
//! they do not depend on the load of the machine.
//!
//! `valgrind` counts them in the debug build that the other tests use, so this suite needs no separate build.
//! `tests/slow/budgets.toml` contains the accepted counts;
//! `cargo test -p leverage-slow-tests --test instructions -- --accept` writes the present ones.

use leverage::sandbox::{Config, Sandbox, project};
use leverage_editors::ini::{SectionEdit, SharedFile, edit};
use leverage_plugin_terraform_vars::edit::{NewId, record};
use leverage_tests::program::leverage;
use leverage_tests::tools::own_folder;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use toml::{Table, Value};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Allowed excess of instructions over the budget: processors differ in how they copy memory.
const INSTRUCTIONS: f64 = 1.10;

/// Allowed excess of system calls: on a busy machine, a run waits for the network more often.
const SYSTEM_CALLS: f64 = 1.25;

/// How often a count over its budget is repeated; the lowest count is compared.
const RECOUNTS: usize = 2;

/// The allowed factor for twice the accounts.
const GROWTH: f64 = 2.2;

/// The counts of a task.
#[derive(Debug, Clone, Copy)]
struct Count {
    instructions: i64,
    system_calls: i64,
}

/// Counts, compares with the budgets, and shows both.
pub fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Each task runs in a separate process of this program.
    if let [word, task, size] = arguments.as_slice()
        && word == "run"
    {
        return run(task, size.parse()?);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(());
    }
    let mut counts = count_everything()?;
    let path = own_folder("slow/budgets.toml");
    if arguments.iter().any(|argument| argument == "--accept") {
        std::fs::write(path, budgets(&counts)?)?;
        return Ok(());
    }
    let budgets: Table = std::fs::read_to_string(path)?.parse()?;
    // A busy machine only adds waits.
    for _ in 0..RECOUNTS {
        if over_budget(&counts, &budgets).is_empty() {
            break;
        }
        println!("over budget: counting again");
        for (name, Count { instructions, system_calls }) in count_everything()? {
            let count = counts.entry(name).or_insert(Count { instructions, system_calls });
            count.instructions = count.instructions.min(instructions);
            count.system_calls = count.system_calls.min(system_calls);
        }
    }
    let mut faults = over_budget(&counts, &budgets);
    faults.extend(grown(&counts));
    let failed = faults.len();
    println!("\n{} passed, {failed} failed", counts.len().saturating_sub(failed));
    if failed == 0 { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Counts each task at a size and at twice that size.
fn count_everything() -> Result<BTreeMap<String, Count>> {
    let mut counts = BTreeMap::new();
    let version = count(Command::new(leverage()).arg("--version"))?;
    counts.insert("version".to_owned(), version);
    for accounts in [100, 200] {
        let (first, second) = configure(accounts)?;
        counts.insert(format!("configure, first run, {accounts}"), first);
        counts.insert(format!("configure, second run, {accounts}"), second);
    }
    for (task, size) in [("config", 1_000), ("variables", 1_000)] {
        for size in [size, 2 * size] {
            let own = std::env::current_exe()?;
            let counted = count(Command::new(own).args(["run", task, &size.to_string()]))?;
            counts.insert(format!("{task}, {size}"), counted);
        }
    }
    for (name, Count { instructions, system_calls }) in &counts {
        println!("{name}: {instructions} instructions, {system_calls} system calls");
    }
    Ok(counts)
}

/// Runs a command under valgrind.
fn count(command: &Command) -> Result<Count> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("counts");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--collect-systime=yes"]);
    valgrind.arg(format!("--callgrind-out-file={}", file.display()));
    valgrind.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => valgrind.env(name, value),
            None => valgrind.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        valgrind.current_dir(folder);
    }
    let output = valgrind.stdin(Stdio::null()).output().map_err(|error| {
        format!("this test needs valgrind ({error}): `apt-get install valgrind`, `dnf install valgrind`")
    })?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = std::fs::read_to_string(file)?;
    let line = |name: &str| text.lines().rev().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let events = line("events:").ok_or("valgrind names what it counted")?;
    let totals = line("totals:").or_else(|| line("summary:")).ok_or("valgrind gives totals")?;
    let total = |event: &str| -> Result<i64> {
        let at = events.split(' ').position(|name| name == event).ok_or("valgrind counts it")?;
        Ok(totals.split(' ').nth(at).unwrap_or("0").parse()?)
    };
    Ok(Count { instructions: total("Ir")?, system_calls: total("sysCount")? })
}

/// `leverage credentials configure`, and a second run that changes nothing.
fn configure(accounts: usize) -> Result<(Count, Count)> {
    let sandbox = Sandbox::start(Config { accounts, seed: Some(1), ..Config::default() })?;
    let folder = tempfile::tempdir()?;
    let project = project::write(folder.path(), &sandbox)?;
    let mut command = Command::new(leverage());
    for name in project::CLEARED {
        command.env_remove(name);
    }
    command.envs(project.environment(&sandbox)).current_dir(&project.root);
    command.args(["credentials", "configure", "--type", "management", "--overwrite-existing-credentials"]);
    command.arg("--credentials-file").arg(project.keys_of(&sandbox.users().management));
    Ok((count(&command)?, count(&command)?))
}

/// Tasks over their budget, or without one.
fn over_budget(counts: &BTreeMap<String, Count>, budgets: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, count) in counts {
        let budget = |what: &str| budgets.get(name).and_then(|budget| budget.get(what)).and_then(Value::as_integer);
        let counted =
            [("instructions", count.instructions, INSTRUCTIONS), ("system-calls", count.system_calls, SYSTEM_CALLS)];
        for (what, counted, tolerance) in counted {
            match budget(what) {
                Some(budget) if counted as f64 <= budget as f64 * tolerance => {}
                Some(budget) => faults.push(format!("{name}: {counted} {what} are more than {budget}")),
                None => faults.push(format!("{name}: {what} have no budget")),
            }
        }
    }
    if !faults.is_empty() {
        faults
            .push("if that is worth it: cargo test -p leverage-slow-tests --test instructions -- --accept".to_owned());
    }
    faults
}

/// Tasks that take more than twice as much for twice the size.
fn grown(counts: &BTreeMap<String, Count>) -> Vec<String> {
    let sized = counts.iter().filter_map(|(name, count)| {
        let (task, size) = name.rsplit_once(", ")?;
        let twice = counts.get(&format!("{task}, {}", 2 * size.parse::<usize>().ok()?))?;
        Some((name, count.instructions, twice.instructions))
    });
    sized
        .filter(|(_, once, twice)| *twice as f64 > *once as f64 * GROWTH)
        .map(|(name, once, twice)| format!("{name}: {once} instructions, but {twice} for twice the size"))
        .collect()
}

fn budgets(counts: &BTreeMap<String, Count>) -> Result<String> {
    let mut text = String::from(
        "# What tests/slow/tests/instructions counted. To accept what it counts now:\n\
         # cargo test -p leverage-slow-tests --test instructions -- --accept\n",
    );
    for (name, Count { instructions, system_calls }) in counts {
        write!(text, "\n[{name:?}]\ninstructions = {instructions}\nsystem-calls = {system_calls}\n")?;
    }
    Ok(text)
}

/// A task with this number of entries.
fn run(task: &str, size: usize) -> Result<()> {
    let names: Vec<String> = (0..2 * size).map(|number| format!("ex-app-{number}-oaar")).collect();
    let ids: Vec<String> = (0..2 * size).map(|number| format!("{number:012}")).collect();
    match task {
        "config" => config(&names, &ids, size),
        "variables" => variables(&names, &ids, size),
        _ => Err(format!("unknown task `{task}`").into()),
    }
}

/// Changes half of the profiles of a file, and adds as many.
fn config(names: &[String], ids: &[String], size: usize) -> Result<()> {
    let settings =
        |value: &str| vec![("region".to_owned(), value.to_owned()), ("role_arn".to_owned(), value.to_owned())];
    let (old, new): (Vec<_>, Vec<_>) = ids.iter().map(|id| (settings("old"), settings(id))).unzip();
    fn edits<'a>(names: &'a [String], settings: &'a [Vec<(String, String)>]) -> Vec<SectionEdit<'a>> {
        let edit = |(profile, set): (&'a String, &'a Vec<_>)| SectionEdit::profile(profile, set);
        names.iter().zip(settings).map(edit).collect()
    }
    let render = |before: Option<&str>, edits: &[SectionEdit<'_>]| {
        edit(SharedFile::Config, before, edits).map_err(|failure| failure.message)
    };
    let before = render(None, &edits(&names[..size], &old))?;
    black_box(render(Some(&before), &edits(&names[size / 2..], &new))?);
    Ok(())
}

/// Changes half of the accounts in the variables, adds as many, and reads them, as every run does.
fn variables(names: &[String], ids: &[String], size: usize) -> Result<()> {
    let accounts: Vec<NewId<'_>> =
        names.iter().zip(ids).map(|(name, id)| NewId { name, id, email: Some("aws@example.com") }).collect();
    let record = |before: &str, accounts: &[NewId<'_>]| record(before, accounts).map_err(|error| error.message);
    let before = record("accounts = {\n}\n", &accounts[..size])?;
    let changed: Vec<NewId<'_>> =
        accounts[size / 2..].iter().map(|account| NewId { id: "000000000000", ..*account }).collect();
    let text = record(&before, &changed)?;
    read_as_the_host_does(&text)
}

fn read_as_the_host_does(text: &str) -> Result<()> {
    use leverage_core::project::{ProjectSources, SourceFile, read};
    let path = Path::new("config").join("common.tfvars").display().to_string();
    let sources = ProjectSources {
        terraform_variables: Some(SourceFile { path, text: text.to_owned().into() }),
        ..ProjectSources::default()
    };
    black_box(read(&sources).map_err(|error| error.to_string())?);
    Ok(())
}
