//! An installed plugin in a separate process, with limits of time and memory.
//!
//! A crash, exit, endless loop or memory leak of the plugin is an error of the run, and nothing more. The child process is
//! this program, run as [`COMMAND`]: see [`child`]. It has an empty environment and the working folder `/`.
//!
//! This protects the memory and terminal of the host. It is not a sandbox: the child has the user's rights.

pub(crate) mod child;
pub(crate) mod frame;
mod pipes;

use leverage_plugin_api::model::Manifest;
use std::cell::RefCell;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::open_plugin::OpenPlugin;
use crate::violation::{too_long, too_slow, violation};
use crate::{limits, v1};
use child::COMMAND;
use frame::Tag;
use leverage_error::{Error, Kind, Result};
use pipes::{ExchangeError, Pipes};

/// A plugin in a separate process.
pub(crate) struct IsolatedPlugin {
    name: String,
    manifest: Manifest,
    pipes: RefCell<Pipes>,
}

impl IsolatedPlugin {
    /// Starts `program`, which calls [`serve`](child::serve), for the library. `name` is what errors call the plugin.
    ///
    /// # Errors
    ///
    /// The process cannot be started, or does not admit the library.
    pub(crate) fn start(program: &Path, library: &Path, name: &str) -> Result<Self> {
        let child = Command::new(program)
            .arg(COMMAND)
            .arg(library)
            .arg(name)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let failed = |error: std::io::Error| {
            Error::new(Kind::Internal, format!("failed to start `{}` for {name}", program.display())).cause(error)
        };
        let mut pipes = Pipes::new(child.map_err(failed)?).map_err(failed)?;
        let (tag, document) = pipes.exchange(&[]).map_err(|error| end_with_error(name, &mut pipes, error))?;
        match tag {
            Tag::Manifest => {
                let manifest = v1::read_manifest(&document, name)?;
                Ok(Self { name: name.to_owned(), manifest, pipes: RefCell::new(pipes) })
            }
            Tag::Error => {
                pipes.finish(name);
                Err(frame::parse_error(&document))
            }
            _ => Err(violation(name, UNEXPECTED)),
        }
    }
}

impl OpenPlugin for IsolatedPlugin {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        let mut pipes = self.pipes.borrow_mut();
        let mut message = frame::frame(Tag::Contribution, contribution.as_bytes());
        message.extend(frame::frame(Tag::Request, request));
        match pipes.exchange(&message) {
            Ok((Tag::Response, response)) => Ok(response),
            Ok(_) => Err(violation(&self.name, UNEXPECTED)),
            Err(error) => Err(end_with_error(&self.name, &mut pipes, error)),
        }
    }
}

impl Drop for IsolatedPlugin {
    fn drop(&mut self) {
        self.pipes.get_mut().finish(&self.name);
    }
}

/// What a plugin did whose message is malformed, or of the wrong kind.
const UNEXPECTED: &str = "sent an unexpected message";

/// Ends the process; returns the error that ends the run.
fn end_with_error(name: &str, pipes: &mut Pipes, error: ExchangeError) -> Error {
    let (status, printed) = pipes.finish(name);
    match error {
        ExchangeError::TooSlow => too_slow(name),
        ExchangeError::TooLong => too_long(name),
        ExchangeError::Malformed => violation(name, UNEXPECTED),
        ExchangeError::Io(error) => violation(name, "broke its connection").cause(error),
        ExchangeError::Closed => explain_end(name, status, &printed),
    }
}

/// The error of a plugin whose process closed its pipes.
fn explain_end(name: &str, status: Option<ExitStatus>, printed: &str) -> Error {
    let Some(status) = status else { return violation(name, "closed its connection") };
    // The message of Rust's allocator before it aborts.
    if printed.contains("memory allocation of") {
        return violation(name, &format!("exceeded the memory limit of {} GiB", limits::MEMORY >> 30));
    }
    match (status.code(), status.signal()) {
        // Ctrl-C sends SIGINT to every process of the terminal.
        (None, Some(2)) => Error::interrupted(),
        (None, Some(signal)) => {
            let name_of_signal = match signal {
                4 => " (illegal instruction)",
                6 => " (abort)",
                7 | 10 => " (bus error)",
                9 => " (killed)",
                11 => " (segmentation fault)",
                _ => "",
            };
            violation(name, &format!("crashed with signal {signal}{name_of_signal}"))
        }
        (code, _) => {
            let code = code.map(|code| format!(" with code {code}")).unwrap_or_default();
            violation(name, &format!("exited{code} instead of responding"))
        }
    }
}
