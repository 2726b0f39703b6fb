//! Single functions, measured by criterion; of its samples the best counts.

use criterion::{Criterion, SamplingMode};
use leverage_editors::ini::{SectionEdit, SharedFile, edit};
use leverage_loader::{inspect, load as load_plugin, probe};
use leverage_plugin_terraform_vars::edit::{NewId, record};
use serde::Deserialize;
use std::ffi::OsString;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Result;
use crate::programs::{Programs, target};
use crate::table::{Row, Table, time};

/// The word that makes this program load a plugin and print how long that took.
pub const LOAD_WORD: &str = "load";

/// Measures how plugins are loaded and how files are edited.
pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    plugins(programs, table)?;
    for (what, best) in [("editing the config file", profiles as Timed), ("editing the Terraform variables", variables)]
    {
        let (new, new_twice) = (best(10_000, Content::New)?, best(20_000, Content::New)?);
        let (same, same_twice) = (best(10_000, Content::Changed)?, best(20_000, Content::Changed)?);
        for (how, once, twice) in [("adding", new, new_twice), ("changing", same, same_twice)] {
            let ratio = twice.as_secs_f64() / once.as_secs_f64();
            let holds = once <= Duration::from_millis(50) && ratio <= 2.2;
            table.add(Row {
                what: format!("{what}: {how} 10,000 among 10,000 others"),
                figure: time(once),
                reference: format!("20,000 among 20,000: {}, {ratio:.2} times as long", time(twice)),
                promise: Some(("≤ 50 ms, twice as many ≤ 2.2 ×".to_owned(), holds)),
            });
        }
    }
    Ok(())
}

type Timed = fn(usize, Content) -> Result<Duration>;

/// The other contents of a file.
#[derive(Debug, Clone, Copy)]
enum Content {
    /// Nothing.
    New,
    /// The same entries with other values.
    Changed,
}

fn plugins(programs: &Programs, table: &mut Table) -> Result<()> {
    let built_in = best("plugins/built-in", || leverage::builtin::registry().map(|_| ()))?;
    let count = u32::try_from(leverage::builtin::registry()?.builtin_manifests().count())?;
    let mut loaded = Duration::MAX;
    for _ in 0..20 {
        let output = Command::new(std::env::current_exe()?).arg(LOAD_WORD).arg(&programs.plugin).output()?;
        let nanoseconds = String::from_utf8(output.stdout)?.trim().parse().map_err(|_| "the plugin can't be loaded")?;
        loaded = loaded.min(Duration::from_nanos(nanoseconds));
    }
    let announced =
        inspect(&std::fs::read(&programs.plugin)?, "the plugin").map_err(|error| error.to_string())?.manifest;
    let isolated =
        best("plugins/isolated", || probe(&programs.plugin, &announced, &programs.leverage, []).map(|_| ()))?;
    table.add(Row {
        what: format!("admitting the {count} built-in plugins"),
        figure: time(built_in),
        reference: "no file is opened".to_owned(),
        // All together within the budget of one.
        promise: Some(("each ≤ 1 ms".to_owned(), built_in <= Duration::from_millis(1))),
    });
    table.add(Row {
        what: "loading a plugin in process".to_owned(),
        figure: time(loaded),
        reference: format!("a built-in one: {}", time(built_in / count)),
        promise: Some(("≤ 1 ms".to_owned(), loaded <= Duration::from_millis(1))),
    });
    table.add(Row {
        what: "loading a plugin isolated in a process".to_owned(),
        figure: time(isolated),
        reference: format!("in process: {}", time(loaded)),
        promise: Some(("≤ 10 ms".to_owned(), isolated <= Duration::from_millis(10))),
    });
    Ok(())
}

/// Loads the plugin that is named, in a process that has not opened it before.
pub fn load(arguments: &[OsString]) -> Result<()> {
    let path = arguments.first().ok_or("a file is missing")?;
    let start = Instant::now();
    load_plugin(Path::new(path), "the plugin").map_err(|error| error.to_string())?;
    println!("{}", start.elapsed().as_nanos());
    Ok(())
}

fn profiles(count: usize, content: Content) -> Result<Duration> {
    let settings = |region: &str| -> Vec<Vec<(String, String)>> {
        let pair = |key: &str, value: String| (key.to_owned(), value);
        let role = |number| format!("arn:aws:iam::{number:012}:role/OrganizationAccountAccessRole");
        let of = |number| {
            vec![
                pair("output", "json".to_owned()),
                pair("region", region.to_owned()),
                pair("role_arn", role(number)),
                pair("source_profile", "ex-management".to_owned()),
            ]
        };
        (0..count).map(of).collect()
    };
    fn edits<'a>(names: &'a [String], settings: &'a [Vec<(String, String)>]) -> Vec<SectionEdit<'a>> {
        let edit = |(name, set): (&'a String, &'a Vec<_>)| SectionEdit::profile(name, set);
        names.iter().zip(settings).map(edit).collect()
    }
    let names =
        |prefix: &str| -> Vec<String> { (0..count).map(|number| format!("ex-{prefix}-{number}-oaar")).collect() };
    let (others, wanted) = (names("other"), names("app"));
    let (old, new) = (settings("us-west-2"), settings("us-east-1"));
    let render = |before: Option<&str>, edits: &[SectionEdit<'_>]| {
        edit(SharedFile::Config, before, edits).map_err(|failure| failure.message)
    };
    let mut before = render(None, &edits(&others, &old))?;
    if let Content::Changed = content {
        before = render(Some(&before), &edits(&wanted, &old))?;
    }
    let edits = edits(&wanted, &new);
    best(&format!("config/{content:?}/{count}"), || render(Some(&before), &edits))
}

fn variables(count: usize, content: Content) -> Result<Duration> {
    let names = |prefix: &str| -> Vec<String> { (0..count).map(|number| format!("{prefix}-{number}")).collect() };
    let ids = |first: usize| -> Vec<String> { (first..first + count).map(|number| format!("{number:012}")).collect() };
    fn accounts<'a>(names: &'a [String], ids: &'a [String]) -> Vec<NewId<'a>> {
        let account = |(name, id): (&'a String, &'a String)| NewId { name, id, email: Some("aws@example.com") };
        names.iter().zip(ids).map(account).collect()
    }
    let (others, wanted) = (names("other"), names("app"));
    let (old, new) = (ids(1_000_000), ids(2_000_000));
    let record = |before: &str, accounts: &[NewId<'_>]| record(before, accounts).map_err(|error| error.message);
    let mut before = record("project = \"ex\"\n\naccounts = {\n}\n", &accounts(&others, &old))?;
    if let Content::Changed = content {
        before = record(&before, &accounts(&wanted, &old))?;
    }
    let accounts = accounts(&wanted, &new);
    best(&format!("variables/{content:?}/{count}"), || record(&before, &accounts))
}

/// The best time of one call.
fn best<T, E: std::fmt::Display>(name: &str, mut call: impl FnMut() -> std::result::Result<T, E>) -> Result<Duration> {
    if let Err(error) = call() {
        return Err(format!("{name}: {error}").into());
    }
    let folder = target()?.join("criterion");
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .output_directory(&folder);
    let (group_name, function) = name.split_once('/').ok_or("a name has a group")?;
    let function = function.replace('/', "-");
    let mut group = criterion.benchmark_group(group_name);
    group
        .sampling_mode(SamplingMode::Flat)
        .bench_function(&function, |bencher| bencher.iter_with_large_drop(|| black_box(call())));
    group.finish();

    #[derive(Deserialize)]
    struct Samples {
        iters: Vec<f64>,
        times: Vec<f64>,
    }
    let samples = std::fs::read(folder.join(group_name).join(&function).join("new/sample.json"))?;
    let Samples { iters, times } = serde_json::from_slice(&samples)?;
    let nanoseconds = times.iter().zip(&iters).map(|(time, calls)| time / calls).fold(f64::INFINITY, f64::min);
    Ok(Duration::from_secs_f64(nanoseconds / 1e9))
}
