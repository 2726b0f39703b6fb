//! The difference between two texts.

use super::stream::print_result;
use super::style::{CYAN, GREEN, PLAIN, RED};
use leverage_core::diff::{Line, Tag};
use leverage_error::visible::safe;

/// Shows the difference between two texts.
pub(crate) fn diff(lines: &[Line]) {
    for line in lines {
        let style = match line.tag {
            Tag::Hunk => CYAN,
            Tag::Context => PLAIN,
            Tag::Removed => RED,
            Tag::Added => GREEN,
        };
        print_result!("{style}{}{style:#}", safe(&line.to_string()));
    }
}
