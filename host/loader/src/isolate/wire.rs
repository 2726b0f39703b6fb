//! The host's end of the pipes to a plugin's process. One thread, one deadline for each exchange: no
//! behaviour of the child can make it wait longer.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::time::{Duration, Instant};

use super::frame::{HEADER, Tag, announced};
use super::log;
use crate::limits;

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The time is over.
    TooSlow,
    /// The response is too long.
    TooLong,
    /// What came is no frame.
    Garbled,
    /// The child closed its end.
    Gone,
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A child and its three pipes.
pub(super) struct Wire {
    child: Child,
    requests: ChildStdin,
    responses: ChildStdout,
    prints: Option<ChildStderr>,
    printed: Vec<u8>,
    finished: Option<ExitStatus>,
}

impl Wire {
    /// Takes over the pipes of a child that was started with all three.
    pub fn new(mut child: Child) -> io::Result<Self> {
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
    pub fn exchange(&mut self, message: &[u8]) -> Result<(Tag, Vec<u8>), Trouble> {
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
                    // The child is going; what it still says, or its end, comes through the other pipe.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => unsent = &[],
                    Err(error) if is_patient(&error) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Waits until there is something to do.
    fn wait(&self, sending: bool, deadline: Instant) -> Result<(), Trouble> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Trouble::TooSlow);
        }
        let mut pipes = vec![PollFd::new(&self.responses, PollFlags::IN)];
        pipes.extend(self.prints.as_ref().map(|prints| PollFd::new(prints, PollFlags::IN)));
        if sending {
            pipes.push(PollFd::new(&self.requests, PollFlags::OUT));
        }
        let left = Timespec::try_from(left).map_err(|_| Trouble::TooSlow)?;
        match poll(&mut pipes, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(Trouble::Io(error.into())),
        }
    }

    /// Takes what the child printed, so that its pipe never fills.
    fn read_prints(&mut self) {
        let Some(prints) = &mut self.prints else { return };
        let mut buffer = [0; 8192];
        loop {
            match prints.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    let room = limits::PRINTED.saturating_sub(self.printed.len());
                    self.printed.extend(&buffer[..count.min(room)]);
                }
                Err(error) if is_patient(&error) => return,
                // Closed: there is nothing to wait for any more.
                _ => {
                    self.prints = None;
                    return;
                }
            }
            // More than is kept: left for the next round, so that no flood holds up the deadline.
            if self.printed.len() >= limits::PRINTED {
                return;
            }
        }
    }

    /// Ends the child, unless it did so itself, and logs what it printed; gives both.
    pub fn finish(&mut self, name: &str) -> (Option<ExitStatus>, String) {
        if self.finished.is_none() {
            // A child that closed its pipe is about to end, and how is worth knowing.
            let patience = Instant::now() + Duration::from_millis(200);
            let closed = matches!(self.responses.read(&mut [0]), Ok(0));
            while closed && matches!(self.child.try_wait(), Ok(None)) && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(1));
            }
            // Neither can fail in a way that matters: the child may be gone, and then it is waited for.
            let _ = self.child.kill();
            self.finished = self.child.wait().ok();
            self.read_prints();
            log(name, &String::from_utf8_lossy(&self.printed));
        }
        (self.finished, String::from_utf8_lossy(&self.printed).into_owned())
    }
}

/// A frame that is being read.
#[derive(Default)]
struct Incoming {
    header: [u8; HEADER],
    filled: usize,
    document: Option<(Tag, usize, Vec<u8>)>,
}

impl Incoming {
    /// Reads as much as there is; gives the frame once it is whole.
    fn read(&mut self, pipe: &mut impl Read) -> Result<Option<(Tag, Vec<u8>)>, Trouble> {
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
                Ok(0) => return Err(Trouble::Gone),
                Ok(count) => count,
                Err(error) if is_patient(&error) => return Ok(None),
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
                let (tag, length) = announced(self.header).ok_or(Trouble::Garbled)?;
                if length > limits::RESPONSE {
                    return Err(Trouble::TooLong);
                }
                self.document = Some((tag, length, Vec::new()));
            }
        }
    }
}

fn is_patient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::super::frame::{frame, header};
    use super::*;

    #[test]
    fn a_frame_is_read_in_whatever_pieces_it_comes() {
        let bytes = frame(Tag::Response, b"hello");
        for cut in 0..bytes.len() {
            let mut incoming = Incoming::default();
            // A reader that ends is a pipe that closes: what is missing is told as such.
            assert!(matches!(incoming.read(&mut &bytes[..cut]), Err(Trouble::Gone)), "{cut}");
            let rest = &mut &bytes[cut..];
            assert_eq!(incoming.read(rest).unwrap(), Some((Tag::Response, b"hello".to_vec())), "{cut}");
        }
    }

    #[test]
    fn a_length_without_measure_is_refused_before_anything_is_read() {
        let read = |bytes: &[u8]| Incoming::default().read(&mut &*bytes);
        assert!(matches!(read(&header(Tag::Response, limits::RESPONSE + 1)), Err(Trouble::TooLong)));
        assert!(matches!(read(b"GARBAGE!!!"), Err(Trouble::Garbled)));
        assert_eq!(read(&header(Tag::Response, 0)).unwrap(), Some((Tag::Response, Vec::new())));
    }
}
