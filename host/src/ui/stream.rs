//! Lines on standard output and standard error, and which of them gets the result.

use anstream::eprintln;
use std::sync::atomic::{AtomicBool, Ordering};

use super::style::BOLD;
use leverage_error::visible::{escaped_in_json, safe};

/// Whether the texts of outputs are on standard output. Then everything else goes to standard error.
static STDOUT_IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Prints a line of the result. The caller escapes what is in it.
macro_rules! print_result {
    ($($argument:tt)*) => {
        $crate::ui::stream::print_result_line(format_args!($($argument)*))
    };
}
pub(super) use print_result;

/// Prints a line of the result. See [`print_result!`].
pub(super) fn print_result_line(line: std::fmt::Arguments<'_>) {
    if STDOUT_IS_TAKEN.load(Ordering::Relaxed) {
        eprintln!("{line}");
    } else {
        anstream::println!("{line}");
    }
}

/// Prints a text of an output on standard output; with `--json` on standard error, because the JSON document must be alone on
/// standard output.
pub(crate) fn output_text(text: &str, with_json: bool) {
    if !with_json {
        STDOUT_IS_TAKEN.store(true, Ordering::Relaxed);
    }
    for line in text.lines() {
        if with_json {
            eprintln!("{}", safe(line));
        } else {
            anstream::println!("{}", safe(line));
        }
    }
}

/// Prints a line that a command of an output printed.
pub(crate) fn command_output(line: &str) {
    eprintln!("{}", safe(line));
}

/// Prints a JSON document on one line.
pub(crate) fn json(document: &serde_json::Value) {
    print_result!("{}", escaped_in_json(&document.to_string()));
}

/// Prints a line in bold.
pub(crate) fn heading(text: &str) {
    print_result!("{BOLD}{}{BOLD:#}", safe(text));
}

/// Prints each line of a text.
pub(crate) fn lines(text: &str) {
    for line in text.lines() {
        print_result!("{}", safe(line));
    }
}
