//! Restores the terminal when a signal ends the process at a prompt, which leaves it raw and without echo.

#![allow(clippy::disallowed_methods, reason = "restores the terminal after a prompt")]

use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;
use std::io::{Write, stderr};
use std::thread::{JoinHandle, spawn};

/// While it exists, a signal that ends the process first restores the terminal.
pub(super) struct TerminalGuard {
    handle: Handle,
    watcher: Option<JoinHandle<()>>,
}

impl TerminalGuard {
    /// Saves the state of the terminal. `None` if standard input is not a terminal, or signals cannot be watched.
    pub fn new() -> Option<Self> {
        let before = tcgetattr(stdin()).ok()?;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).ok()?;
        let handle = signals.handle();
        let watcher = spawn(move || {
            for signal in signals.forever() {
                restore(&before);
                // Ends the process as without this handler.
                let _ = emulate_default_handler(signal);
            }
        });
        Some(Self { handle, watcher: Some(watcher) })
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}

fn restore(before: &Termios) {
    // The process ends next, so a failure cannot be reported.
    let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    // Shows the cursor, and disables bracketed paste.
    let _ = stderr().write_all(b"\x1b[?25h\x1b[?2004l\r\n");
}
