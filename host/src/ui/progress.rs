//! Progress while a large organization is read. Shown only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// The number of accounts read so far.
pub(crate) struct AccountsProgress(ProgressBar);

impl AccountsProgress {
    /// A number that is not shown yet.
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} Reading the organization: {pos} accounts ({elapsed})")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows the number of accounts read so far.
    pub fn set(&self, accounts: usize) {
        if self.0.position() == 0 {
            self.0.enable_steady_tick(Duration::from_millis(100));
        }
        self.0.set_position(accounts as u64);
    }

    /// Removes the number from the terminal.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
