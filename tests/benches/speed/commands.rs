//! The commands that modify nothing, and the size of the program.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Result;
use crate::process::{Taken, measure as run};
use crate::programs::Programs;
use crate::table::{Row, Table, time};

/// How often each is run.
const RUNS: usize = 30;

/// Measures start-up, help and size.
pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    let aws = best(&programs.aws, &["--version"], 3)?.time;
    let version = best(&programs.leverage, &["--version"], RUNS)?.time;
    let limit = Duration::from_millis(5);
    table.add(Row {
        what: "`--version`".to_owned(),
        figure: time(version),
        reference: format!("`aws --version` {}", time(aws)),
        promise: Some(("≤ 5 ms".to_owned(), version <= limit)),
    });
    for arguments in [&["--help"][..], &["credentials", "configure", "--help"]] {
        let opened = libraries_opened(&programs.leverage, arguments)?;
        table.add(Row {
            what: format!("`{}`", arguments.join(" ")),
            figure: format!("{}, {opened} libraries opened", time(best(&programs.leverage, arguments, RUNS)?.time)),
            reference: format!("`--version` {}", time(version)),
            promise: Some(("opens no plugin".to_owned(), opened == 0)),
        });
    }
    let size = std::fs::metadata(&programs.leverage)?.len();
    table.add(Row {
        what: "the program's file, stripped".to_owned(),
        figure: format!("{:.2} MB", size as f64 / 1e6),
        reference: "the aws command is no single file".to_owned(),
        promise: Some(("≤ 10 MB".to_owned(), size <= 10_000_000)),
    });
    Ok(())
}

fn best(program: &Path, arguments: &[&str], runs: usize) -> Result<Taken> {
    let mut command = Command::new(program);
    command.args(arguments);
    let mut best = run(&command)?;
    for _ in 1..runs {
        best = best.best(run(&command)?);
    }
    Ok(best)
}

/// The number of our libraries that a command opens, according to the dynamic linker: none may be a plugin.
fn libraries_opened(program: &Path, arguments: &[&str]) -> Result<usize> {
    let output = Command::new(program).args(arguments).env("LD_DEBUG", "files").output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    Ok(told.lines().filter(|line| line.contains("leverage_plugin") && line.contains("generating link map")).count())
}
