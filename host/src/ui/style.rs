//! Colors, and the width of the labels of a report.

use anstyle::{AnsiColor, Style};

pub(super) const RED: Style = AnsiColor::Red.on_default();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const PLAIN: Style = Style::new();

/// The width of `access keys` and `would create`, the labels in front of what was done.
pub(super) const LABEL_WIDTH: usize = 12;
