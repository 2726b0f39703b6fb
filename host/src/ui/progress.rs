//! Progress while a large organization is read. Shown only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::time::Duration;

/// The number of accounts read so far, while it is on the terminal.
#[derive(Default)]
pub(crate) struct AccountsProgress(RefCell<Option<ProgressBar>>);

impl AccountsProgress {
    /// Shows the number of accounts read so far.
    pub fn set(&self, accounts: usize) {
        self.0.borrow_mut().get_or_insert_with(started).set_position(accounts as u64);
    }

    /// Removes the number from the terminal. A later [`set`](Self::set) shows it again.
    pub fn clear(&self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}

fn started() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} Reading the organization: {pos} accounts ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
