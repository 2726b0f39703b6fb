//! Errors, warnings and notes.

use anstream::eprintln;
use leverage_plugin_api::model::{Diagnostic, Severity};

use super::style::{CYAN, RED, YELLOW};
use leverage_error::Error;
use leverage_error::visible::safe;

/// Shows a warning or a note.
pub(super) fn diagnostic(diagnostic: &Diagnostic) {
    match diagnostic.severity {
        Severity::Warning => eprintln!("{YELLOW}warning:{YELLOW:#} {}", safe(&diagnostic.message)),
        _ => note(&diagnostic.message),
    }
}

/// Shows a note.
pub(crate) fn note(message: &str) {
    eprintln!("{CYAN}note:{CYAN:#} {}", safe(message));
}

/// Shows an error with its cause and its hints.
pub(crate) fn error(error: &Error) {
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

/// The JSON form of an error: `{"error": {kind, exit_code, message, cause, hints}}`.
pub(crate) fn error_as_json(error: &Error) -> serde_json::Value {
    serde_json::json!({ "error": {
        "kind": error.kind.name(),
        "exit_code": error.kind.exit_code(),
        "message": error.message,
        "cause": error.causes(),
        "hints": error.hints,
    }})
}
