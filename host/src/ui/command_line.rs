//! What `clap` prints: help, version and usage errors.

use anstream::{eprint, eprintln, print};

use leverage_error::visible::{is_safe, safe};

/// Prints help, the version or a usage error. A usage error repeats arguments, which a script may have from anywhere, so it is
/// escaped where needed.
pub(crate) fn usage_or_help(error: &clap::Error) {
    let plain = error.render().to_string();
    if !plain.lines().all(is_safe) {
        for line in plain.lines() {
            eprintln!("{}", safe(line));
        }
    } else if error.use_stderr() {
        eprint!("{}", error.render().ansi());
    } else {
        print!("{}", error.render().ansi());
    }
}
