//! The whole of `leverage credentials configure`, for organizations of many sizes.

use std::time::Duration;

use crate::Result;
use crate::process::Taken;
use crate::programs::Programs;
use crate::table::{Row, Table, mebibytes, time};
use crate::world::World;

/// How many accounts the organizations have.
const SIZES: [usize; 5] = [10, 100, 1_000, 5_000, 10_000];
/// The number of accounts in a page.
const PAGE: usize = 20;
/// How much memory a run over 5,000 accounts may take.
const MEMORY: u64 = 32 << 20;

/// The best of all runs with one organization.
struct Measured {
    first: Taken,
    second: Taken,
    walk: Taken,
    boto3: Taken,
}

/// Measures every size, at once and with 30 ms for each reply.
pub fn measure(programs: &Programs, quick: bool, table: &mut Table) -> Result<()> {
    let aws = World::new(10, Duration::ZERO)?.fresh()?.aws_configure_set(programs, 10)?;
    for latency in [Duration::ZERO, Duration::from_millis(30)] {
        for accounts in SIZES.into_iter().filter(|accounts| !quick || *accounts <= 1_000) {
            let measured = organization(programs, accounts, latency)?;
            rows(accounts, latency, &measured, aws, table);
        }
    }
    Ok(())
}

fn organization(programs: &Programs, accounts: usize, latency: Duration) -> Result<Measured> {
    let world = World::new(accounts, latency)?;
    let once = || -> Result<Measured> {
        let fresh = world.fresh()?;
        let (first, walk) = (fresh.configure(programs)?, fresh.walk()?);
        Ok(Measured { first, second: fresh.configure(programs)?, walk, boto3: fresh.boto3(programs)? })
    };
    let mut best = once()?;
    // As many as go into a minute; a single run is enough where it waits for replies most of the time.
    let runs = match (latency.is_zero(), accounts) {
        (true, ..=1_000) => 15,
        (true, _) => 9,
        (false, ..=100) => 7,
        (false, 101..=1_000) => 3,
        (false, _) => 1,
    };
    for _ in 1..runs {
        let Measured { first, second, walk, boto3 } = once()?;
        best.first = best.first.best(first);
        best.second = best.second.best(second);
        best.walk = best.walk.best(walk);
        best.boto3 = best.boto3.best(boto3);
    }
    Ok(best)
}

fn rows(accounts: usize, latency: Duration, measured: &Measured, aws: Duration, table: &mut Table) {
    let floor = latency * u32::try_from(accounts.div_ceil(PAGE)).unwrap_or(u32::MAX);
    // Two settings of the keys, and four of each profile.
    let settings = |accounts: usize| (4 * accounts + 2) as f64;
    let extrapolated = accounts > 10;
    let aws = aws.mul_f64(settings(accounts) / settings(10));
    let times_faster = aws.as_secs_f64() / measured.first.time.as_secs_f64();
    let approximately = if extrapolated { "~" } else { "" };
    let mut references = vec![format!("walk {}", time(measured.walk.time))];
    if !floor.is_zero() {
        references.push(format!("floor {}", time(floor)));
    }
    references.push(format!("boto3 {}", time(measured.boto3.time)));
    references.push(format!("aws {approximately}{}", time(aws)));
    let promise = |taken: Taken| match (accounts, latency.is_zero()) {
        (10, true) => Some((format!("≥ 300 × aws: {times_faster:.0} ×"), times_faster >= 300.0)),
        (5_000, true) => Some(within("walk", taken.time, measured.walk.time, 1.2)),
        (1_000.., false) => Some(within("floor", taken.time, floor, 1.05)),
        _ => None,
    };
    let what = format!("{accounts} accounts, {} ms a reply", latency.as_millis());
    for (run, taken) in [("first run", measured.first), ("second run", measured.second)] {
        table.add(Row {
            what: format!("{what}: {run}"),
            figure: time(taken.time),
            reference: references.join(", "),
            promise: promise(taken),
        });
    }
    let peak = measured.first.memory.max(measured.second.memory);
    table.add(Row {
        what: format!("{what}: peak memory"),
        figure: format!("{} first, {} second", mebibytes(measured.first.memory), mebibytes(measured.second.memory)),
        reference: format!("walk {}, boto3 {}", mebibytes(measured.walk.memory), mebibytes(measured.boto3.memory)),
        promise: (accounts == 5_000).then(|| ("≤ 32 MiB".to_owned(), peak <= MEMORY)),
    });
}

fn within(name: &str, time: Duration, reference: Duration, limit: f64) -> (String, bool) {
    let ratio = time.as_secs_f64() / reference.as_secs_f64();
    (format!("≤ {limit} × {name}: {ratio:.2} ×"), ratio <= limit)
}
