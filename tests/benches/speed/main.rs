//! `cargo bench -p leverage-benches` measures everything that leverage promises about speed, each with
//! its reference in the same run, prints the table and writes it to `tests/benches/RESULTS.md`.
//!
//! `cargo bench -p leverage-benches -- --quick` leaves out the organizations of more than 1,000 accounts,
//! and writes nothing. `cargo bench -p leverage-benches -- --build` measures cold builds instead, and
//! writes `tests/benches/BUILD.md`.
//!
//! Times are the best of several runs: noise on a machine only ever adds. The command is measured as
//! a whole process, started by a small one ([`process`]) so that its peak memory is its own.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    unsafe_code,
    reason = "a benchmark measures real programs and prints the figures"
)]

mod build;
mod commands;
mod configure;
mod functions;
mod process;
mod programs;
mod table;
mod walk;
mod world;

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use programs::Programs;
use table::Table;

/// The error of every part of the benchmark.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    let word = arguments.first().and_then(|word| word.to_str()).unwrap_or_default();
    let done = match word {
        // These run in processes of their own, started by the others.
        process::WORD => process::run(&arguments[1..]),
        walk::WORD => walk::run(),
        functions::LOAD_WORD => functions::load(&arguments[1..]),
        "--build" => build::measure(&folder()),
        "--quick" => measure(true),
        "" => measure(false),
        _ => Err(format!("unknown option `{word}`: see the start of tests/benches/speed/main.rs").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(quick: bool) -> Result<()> {
    let programs = Programs::get(&folder())?;
    let mut table = Table::default();
    commands::measure(&programs, &mut table)?;
    functions::measure(&programs, &mut table)?;
    configure::measure(&programs, quick, &mut table)?;
    let text = table.text()?;
    print!("{text}");
    if !quick {
        std::fs::write(folder().join("RESULTS.md"), &text)?;
    }
    Ok(())
}

/// The folder of this crate.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
