//! The table of results.

use std::fmt::Write;
use std::time::Duration;

use crate::Result;

/// The rows so far.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

/// A measurement, its references and its target.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The result.
    pub figure: String,
    /// The references in the same run.
    pub reference: String,
    /// The target, and whether it is met; `None` without a target.
    pub promise: Option<(String, bool)>,
}

impl Table {
    /// Adds a row, and shows it.
    pub fn add(&mut self, row: Row) {
        eprintln!("{}: {} [{}]", row.what, row.figure, row.reference);
        self.rows.push(row);
    }

    /// The table as Markdown.
    pub fn text(&self) -> Result<String> {
        let mut text = String::from(
            "# Speed\n\n\
             Written by `cargo bench -p leverage-benches`, which installs the AWS CLI and boto3 below the target folder. \
             Each time is the best of several runs. All values in one row were measured alternately, in one run. AWS is \
             `leverage sandbox`: 20 accounts per page, on loopback.\n\n\
             *walk*: lists the accounts with the same SDK client and does nothing else. *floor*: ⌈N/20⌉ replies, each \
             with the same delay. *boto3*: one walk, one write of all profiles. *aws*: `aws configure set` for each \
             setting (awscli 1.45.11), measured for 10 accounts; ~ marks values that are extrapolated from that.\n\n",
        );
        writeln!(text, "| What | Figure | Reference in the same run | Promise | Holds |\n|---|---|---|---|---|")?;
        for Row { what, figure, reference, promise } in &self.rows {
            let (promise, holds) = match promise {
                Some((promise, true)) => (promise.as_str(), "yes"),
                Some((promise, false)) => (promise.as_str(), "**no**"),
                None => ("", ""),
            };
            writeln!(text, "| {what} | {figure} | {reference} | {promise} | {holds} |")?;
        }
        if self.rows.iter().any(|row| matches!(row.promise, Some((_, false)))) {
            writeln!(text, "\nhost/docs/speed.md explains the targets that are missed.")?;
        }
        Ok(text)
    }
}

/// A time in the unit that suits it.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        100.0.. => format!("{seconds:.0} s"),
        1.0.. => format!("{seconds:.2} s"),
        0.1.. => format!("{:.0} ms", seconds * 1e3),
        0.001.. => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{:.0} µs", seconds * 1e6),
    }
}

/// A number of bytes.
pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
