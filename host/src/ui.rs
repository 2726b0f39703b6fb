//! The only writer to the terminal: reports and errors for people or, as JSON, for scripts.
//!
//! Results go to standard output, everything else to standard error. Colours appear on a terminal only,
//! and never where `NO_COLOR` is set. Control characters in what others said are shown, not obeyed.

use anstream::{eprintln, print};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use leverage_plugin_api::model::{Diagnostic, Severity};
use leverage_testkit::{Check, Outcome};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use leverage_core::config::Setting;
use leverage_core::diff::{Line, Tag};
use leverage_core::list;
use leverage_core::report::{FileReport, Report, RunsReport, UndoReport};
use leverage_error::Error;
use leverage_error::visible::{self, safe};

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const BOLD: Style = Style::new().bold();

/// How many profiles are named before the rest are only counted.
const NAMED_PROFILES: usize = 8;

/// Whether standard output belongs to what outputs print: then everything else goes to standard error.
static STDOUT_IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Prints a line of a result.
macro_rules! println {
    ($($argument:tt)*) => {
        if STDOUT_IS_TAKEN.load(Ordering::Relaxed) {
            anstream::eprintln!($($argument)*)
        } else {
            anstream::println!($($argument)*)
        }
    };
}

/// Prints a text of an output, on standard output; beside a JSON document, which is alone there, on standard error.
pub fn printed(text: &str, beside_json: bool) {
    if !beside_json {
        STDOUT_IS_TAKEN.store(true, Ordering::Relaxed);
    }
    for line in text.lines() {
        if beside_json {
            eprintln!("{}", safe(line));
        } else {
            anstream::println!("{}", safe(line));
        }
    }
}

/// Passes on a line that a command said.
pub fn said(line: &str) {
    eprintln!("{}", safe(line));
}

/// Shows a report as text.
pub fn report(report: &Report) {
    for diagnostic in &report.diagnostics {
        self::diagnostic(diagnostic);
    }
    if let Some(profile) = &report.key_profile {
        let keys = if profile.new_keys { "new access keys" } else { "access keys kept" };
        let arn = profile.arn.as_ref().map(|arn| format!(" of {}", safe(arn))).unwrap_or_default();
        println!("{BOLD}{}{BOLD:#}  {keys}{arn}", safe(&profile.name));
    }
    if !report.profiles.is_empty() {
        println!("{BOLD}Profiles{BOLD:#}  {}", names(&report.profiles));
    }
    for file in &report.files {
        self::file(file, report.dry_run);
    }
    follow_up(report);
    if report.files.is_empty() && (report.key_profile.is_some() || !report.profiles.is_empty()) {
        println!("Every file is up to date; nothing was written.");
    } else if report.dry_run && !(report.files.is_empty() && report.commands.is_empty()) {
        println!("\nThis was a dry run; nothing was written.");
    }
    next_steps(&report.next_steps);
}

/// Shows what became of a run that was to be undone.
pub fn undone(report: &UndoReport) {
    report.diagnostics.iter().for_each(diagnostic);
    let Some(run) = &report.run else { return };
    println!("{BOLD}{}{BOLD:#}  {}", safe(run), safe(report.command.as_deref().unwrap_or_default()));
    for file in &report.files {
        self::file(file, report.dry_run);
    }
    if report.files.is_empty() {
        println!("Every file is as it was before that run; nothing was written.");
    } else if report.dry_run {
        println!("\nThis was a dry run; nothing was written.");
    }
}

/// Shows the runs that can be undone.
pub fn runs(report: &RunsReport) {
    report.diagnostics.iter().for_each(diagnostic);
    if report.runs.is_empty() {
        println!("There is no run to undo.");
    }
    for run in &report.runs {
        let (name, folder) = (safe(&run.run), safe(&run.folder));
        let [time, command] = [&run.time, &run.command].map(|text| safe(text.as_deref().unwrap_or_default()));
        match &run.not_restorable {
            None => println!("{BOLD}{name}{BOLD:#}  {time}  {command}"),
            Some(why) => println!("{BOLD}{name}{BOLD:#}  can't be undone: {}; its copies are in {folder}", safe(why)),
        }
        for file in &run.files {
            let what = match (file.created, file.removed) {
                (_, true) => "removed",
                (true, _) => "created",
                (false, false) => "updated",
            };
            println!("  {what}  {}", safe(&file.path));
        }
    }
}

/// Shows a message to the user.
fn diagnostic(diagnostic: &Diagnostic) {
    match diagnostic.severity {
        Severity::Warning => eprintln!("{YELLOW}warning:{YELLOW:#} {}", safe(&diagnostic.message)),
        _ => note(&diagnostic.message),
    }
}

/// Says what the user should know besides.
pub fn note(message: &str) {
    eprintln!("{CYAN}note:{CYAN:#} {}", safe(message));
}

fn names(profiles: &[String]) -> String {
    safe(&list::shortened(profiles, NAMED_PROFILES))
}

fn file(file: &FileReport, dry_run: bool) {
    let path = safe(&file.path);
    match (dry_run, file.created, file.removed) {
        (false, _, true) => println!("{GREEN}Removed{GREEN:#}  {path}"),
        (false, true, _) => println!("{GREEN}Created{GREEN:#}  {path}"),
        (false, false, _) => println!("{GREEN}Updated{GREEN:#}  {path}"),
        (true, _, true) => println!("\n{BOLD}Would remove{BOLD:#} {path}"),
        (true, true, _) => println!("\n{BOLD}Would create{BOLD:#} {path}"),
        (true, false, _) => println!("\n{BOLD}Would update{BOLD:#} {path}"),
    }
    if let Some(backup) = &file.backup {
        println!("         backup in {}", safe(backup));
    }
    diff(&file.diff);
}

/// Shows the commands, and of a dry run what would be printed.
fn follow_up(report: &Report) {
    for printed in report.printed.iter().filter(|_| report.dry_run) {
        println!("\n{BOLD}Would print{BOLD:#}");
        text(printed);
    }
    for command in &report.commands {
        if !report.dry_run {
            println!("{GREEN}Ran{GREEN:#}      {}", safe(&command.to_string()));
            continue;
        }
        let limit = command.time_limit;
        println!("\n{BOLD}Would run{BOLD:#} {} (for {limit} s at most)", safe(&command.to_string()));
        for line in command.stdin.iter().flat_map(|stdin| stdin.lines()) {
            println!("          < {}", safe(line));
        }
    }
}

/// Shows the difference between two texts.
pub fn diff(lines: &[Line]) {
    for line in lines {
        let style = match line.tag {
            Tag::Hunk => CYAN,
            Tag::Context => Style::new(),
            Tag::Removed => RED,
            Tag::Added => GREEN,
        };
        println!("{style}{}{style:#}", safe(&line.to_string()));
    }
}

/// Shows an error as text.
pub fn error(error: &Error) {
    eprintln!("{RED}error:{RED:#} {}", safe(&error.message));
    for line in error.snippet.iter().flat_map(|snippet| snippet.lines()) {
        eprintln!("  {}", safe(line));
    }
    if let Some(causes) = error.causes() {
        eprintln!("  cause: {}", safe(&causes));
    }
    for hint in &error.hints {
        eprintln!("  {CYAN}hint:{CYAN:#} {}", safe(hint));
    }
}

/// Prints a JSON document on one line.
pub fn json(document: &serde_json::Value) {
    println!("{}", visible::escaped_in_json(&document.to_string()));
}

/// The JSON form of an error: `{"error": {kind, exit_code, message, cause, hints}}`.
pub fn error_as_json(error: &Error) -> serde_json::Value {
    serde_json::json!({ "error": {
        "kind": error.kind.name(),
        "exit_code": error.kind.exit_code(),
        "message": error.message,
        "cause": error.causes(),
        "hints": error.hints,
    }})
}

/// Prints a line of text as it is: headings of the tour, and what its commands print.
pub fn line(text: &str) {
    println!("{BOLD}{}{BOLD:#}", safe(text));
}

/// Prints a text of several lines as it is.
pub fn text(text: &str) {
    for line in text.lines() {
        println!("{}", safe(line));
    }
}

/// Shows a check of a plugin and how it ended.
pub fn check(check: &Check) {
    let (name, rule) = (safe(&check.name), safe(&check.rule));
    match &check.outcome {
        Outcome::Passed => println!("{GREEN}ok{GREEN:#}       {name:<15} {rule}"),
        Outcome::Failed(how) => println!("{RED}broken{RED:#}   {name:<15} {rule}\n         {:<15} {}", "", safe(how)),
        Outcome::DoesNotApply(why) => println!("-        {name:<15} does not apply: {}", safe(why)),
        Outcome::NotRun(why) => println!("{YELLOW}not run{YELLOW:#}  {name:<15} {}", safe(why)),
        _ => println!("?        {name:<15} {rule}"),
    }
}

/// Shows what the configuration says, and where each value comes from.
pub fn settings(settings: &[Setting]) {
    let width = settings.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    for Setting { key, value, from } in settings {
        println!("{BOLD}{:<width$}{BOLD:#}  {}  {CYAN}{}{CYAN:#}", safe(key), safe(&value.to_string()), safe(from));
    }
}

/// Says how all checks together ended.
pub fn verdict(passed: bool) {
    if passed {
        println!("\nThe plugin keeps the rules.");
    } else {
        println!("\nThe plugin does not keep the rules.");
    }
}

/// Says that something was created, and what to do next.
pub fn created(path: &str, next_steps: &[String]) {
    println!("{GREEN}Created{GREEN:#}  {}", safe(path));
    self::next_steps(next_steps);
}

fn next_steps(steps: &[String]) {
    if !steps.is_empty() {
        println!("\nNext:");
        for step in steps {
            println!("  {}", safe(step));
        }
    }
}

/// Counts accounts while a large organization is read. Shown on a terminal only.
pub struct AccountsProgress(ProgressBar);

impl AccountsProgress {
    /// A count that is not shown yet.
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} Reading the organization: {pos} accounts ({elapsed})")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many accounts are known.
    pub fn set(&self, accounts: usize) {
        if self.0.position() == 0 {
            self.0.enable_steady_tick(Duration::from_millis(100));
        }
        self.0.set_position(accounts as u64);
    }

    /// Removes it from the terminal.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Default for AccountsProgress {
    fn default() -> Self {
        Self::new()
    }
}

/// Prints the help that `clap` made, or what it says is wrong with the command line. That repeats arguments, which a script
/// may have from anywhere.
pub fn help(error: &clap::Error) {
    let plain = error.render().to_string();
    if !plain.lines().all(visible::is_safe) {
        for line in plain.lines() {
            eprintln!("{}", safe(line));
        }
    } else if error.use_stderr() {
        anstream::eprint!("{}", error.render().ansi());
    } else {
        print!("{}", error.render().ansi());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_profiles_are_counted() {
        let profiles: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        assert!(names(&profiles).ends_with("7 and 2 more"));
    }
}
