//! Frames between the host and the process of a plugin: a tag, a length and a document.

use serde::{Deserialize, Serialize};

use leverage_error::{Error, Kind};

/// The kind of document in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// From the child, first: the plugin's manifest.
    Manifest,
    /// From the child, first and last: why the plugin cannot be loaded.
    Error,
    /// To the child: the name of a contribution, before a request.
    Contribution,
    /// To the child: a request document.
    Request,
    /// From the child: the response document.
    Response,
}

impl Tag {
    const ALL: [(Self, u8); 5] = [
        (Self::Manifest, b'm'),
        (Self::Error, b'x'),
        (Self::Contribution, b'c'),
        (Self::Request, b'q'),
        (Self::Response, b'r'),
    ];

    fn byte(self) -> u8 {
        Self::ALL.iter().find(|(tag, _)| *tag == self).map_or(0, |(_, byte)| *byte)
    }
}

/// The length of a header: the tag and the length of the document.
pub(crate) const HEADER: usize = 9;

/// Renders a header.
pub(crate) fn header(tag: Tag, length: usize) -> [u8; HEADER] {
    let mut header = [tag.byte(); HEADER];
    header[1..].copy_from_slice(&(length as u64).to_be_bytes());
    header
}

/// Renders a frame.
pub(crate) fn frame(tag: Tag, document: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER + document.len());
    frame.extend(header(tag, document.len()));
    frame.extend(document);
    frame
}

/// Parses a header; returns the tag and the length of the document.
pub(crate) fn parse_header(header: [u8; HEADER]) -> Option<(Tag, usize)> {
    let (first, rest) = header.split_first()?;
    let (tag, _) = Tag::ALL.into_iter().find(|(_, byte)| byte == first)?;
    let length = u64::from_be_bytes(rest.try_into().ok()?);
    Some((tag, usize::try_from(length).ok()?))
}

/// An error of kind [`Kind::Plugin`] as a JSON document, to pass it from a child process.
#[derive(Debug, Serialize, Deserialize)]
pub struct ErrorDocument {
    message: String,
    cause: Option<String>,
    hints: Vec<String>,
}

impl From<Error> for ErrorDocument {
    fn from(error: Error) -> Self {
        Self { cause: error.causes(), message: error.message, hints: error.hints }
    }
}

impl From<ErrorDocument> for Error {
    fn from(ErrorDocument { message, cause, hints }: ErrorDocument) -> Self {
        let error = Self::new(Kind::Plugin, message);
        let error = cause.into_iter().fold(error, Self::cause);
        hints.into_iter().fold(error, Self::hint)
    }
}

/// Renders an error as a document.
pub(crate) fn render_error(error: Error) -> Vec<u8> {
    serde_json::to_vec(&ErrorDocument::from(error)).unwrap_or_default()
}

/// Parses the error in a document.
pub(crate) fn parse_error(document: &[u8]) -> Error {
    match serde_json::from_slice::<ErrorDocument>(document) {
        Ok(document) => document.into(),
        Err(error) => Error::new(Kind::Plugin, "plugin returned a malformed error").cause(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_header_reads_rendered_frames() {
        for (tag, _) in Tag::ALL {
            let frame = frame(tag, b"abc");
            assert_eq!(parse_header(frame[..HEADER].try_into().unwrap()), Some((tag, 3)));
            assert_eq!(&frame[HEADER..], b"abc");
        }
        assert_eq!(parse_header(*b"GARBAGE!!"), None);
    }

    #[test]
    fn parse_error_returns_rendered_error() {
        let error = Error::new(Kind::Plugin, "m").cause("c").hint("h");
        assert_eq!(parse_error(&render_error(error.clone())), error);
        assert_eq!(parse_error(b"{").kind, Kind::Plugin);
    }
}
