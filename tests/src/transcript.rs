//! What programs wrote in a test, in order, as a snapshot shows it.

use std::fmt::Write as _;

use leverage::error::Error;
use leverage::report::Report;

/// What was run in a [`Place`](crate::place::Place). Values that differ from run to run appear under a name.
#[derive(Debug, Default)]
pub struct Transcript {
    text: String,
    /// Values and their names.
    names: Vec<(String, String)>,
}

impl Transcript {
    /// Shows this value under this name, in brackets.
    pub fn name(&mut self, value: impl Into<String>, name: &str) {
        self.names.push((value.into(), format!("[{name}]")));
    }

    /// Adds a command, its exit code and its output.
    pub fn add(&mut self, command: &str, code: i32, stdout: &str, stderr: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _ = writeln!(self.text, "$ {command}\nexit code: {code}");
        for (name, text) in [("stdout", stdout), ("stderr", stderr)] {
            if !text.is_empty() {
                let _ = writeln!(self.text, "----- {name} -----\n{}", text.trim_end_matches('\n'));
            }
        }
    }

    /// Takes the text so far.
    pub fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        self.filter(&text)
    }

    /// The text with the names of values in their place.
    pub fn filter(&self, text: &str) -> String {
        // Longer values first: one may be a part of another.
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        names.into_iter().fold(text.to_owned(), |text, (value, name)| replace_whole(&text, value, name))
    }
}

/// Replaces the value where it is not the beginning of a longer name, as `20261123T195800Z` is of `20261123T195800Z-2`.
fn replace_whole(text: &str, value: &str, name: &str) -> String {
    let goes_on = |rest: &str| {
        let mut rest = rest.chars();
        let next = rest.next().unwrap_or(' ');
        next.is_alphanumeric() || next == '-' && rest.next().is_some_and(|digit| digit.is_ascii_digit())
    };
    let (mut replaced, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(value) {
        let end = at + value.len();
        replaced += &rest[..at];
        replaced += if goes_on(&rest[end..]) { value } else { name };
        rest = &rest[end..];
    }
    replaced + rest
}

/// An error of the library as the program would show it, with its kind.
pub fn error(error: &Error) -> String {
    let mut text = format!("error ({}): {}\n", error.kind.name(), error.message);
    let causes = error.causes();
    let lines = causes.iter().map(|cause| ("cause", cause)).chain(error.hints.iter().map(|hint| ("hint", hint)));
    for (name, part) in lines {
        let _ = writeln!(text, "  {name}: {part}");
    }
    text
}

/// The diagnostics of a report, one a line.
pub fn diagnostics(report: &Report) -> String {
    report.diagnostics.iter().fold(String::new(), |mut text, one| {
        let _ = writeln!(text, "{:?}: {}", one.severity, one.message);
        text
    })
}

/// The replacements in all snapshots, besides the values that a test names.
const FILTERS: [(&str, &str); 10] = [
    // Names of backups, times of runs.
    (r"\b20[2-9]\d[01]\d[0-3]\dT\d{6}Z(-\d+)?", "[RUN]"),
    (r"\b20[2-9]\d-[01]\d-[0-3]\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
    (r"\b20[2-9]\d-[01]\d-[0-3]\d \d\d:\d\d(:\d\d)?( UTC)?", "[TIME]"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "[REQUEST ID]"),
    (r"\bA(K|S)IA[0-9A-Z]{16}\b", "[ACCESS KEY ID]"),
    (r"\bsha256-[0-9a-f]{64}\b", "sha256-[HASH]"),
    (r"\b127\.0\.0\.1:\d+\b", "[ADDRESS]"),
    (r"\b\d+\.\d+\.\d+\b", "[VERSION]"),
    (r"\bleverage-sandbox-\w{6}\b", "leverage-sandbox-[RANDOM]"),
    // The width of a column that holds paths.
    (r"([\w-]) {30,}(\w)", "$1  …  $2"),
];

/// The settings of all snapshots.
pub fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(true);
    for (pattern, name) in FILTERS {
        settings.add_filter(pattern, name);
    }
    settings
}

/// Compares a text with a snapshot below `snapshots/`, which is named after the test, or as the first argument says.
///
/// `INSTA_UPDATE=always cargo test --workspace --test it` rewrites the snapshots; `git diff` shows the changes.
#[macro_export]
macro_rules! snapshot {
    ($text:expr) => {
        $crate::transcript::settings().bind(|| insta::assert_snapshot!($text))
    };
    ($name:expr, $text:expr) => {
        $crate::transcript::settings().bind(|| insta::assert_snapshot!($name, $text))
    };
}
