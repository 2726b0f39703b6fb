//! The process of an isolated plugin: the hidden command `leverage __plugin-host LIBRARY NAME`.
//!
//! It sets its own limits, opens the library, and answers requests until its pipes close. The plugin's own output never
//! reaches these pipes.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::frame::{HEADER, Tag, header, parse_header, render_error};
use crate::{limits, load};
use leverage_error::exit_code;

/// The hidden command that serves an isolated plugin.
pub(crate) const COMMAND: &str = "__plugin-host";

/// Serves an isolated plugin if `arguments` are those of the hidden command; then returns the exit code of this process.
///
/// The host runs isolated plugins in a child process, which is a program that it starts as
/// `PROGRAM __plugin-host LIBRARY NAME`. An embedding program passes a path to
/// [`Registry::with_store`](crate::Registry::with_store), usually its own. That program must call this function:
///
/// - as the first thing in its `main`, before it reads its arguments, starts threads or prints;
/// - with [`std::env::args_os`], which include the name of the program;
/// - and exit with the returned code, without doing anything else. On `None`, this is an ordinary start.
///
/// The function takes standard input and output for the protocol, limits the memory of this process, and ties its life to
/// that of its parent. `show_events` is called once, to install a subscriber that writes the events of this process to
/// standard error at the level `debug`; the parent logs them.
pub fn serve(arguments: impl IntoIterator<Item = OsString>, show_events: fn()) -> Option<u8> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != OsStr::new(COMMAND) {
        return None;
    }
    let (Some(library), Some(name), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Some(exit_code::USAGE);
    };
    // If a pipe fails, the parent has ended, and cannot receive an error.
    let served = serve_library(Path::new(&library), &name.to_string_lossy(), show_events);
    Some(served.map_or(exit_code::INTERNAL, |()| exit_code::SUCCESS))
}

fn serve_library(library: &Path, name: &str, show_events: fn()) -> io::Result<()> {
    let (mut requests, mut responses) = take_pipes()?;
    limit_process();
    show_events();

    let plugin = match load(library, name) {
        Ok(plugin) => plugin,
        Err(error) => return send(&mut responses, Tag::Error, &render_error(error)),
    };
    send(&mut responses, Tag::Manifest, &serde_json::to_vec(plugin.manifest())?)?;
    while let Some(contribution) = receive(&mut requests, Tag::Contribution)? {
        let Some(request) = receive(&mut requests, Tag::Request)? else { break };
        let response = plugin.step(&String::from_utf8_lossy(&contribution), &request);
        send(&mut responses, Tag::Response, &response)?;
    }
    Ok(())
}

/// Moves standard input and output to other file descriptors, because a plugin can read and print; returns both. What the
/// plugin prints goes to standard error.
///
/// # Errors
///
/// A system call fails.
pub fn take_pipes() -> io::Result<(File, File)> {
    let requests = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?);
    let responses = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok((requests, responses))
}

/// Limits the memory of this process, disables core dumps, and makes it end with its parent.
pub fn limit_process() {
    // Failures are ignored: the host has a time limit, too.
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

/// Receives the next document; `None` after the host closed the pipe.
fn receive(pipe: &mut File, expected: Tag) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; HEADER];
    match pipe.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let (_, length) = parse_header(header).filter(|(tag, _)| *tag == expected).ok_or(io::ErrorKind::InvalidData)?;
    let mut document = vec![0; length];
    pipe.read_exact(&mut document)?;
    Ok(Some(document))
}
