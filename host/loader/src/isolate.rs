//! An installed plugin in a process of its own, with limits to its time and memory.
//!
//! Takes a library that the caller trusts; gives a plugin that may crash, exit, loop or swell, each of
//! which is one error and nothing more. The child is this program, run as [`COMMAND`]: see [`child`].
//! It gets no environment and no working folder of the project.
//!
//! This keeps the host's memory and terminal to itself. It is not a sandbox: the child runs with the
//! user's rights.

pub mod child;
mod frame;
mod wire;

use leverage_plugin_api::model::Manifest;
use std::cell::RefCell;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use super::call::{Call, breach, too_long, too_slow};
use super::{limits, v1};
pub use frame::Refusal;
use frame::Tag;
use leverage_error::visible::safe;
use leverage_error::{Error, Kind, Result};
use wire::{Trouble, Wire};

/// The hidden command that serves a plugin.
pub const COMMAND: &str = "__plugin-host";

/// A plugin in a process of its own.
pub(super) struct Isolated {
    name: String,
    manifest: Manifest,
    wire: RefCell<Wire>,
}

impl Isolated {
    /// Starts `program` (this program, or one that serves [`COMMAND`] as it does) for the library.
    ///
    /// # Errors
    ///
    /// The process can't be started, or what it says of the library.
    pub fn start(program: &Path, library: &Path, name: &str) -> Result<Self> {
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
        let failed = |error| {
            Error::new(Kind::Internal, format!("no process could be started for {name}"))
                .cause(format!("{}: {error}", program.display()))
        };
        let mut wire = Wire::new(child.map_err(failed)?).map_err(failed)?;
        let (tag, document) = wire.exchange(&[]).map_err(|trouble| explain(name, &mut wire, &trouble))?;
        match tag {
            Tag::Manifest => {
                let manifest = v1::read_manifest(&document, name)?;
                Ok(Self { name: name.to_owned(), manifest, wire: RefCell::new(wire) })
            }
            Tag::Refusal => {
                wire.finish(name);
                Err(frame::refusal(&document))
            }
            _ => Err(breach(name, "answered out of turn")),
        }
    }
}

impl Call for Isolated {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn step(&self, contribution: &str, request: &[u8]) -> Result<Vec<u8>> {
        let mut wire = self.wire.borrow_mut();
        let mut message = frame::frame(Tag::Contribution, contribution.as_bytes());
        message.extend(frame::frame(Tag::Request, request));
        match wire.exchange(&message) {
            Ok((Tag::Response, response)) => Ok(response),
            Ok(_) => Err(breach(&self.name, "answered out of turn")),
            Err(trouble) => Err(explain(&self.name, &mut wire, &trouble)),
        }
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        self.wire.get_mut().finish(&self.name);
    }
}

/// The error that ends the run. The process is ended first.
fn explain(name: &str, wire: &mut Wire, trouble: &Trouble) -> Error {
    let (status, printed) = wire.finish(name);
    match trouble {
        Trouble::TooSlow => too_slow(name),
        Trouble::TooLong => too_long(name),
        Trouble::Garbled => breach(name, "answered out of turn"),
        Trouble::Io(error) => breach(name, "can't be talked to").cause(error.to_string()),
        Trouble::Gone => gone(name, status, &printed),
    }
}

fn gone(name: &str, status: Option<ExitStatus>, printed: &str) -> Error {
    let Some(status) = status else { return breach(name, "closed its connection") };
    // What the allocators of Rust say before they give up.
    if printed.contains("memory allocation of") {
        return breach(name, &format!("ran out of the {} GiB of memory that a plugin may use", limits::MEMORY >> 30));
    }
    match (status.code(), status.signal()) {
        // Ctrl-C goes to every process at the terminal.
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
            breach(name, &format!("crashed: its process was ended by signal {signal}{name_of_signal}"))
        }
        (code, _) => {
            let code = code.map(|code| format!(" with code {code}")).unwrap_or_default();
            breach(name, &format!("ended its process{code} in place of an answer"))
        }
    }
}

/// Writes what a plugin printed to the log.
fn log(name: &str, printed: &str) {
    for line in printed.lines() {
        tracing::debug!("{name} printed: {}", safe(line));
    }
}
