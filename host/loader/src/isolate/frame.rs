//! The framing of documents between the host and the process of a plugin: a tag, a length, the bytes.

use serde::{Deserialize, Serialize};

use leverage_error::{Error, Kind};

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// From the child, first: the plugin's manifest.
    Manifest,
    /// From the child, first and last: why the plugin is not admitted.
    Refusal,
    /// To the child: the name of a contribution. A request follows.
    Contribution,
    /// To the child: a request document.
    Request,
    /// From the child: the response document.
    Response,
}

impl Tag {
    const ALL: [(Self, u8); 5] = [
        (Self::Manifest, b'm'),
        (Self::Refusal, b'x'),
        (Self::Contribution, b'c'),
        (Self::Request, b'q'),
        (Self::Response, b'r'),
    ];

    fn byte(self) -> u8 {
        Self::ALL.iter().find(|(tag, _)| *tag == self).map_or(0, |(_, byte)| *byte)
    }
}

/// The length of a header: the tag, and the number of bytes that follow.
pub(super) const HEADER: usize = 9;

/// A header's bytes.
pub(super) fn header(tag: Tag, length: usize) -> [u8; HEADER] {
    let mut header = [tag.byte(); HEADER];
    header[1..].copy_from_slice(&(length as u64).to_be_bytes());
    header
}

/// A whole frame.
pub(super) fn frame(tag: Tag, document: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER + document.len());
    frame.extend(header(tag, document.len()));
    frame.extend(document);
    frame
}

/// What a header announces, if it is one.
pub(super) fn announced(header: [u8; HEADER]) -> Option<(Tag, usize)> {
    let (first, rest) = header.split_first()?;
    let (tag, _) = Tag::ALL.into_iter().find(|(_, byte)| byte == first)?;
    let length = u64::from_be_bytes(rest.try_into().ok()?);
    Some((tag, usize::try_from(length).ok()?))
}

/// An error of the kind [`Kind::Plugin`] on its way from a child process.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refusal {
    message: String,
    cause: Option<String>,
    hints: Vec<String>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { cause: error.causes(), message: error.message, hints: error.hints }
    }
}

impl From<Refusal> for Error {
    fn from(Refusal { message, cause, hints }: Refusal) -> Self {
        let error = Self::new(Kind::Plugin, message);
        let error = cause.into_iter().fold(error, Self::cause);
        hints.into_iter().fold(error, Self::hint)
    }
}

/// The document of an error.
pub(super) fn refusal_document(error: Error) -> Vec<u8> {
    serde_json::to_vec(&Refusal::from(error)).unwrap_or_default()
}

/// The error in a document.
pub(super) fn refusal(document: &[u8]) -> Error {
    match serde_json::from_slice::<Refusal>(document) {
        Ok(refusal) => refusal.into(),
        Err(error) => Error::new(Kind::Plugin, "plugin returned a malformed error").cause(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_what_it_is() {
        for (tag, _) in Tag::ALL {
            let frame = frame(tag, b"abc");
            assert_eq!(announced(frame[..HEADER].try_into().unwrap()), Some((tag, 3)));
            assert_eq!(&frame[HEADER..], b"abc");
        }
        assert_eq!(announced(*b"GARBAGE!!"), None);
    }

    #[test]
    fn an_error_arrives_as_it_left() {
        let error = Error::new(Kind::Plugin, "m").cause("c").hint("h");
        assert_eq!(refusal(&refusal_document(error.clone())), error);
        assert_eq!(refusal(b"{").kind, Kind::Plugin);
    }
}
