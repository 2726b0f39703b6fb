//! The process of an isolated plugin: the hidden command `leverage __plugin-host LIBRARY NAME`.
//!
//! It limits itself, opens the library, and answers requests on the pipes that it was started with until
//! they close. What the plugin prints goes nowhere near them.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::COMMAND;
use super::frame::{HEADER, Tag, announced, header, refusal_document};
use crate::{limits, load};
use leverage_error::exit_code;

/// Serves a plugin if these are the arguments of the hidden command; gives the exit code then.
///
/// A program that embeds `leverage` and lets it run plugins calls this first thing in its `main`. `show_events` has the
/// events of this process written to standard error, at the level `debug`.
pub fn main(arguments: impl IntoIterator<Item = OsString>, show_events: fn()) -> Option<u8> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != OsStr::new(COMMAND) {
        return None;
    }
    let (Some(library), Some(name), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Some(exit_code::USAGE);
    };
    // Whoever started this is gone if a pipe fails, and there is nobody left to tell.
    Some(
        serve(Path::new(&library), &name.to_string_lossy(), show_events)
            .map_or(exit_code::INTERNAL, |()| exit_code::SUCCESS),
    )
}

fn serve(library: &Path, name: &str, show_events: fn()) -> io::Result<()> {
    let (mut requests, mut responses) = take_pipes()?;
    limit();
    show_events();

    let plugin = match load::load(library, name) {
        Ok(plugin) => plugin,
        Err(error) => return send(&mut responses, Tag::Refusal, &refusal_document(error)),
    };
    send(&mut responses, Tag::Manifest, &serde_json::to_vec(plugin.manifest())?)?;
    while let Some(contribution) = receive(&mut requests, Tag::Contribution)? {
        let Some(request) = receive(&mut requests, Tag::Request)? else { break };
        let response = plugin.step(&String::from_utf8_lossy(&contribution), &request);
        send(&mut responses, Tag::Response, &response)?;
    }
    Ok(())
}

/// Moves the pipes to where no plugin looks for them: it may print, and it may read standard input.
pub fn take_pipes() -> io::Result<(File, File)> {
    let requests = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?);
    let responses = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok((requests, responses))
}

/// Limits what this process may take, and ties its life to the host's.
pub fn limit() {
    // A system that refuses one of these is no worse than before; the host has its own clock.
    let most = |value| Rlimit { current: Some(value), maximum: Some(value) };
    let _ = setrlimit(Resource::As, most(limits::MEMORY));
    let _ = setrlimit(Resource::Core, most(0));
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

fn send(pipe: &mut File, tag: Tag, document: &[u8]) -> io::Result<()> {
    pipe.write_all(&header(tag, document.len()))?;
    pipe.write_all(document)
}

/// The next document; `None` once the host has closed the pipe.
fn receive(pipe: &mut File, expected: Tag) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; HEADER];
    match pipe.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let (_, length) = announced(header).filter(|(tag, _)| *tag == expected).ok_or(io::ErrorKind::InvalidData)?;
    let mut document = vec![0; length];
    pipe.read_exact(&mut document)?;
    Ok(Some(document))
}
