//! The list of plugins, and the checks of `plugin verify`.

use leverage_testkit::{Check, Outcome, Report};

use super::stream::{lines, print_result};
use super::style::{GREEN, RED, YELLOW};
use leverage_error::visible::safe;

/// Shows rows with aligned columns.
pub(crate) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        lines(cells.join("  ").trim_end());
    }
}

/// Shows a check and its outcome.
pub(crate) fn check(check: &Check) {
    let (name, rule) = (safe(&check.name), safe(&check.rule));
    match &check.outcome {
        Outcome::Passed => print_result!("{GREEN}passed{GREEN:#}   {name:<15} {rule}"),
        Outcome::Failed(how) => {
            print_result!("{RED}failed{RED:#}   {name:<15} {rule}");
            print_result!("         {:<15} {}", "", safe(how));
        }
        Outcome::DoesNotApply(why) => print_result!("skipped  {name:<15} does not apply: {}", safe(why)),
        Outcome::NotRun(why) => print_result!("{YELLOW}not run{YELLOW:#}  {name:<15} {}", safe(why)),
        _ => print_result!("unknown  {name:<15} {rule}"),
    }
}

/// Shows the outcome of all checks together.
pub(crate) fn verdict(report: &Report) {
    print_result!("\n{}", verdict_of(report));
}

fn verdict_of(report: &Report) -> String {
    let count =
        |is_counted: fn(&Outcome) -> bool| report.checks.iter().filter(|check| is_counted(&check.outcome)).count();
    let total = report.checks.len();
    let skipped = count(|outcome| matches!(outcome, Outcome::DoesNotApply(_)));
    let not_run = count(|outcome| matches!(outcome, Outcome::NotRun(_)));
    let mut verdict = if report.passed() {
        format!("all {} checks passed", total - skipped)
    } else {
        format!("{} of {total} checks failed", count(|outcome| matches!(outcome, Outcome::Failed(_))))
    };
    for (number, what) in [(skipped, "skipped"), (not_run, "not run")] {
        if number > 0 {
            verdict.push_str(&format!(", {number} {what}"));
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_counts_passed_failed_skipped_and_not_run_checks() {
        let report = |outcomes: &[Outcome]| {
            Report::new(outcomes.iter().map(|outcome| Check::new("name", "rule", outcome.clone())).collect())
        };
        let skipped = Outcome::DoesNotApply("no outputs".to_owned());
        let [failed, not_run] = [Outcome::Failed("how".to_owned()), Outcome::NotRun("why".to_owned())];
        assert_eq!(verdict_of(&report(&[Outcome::Passed, Outcome::Passed])), "all 2 checks passed");
        assert_eq!(verdict_of(&report(&[Outcome::Passed, skipped, Outcome::Passed])), "all 2 checks passed, 1 skipped");
        assert_eq!(verdict_of(&report(&[Outcome::Passed, failed, not_run])), "1 of 3 checks failed, 1 not run");
    }
}
