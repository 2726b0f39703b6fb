//! The messages between the child process and `plugin verify`: one JSON document per line.

use leverage_testkit::Check;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read};
use std::sync::mpsc::Sender;

use leverage_error::{Error, Kind};
use leverage_loader::ErrorDocument;
use leverage_loader::LONGEST_RESPONSE;

/// The longest message. A failed check may quote a response of the plugin.
pub(super) const LONGEST_MESSAGE: usize = LONGEST_RESPONSE;

/// A message of the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// The check of this name has started.
    Started(String),
    /// A check has ended.
    Finished(Check),
    /// The plugin or the fixtures cannot be opened.
    Refused(ErrorDocument),
    /// All checks have ended.
    Done,
}

/// Sends each message to `sender`. A plugin that finds the pipe may write anything to it: lines that are not messages are
/// skipped, and a line that is too long ends the messages.
pub(super) fn forward_messages(mut lines: impl BufRead, longest: usize, sender: &Sender<Message>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = longest as u64 + 1;
        if !lines.by_ref().take(limit).read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            return;
        }
        if line.len() > longest {
            let message = format!("a message of the checks is longer than {} MiB", longest >> 20);
            // The receiver may have given up.
            let _ = sender.send(Message::Refused(Error::new(Kind::Plugin, message).into()));
            return;
        }
        let message = serde_json::from_slice(&line).ok();
        if message.is_some_and(|message| sender.send(message).is_err()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn forward_messages_skips_garbage_and_stops_at_a_long_line() {
        let forwarded = |lines: &[u8]| {
            let (sender, receiver) = channel();
            forward_messages(lines, 64, &sender);
            drop(sender);
            receiver.iter().map(|message| format!("{message:?}")).collect::<Vec<_>>()
        };
        assert_eq!(forwarded(b"garbage\n{\"Started\":\"a\"}\n\"Done\"\n"), ["Started(\"a\")", "Done"]);
        let long = forwarded(&[&[b' '; 100][..], b"\n\"Done\"\n"].concat());
        assert!(matches!(long.as_slice(), [only] if only.contains("a message of the checks is longer")), "{long:?}");
    }
}
