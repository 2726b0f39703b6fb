//! What a run did or would do. Each line starts with a label, such as `created`.

use super::diff::diff;
use super::message::diagnostic;
use super::stream::{lines, print_result};
use super::style::{BOLD, GREEN, LABEL_WIDTH};
use leverage_core::list;
use leverage_core::report::{CommandReport, FileReport, KeyProfile, Report, RunReport, RunsReport, UndoReport};
use leverage_error::visible::safe;

/// The number of profiles that are named before the rest are only counted.
const NAMED_PROFILES: usize = 3;

/// Shows the report of `configure`.
pub(crate) fn configured(report: &Report) {
    report.diagnostics.iter().for_each(diagnostic);
    report.key_profile.iter().for_each(key_profile);
    if !report.profiles.is_empty() {
        labeled("profiles", &profiles(&report.profiles));
    }
    for file in &report.files {
        written_file(file, report.dry_run, verb_of_write(file));
    }
    printed_texts(report);
    for command in &report.commands {
        self::command(command, report.dry_run);
    }
    if report.files.is_empty() && (report.key_profile.is_some() || !report.profiles.is_empty()) {
        done("unchanged", "all files are up to date");
    } else if report.dry_run && !(report.files.is_empty() && report.commands.is_empty()) {
        print_result!("\ndry run: nothing was written");
    }
    next_steps(&report.next_steps);
}

/// Shows the report of `undo`.
pub(crate) fn undone(report: &UndoReport) {
    report.diagnostics.iter().for_each(diagnostic);
    let Some(run) = &report.run else { return };
    let command = report.command.as_deref().map(|command| format!(" ({command})")).unwrap_or_default();
    labeled("run", &format!("{run}{command}"));
    for file in &report.files {
        written_file(file, report.dry_run, if file.removed { "remove" } else { "restore" });
    }
    if report.files.is_empty() {
        done("unchanged", "all files are as they were before this run");
    } else if report.dry_run {
        print_result!("\ndry run: nothing was written");
    }
}

/// Shows the runs that can be undone.
pub(crate) fn runs(report: &RunsReport) {
    report.diagnostics.iter().for_each(diagnostic);
    if report.runs.is_empty() {
        print_result!("no runs to undo");
    }
    report.runs.iter().for_each(run);
}

/// Shows what was done: a verb in the past tense, and its object.
pub(crate) fn done(verb: &str, object: &str) {
    print_result!("{GREEN}{verb:<LABEL_WIDTH$}{GREEN:#} {}", safe(object));
}

/// Shows what to do next: shell commands.
pub(crate) fn next_steps(steps: &[String]) {
    if !steps.is_empty() {
        print_result!("\nNext:");
        for step in steps {
            print_result!("  {}", safe(step));
        }
    }
}

fn key_profile(profile: &KeyProfile) {
    let state = if profile.new_keys { "new" } else { "unchanged" };
    let arn = profile.arn.as_ref().map(|arn| format!(", {arn}")).unwrap_or_default();
    labeled("access keys", &format!("{} ({state}{arn})", profile.name));
}

/// The number of profiles, and the first of their names.
fn profiles(profiles: &[String]) -> String {
    format!("{}: {}", profiles.len(), list::shortened(profiles, NAMED_PROFILES))
}

fn verb_of_write(file: &FileReport) -> &'static str {
    match (file.removed, file.created) {
        (true, _) => "remove",
        (false, true) => "create",
        (false, false) => "update",
    }
}

/// Shows a file with the past tense of `verb`, such as `update`, or in a dry run with `would`.
fn written_file(file: &FileReport, dry_run: bool, verb: &str) {
    if dry_run {
        print_result!("\n{BOLD}would {verb}{BOLD:#} {}", safe(&file.path));
    } else {
        done(&format!("{verb}d"), &file.path);
    }
    if let Some(backup) = &file.backup {
        labeled("", &format!("backup: {backup}"));
    }
    diff(&file.diff);
}

/// Shows the texts that a run without `--dry-run` would print.
fn printed_texts(report: &Report) {
    for text in report.printed.iter().filter(|_| report.dry_run) {
        print_result!("\n{BOLD}would print{BOLD:#}");
        lines(text);
    }
}

fn command(command: &CommandReport, dry_run: bool) {
    if !dry_run {
        done("ran", &command.to_string());
        return;
    }
    let shown = safe(&command.to_string());
    print_result!("\n{BOLD}would run{BOLD:#} {shown} (time limit: {} s)", command.time_limit);
    for line in command.stdin.iter().flat_map(|stdin| stdin.lines()) {
        print_result!("          < {}", safe(line));
    }
}

fn run(run: &RunReport) {
    let (name, folder) = (safe(&run.run), safe(&run.folder));
    let [time, command] = [&run.time, &run.command].map(|text| safe(text.as_deref().unwrap_or_default()));
    match &run.not_restorable {
        None => print_result!("{BOLD}{name}{BOLD:#}  {time}  {command}"),
        Some(why) => {
            print_result!("{BOLD}{name}{BOLD:#}  cannot be undone: {}", safe(why));
            print_result!("  backups: {folder}");
        }
    }
    for file in &run.files {
        let verb = match (file.removed, file.created) {
            (true, _) => "removed",
            (false, true) => "created",
            (false, false) => "updated",
        };
        print_result!("  {verb}  {}", safe(&file.path));
    }
}

/// Shows a value that is not an action.
fn labeled(label: &str, value: &str) {
    print_result!("{BOLD}{label:<LABEL_WIDTH$}{BOLD:#} {}", safe(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_names_the_first_and_counts_all() {
        let names: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        assert_eq!(profiles(&names), "10: 0, 1, 2 and 7 more");
        assert_eq!(profiles(&names[..2]), "2: 0, 1");
    }
}
