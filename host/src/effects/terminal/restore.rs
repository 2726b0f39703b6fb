//! Keeps a signal at a prompt from leaving the terminal as the prompt had it: raw and without echo.

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;
use std::io::{Write, stderr, stdin};
use std::thread::{JoinHandle, spawn};

/// While it lives, a signal that ends the process puts the terminal back first.
pub(super) struct Guard {
    handle: Handle,
    watcher: Option<JoinHandle<()>>,
}

impl Guard {
    /// Remembers the terminal as it is. None where there is nothing to remember or to watch for.
    pub fn new() -> Option<Self> {
        let before = tcgetattr(stdin()).ok()?;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).ok()?;
        let handle = signals.handle();
        let watcher = spawn(move || {
            for signal in signals.forever() {
                restore(&before);
                // Ends the process as if the signal had not been watched for.
                let _ = emulate_default_handler(signal);
            }
        });
        Some(Self { handle, watcher: Some(watcher) })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}

fn restore(before: &Termios) {
    // The process ends next; there is nobody left to tell of a failure.
    let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    // Shows the cursor, and ends the mode in which a paste is bracketed.
    let _ = stderr().write_all(b"\x1b[?25h\x1b[?2004l\r\n");
}
