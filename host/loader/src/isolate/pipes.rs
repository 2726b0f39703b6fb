//! The host's end of the pipes to a plugin's process. Each exchange has a deadline, whatever the child does.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::time::{Duration, Instant};

use super::frame::{HEADER, Tag, parse_header};
use crate::limits;
use leverage_error::visible::safe;

/// Why an exchange failed.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The deadline has passed.
    TooSlow,
    /// The response is too long.
    TooLong,
    /// The response is not a frame.
    Malformed,
    /// The child closed its end.
    Closed,
    /// A system call failed.
    Io(io::Error),
}

impl From<io::Error> for ExchangeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A child process and its three pipes.
pub(crate) struct Pipes {
    child: Child,
    requests: ChildStdin,
    responses: ChildStdout,
    prints: Option<ChildStderr>,
    printed: Vec<u8>,
    finished: Option<ExitStatus>,
}

impl Pipes {
    /// Takes the pipes of a child that was started with all three.
    pub(crate) fn new(mut child: Child) -> io::Result<Self> {
        let missing = || io::Error::from(ErrorKind::BrokenPipe);
        let requests = child.stdin.take().ok_or_else(missing)?;
        let responses = child.stdout.take().ok_or_else(missing)?;
        let prints = child.stderr.take().ok_or_else(missing)?;
        ioctl_fionbio(&requests, true)?;
        ioctl_fionbio(&responses, true)?;
        ioctl_fionbio(&prints, true)?;
        Ok(Self { child, requests, responses, prints: Some(prints), printed: Vec::new(), finished: None })
    }

    /// Sends `message` and waits for one frame.
    pub(crate) fn exchange(&mut self, message: &[u8]) -> Result<(Tag, Vec<u8>), ExchangeError> {
        let deadline = Instant::now() + limits::TIME;
        let mut unsent = message;
        let mut incoming = Incoming::default();
        loop {
            self.wait(!unsent.is_empty(), deadline)?;
            self.read_prints();
            if let Some(frame) = incoming.read(&mut self.responses)? {
                return Ok(frame);
            }
            if !unsent.is_empty() {
                match self.requests.write(unsent) {
                    Ok(count) => unsent = &unsent[count..],
                    // The child is ending; its last message or its end arrives on the other pipe.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => unsent = &[],
                    Err(error) if is_temporary(&error) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Waits until a pipe is ready.
    fn wait(&self, sending: bool, deadline: Instant) -> Result<(), ExchangeError> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ExchangeError::TooSlow);
        }
        let mut pipes = vec![PollFd::new(&self.responses, PollFlags::IN)];
        pipes.extend(self.prints.as_ref().map(|prints| PollFd::new(prints, PollFlags::IN)));
        if sending {
            pipes.push(PollFd::new(&self.requests, PollFlags::OUT));
        }
        let left = Timespec::try_from(left).map_err(|_| ExchangeError::TooSlow)?;
        match poll(&mut pipes, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(ExchangeError::Io(error.into())),
        }
    }

    /// Reads what the child printed, so that its pipe never fills.
    fn read_prints(&mut self) {
        let Some(prints) = &mut self.prints else { return };
        let mut buffer = [0; 8192];
        loop {
            match prints.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    let room = limits::PRINTED.saturating_sub(self.printed.len());
                    self.printed.extend(&buffer[..count.min(room)]);
                }
                Err(error) if is_temporary(&error) => return,
                // Closed.
                _ => {
                    self.prints = None;
                    return;
                }
            }
            // The rest is read in the next round, so that a flood does not delay the deadline.
            if self.printed.len() >= limits::PRINTED {
                return;
            }
        }
    }

    /// Ends the child if it still runs, and logs what it printed; returns its exit status and what it printed.
    pub(crate) fn finish(&mut self, name: &str) -> (Option<ExitStatus>, String) {
        if self.finished.is_none() {
            // A child that closed its pipe is about to exit; wait for its exit status.
            let deadline = Instant::now() + Duration::from_millis(200);
            let closed = matches!(self.responses.read(&mut [0]), Ok(0));
            while closed && matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
            // Failures are harmless: the child has ended already.
            let _ = self.child.kill();
            self.finished = self.child.wait().ok();
            self.read_prints();
            log_printed(name, &String::from_utf8_lossy(&self.printed));
        }
        (self.finished, String::from_utf8_lossy(&self.printed).into_owned())
    }
}

/// A frame that is partly read.
#[derive(Default)]
struct Incoming {
    header: [u8; HEADER],
    filled: usize,
    document: Option<(Tag, usize, Vec<u8>)>,
}

impl Incoming {
    /// Reads what is available; returns the frame when it is complete.
    fn read(&mut self, pipe: &mut impl Read) -> Result<Option<(Tag, Vec<u8>)>, ExchangeError> {
        let mut buffer = [0; 65536];
        loop {
            if self.document.as_ref().is_some_and(|(_, length, document)| document.len() == *length) {
                return Ok(self.document.take().map(|(tag, _, document)| (tag, document)));
            }
            let wanted = match &self.document {
                None => HEADER - self.filled,
                Some((_, length, document)) => (length - document.len()).min(buffer.len()),
            };
            let count = match pipe.read(&mut buffer[..wanted]) {
                Ok(0) => return Err(ExchangeError::Closed),
                Ok(count) => count,
                Err(error) if is_temporary(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            match &mut self.document {
                Some((_, _, document)) => document.extend(&buffer[..count]),
                None => {
                    self.header[self.filled..self.filled + count].copy_from_slice(&buffer[..count]);
                    self.filled += count;
                }
            }
            if self.document.is_none() && self.filled == HEADER {
                let (tag, length) = parse_header(self.header).ok_or(ExchangeError::Malformed)?;
                if length > limits::RESPONSE {
                    return Err(ExchangeError::TooLong);
                }
                self.document = Some((tag, length, Vec::new()));
            }
        }
    }
}

/// Whether the operation can be repeated later.
fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// Logs what a plugin printed.
fn log_printed(name: &str, printed: &str) {
    for line in printed.lines() {
        tracing::debug!("{name} printed: {}", safe(line));
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{frame, header};
    use super::*;

    #[test]
    fn incoming_reads_frame_in_pieces() {
        let bytes = frame(Tag::Response, b"hello");
        for cut in 0..bytes.len() {
            let mut incoming = Incoming::default();
            // The end of the bytes is like a closed pipe.
            assert!(matches!(incoming.read(&mut &bytes[..cut]), Err(ExchangeError::Closed)), "{cut}");
            let rest = &mut &bytes[cut..];
            assert_eq!(incoming.read(rest).unwrap(), Some((Tag::Response, b"hello".to_vec())), "{cut}");
        }
    }

    #[test]
    fn incoming_rejects_too_long_frame_by_its_header() {
        let read = |bytes: &[u8]| Incoming::default().read(&mut &*bytes);
        assert!(matches!(read(&header(Tag::Response, limits::RESPONSE + 1)), Err(ExchangeError::TooLong)));
        assert!(matches!(read(b"GARBAGE!!!"), Err(ExchangeError::Malformed)));
        assert_eq!(read(&header(Tag::Response, 0)).unwrap(), Some((Tag::Response, Vec::new())));
    }
}
