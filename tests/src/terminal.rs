//! A person at a terminal: a program on a pseudo-terminal, whose screen is read and whose keys are typed.

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, ioctl_tiocsctty, kill_process, setsid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};
use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::program::{Run, code};

/// Enter.
pub const ENTER: &str = "\r";
/// The arrow down.
pub const DOWN: &str = "\u{1b}[B";
/// Tab.
pub const TAB: &str = "\t";
/// Backspace.
pub const BACKSPACE: &str = "\u{7f}";
/// Escape.
pub const ESCAPE: &str = "\u{1b}";
/// Ctrl-C.
pub const CTRL_C: &str = "\u{3}";

/// The height of the screen.
const ROWS: NonZero<u16> = NonZero::new(40).expect("not zero");
/// The width of the screen.
const COLUMNS: NonZero<u16> = NonZero::new(100).expect("not zero");

/// The time limit for an expected text.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program on a pseudo-terminal.
pub struct Terminal {
    child: Child,
    master: File,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    transcript: Vec<u8>,
    settings: String,
}

/// The result of a program.
#[derive(Debug)]
pub struct Left {
    /// The exit code; 128 and the signal's number, if a signal ended it.
    pub code: i32,
    /// Everything that it ever wrote to the terminal.
    pub transcript: String,
    /// The final screen.
    pub screen: String,
}

impl Terminal {
    /// Starts a program on a terminal.
    ///
    /// # Panics
    ///
    /// It can't be started.
    pub fn start(run: Run) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let name = ptsname(&master, Vec::new()).expect("a terminal");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = open(name.as_c_str(), flags, Mode::empty()).expect("a terminal");
        let size = Winsize { ws_row: ROWS.get(), ws_col: COLUMNS.get(), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).expect("a terminal's size");

        let settings = settings(&master);
        let child = spawn(run, slave);
        let mut reader = File::from(master.try_clone().expect("a file handle"));
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // An error means that the program has ended.
            while let Ok(length @ 1..) = reader.read(&mut chunk) {
                if sender.send(chunk[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        Self { child, master: File::from(master), output, screen, transcript: Vec::new(), settings }
    }

    /// Waits until this is on the screen.
    ///
    /// # Panics
    ///
    /// It does not come.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.screen.screen().contents().contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(chunk) => self.take(&chunk),
                Err(error) => panic!("{text:?} does not come ({error}):\n{}", self.screen.screen().contents()),
            }
        }
    }

    /// Types keys.
    ///
    /// # Panics
    ///
    /// The program has gone.
    pub fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).expect("a terminal takes keys");
    }

    /// Waits for a question and answers it.
    ///
    /// # Panics
    ///
    /// It does not come.
    #[track_caller]
    pub fn answer(&mut self, question: &str, keys: &str) {
        self.wait_for(question);
        self.press(keys);
    }

    /// Sends the program a signal.
    ///
    /// # Panics
    ///
    /// The program has gone.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a program takes signals");
    }

    /// Waits for the program's end.
    ///
    /// # Panics
    ///
    /// It does not end, or leaves the terminal in another state than it was in.
    #[track_caller]
    pub fn left(mut self) -> Left {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(chunk) => self.take(&chunk),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(error) => panic!("the program does not end ({error}):\n{}", self.screen.screen().contents()),
            }
        }
        let code = code(self.child.wait().expect("a child can be waited for"));
        let screen = self.screen.screen();
        let transcript = String::from_utf8_lossy(&self.transcript).into_owned();
        assert_eq!(settings(&self.master), self.settings, "the terminal's settings after {code}:\n{transcript}");
        assert!(!screen.hide_cursor(), "the cursor is visible again");
        Left { code, transcript, screen: screen.contents() }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.transcript.extend(chunk);
        self.screen.process(chunk);
        // Where is the cursor? Every terminal answers that.
        for _ in 0..chunk.windows(4).filter(|window| window == b"\x1b[6n").count() {
            let (row, column) = self.screen.screen().cursor_position();
            self.press(&format!("\u{1b}[{};{}R", row + 1, column + 1));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(unsafe_code, reason = "the block says why it is sound")]
fn spawn(run: Run, slave: OwnedFd) -> Child {
    let another = || slave.try_clone().expect("a file handle");
    let mut command = run.into_command();
    command.env("TERM", "xterm-256color").stdin(another()).stdout(another()).stderr(another());
    // SAFETY: both are plain system calls, which may stand between fork and exec.
    unsafe {
        command.pre_exec(|| {
            setsid()?;
            ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
    command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// The state of the terminal, as `stty -a` shows it.
fn settings(terminal: impl rustix::fd::AsFd) -> String {
    format!("{:?}", tcgetattr(terminal).expect("a terminal's settings"))
}
