//! Takes an HCL text with large objects, gives a copy in which each is a list of small ones.
//!
//! `hcl-edit` compares every key of an object with all keys before it, so that an object of
//! thousands of accounts takes seconds to parse. In the copy `{…}` is `[{…},{…},…]`; the copy is
//! only parsed, and the offsets in it are mapped back.

use super::text::{after_block_comment, line_end};

/// After how many separators (commas and line ends) an object is divided.
const SIZE: usize = 64;

/// The copy, and how it relates to the original.
#[derive(Debug)]
pub(crate) struct Chunked {
    /// The copy.
    pub(crate) text: String,
    /// The ends of what was inserted, in the copy, each with the length of all that is before it.
    inserted: Vec<(usize, usize)>,
    /// Where the copy has a list in the place of an object.
    lists: Vec<usize>,
}

impl Chunked {
    /// A copy of `text`, or nothing if there is no large object to divide.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut insertions = Scanner::new(text).scan()?;
        if insertions.is_empty() {
            return None;
        }
        insertions.sort_by_key(|&(at, _)| at);
        let mut chunked = Self { text: String::with_capacity(text.len() * 2), inserted: Vec::new(), lists: Vec::new() };
        let mut done = 0;
        let mut length = 0;
        for (at, insertion) in insertions {
            chunked.text.push_str(text.get(done..at)?);
            if insertion == OPEN {
                chunked.lists.push(chunked.text.len());
            }
            chunked.text.push_str(insertion);
            length += insertion.len();
            chunked.inserted.push((chunked.text.len(), length));
            done = at;
        }
        chunked.text.push_str(text.get(done..)?);
        Some(chunked)
    }

    /// The offset in the original of a byte of the copy that was not inserted.
    pub(crate) fn original(&self, offset: usize) -> usize {
        let before = self.inserted.partition_point(|&(end, _)| end <= offset);
        let length = before.checked_sub(1).and_then(|last| self.inserted.get(last)).map_or(0, |&(_, length)| length);
        offset - length
    }

    /// Whether the list at this offset of the copy is an object in the original.
    pub(crate) fn is_object(&self, offset: usize) -> bool {
        self.lists.binary_search(&offset).is_ok()
    }
}

const OPEN: &str = "[";
const DIVIDE: &str = "},{";
const CLOSE: &str = "]";

enum Frame {
    /// An object that starts here, with its separators counted and the places to divide it at.
    Object { start: usize, separators: usize, places: Vec<usize> },
    /// Any other bracket, a template's included.
    Bracket,
    /// A string.
    Quote,
}

/// Finds the objects' separators. It only has to be right about valid HCL: where the copy doesn't
/// parse, the original's errors count.
struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The last byte that is neither white space nor comment.
    previous: u8,
    frames: Vec<Frame>,
    insertions: Vec<(usize, &'static str)>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        let insertions = Vec::new();
        Self { text, bytes: text.as_bytes(), at: 0, previous: b'\n', frames: Vec::new(), insertions }
    }

    fn scan(mut self) -> Option<Vec<(usize, &'static str)>> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if matches!(self.frames.last(), Some(Frame::Quote)) {
                self.in_quotes(byte);
            } else {
                self.in_code(byte)?;
            }
        }
        self.frames.is_empty().then_some(self.insertions)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn in_quotes(&mut self, byte: u8) {
        self.at += match byte {
            b'\\' => 2,
            // `$${` stands for `${`.
            b'$' | b'%' if self.peek(1) == Some(byte) && self.peek(2) == Some(b'{') => 3,
            b'$' | b'%' if self.peek(1) == Some(b'{') => {
                self.frames.push(Frame::Bracket);
                2
            }
            b'"' => {
                self.frames.pop();
                self.previous = byte;
                1
            }
            _ => 1,
        };
    }

    fn in_code(&mut self, byte: u8) -> Option<()> {
        let next = self.peek(1);
        if let Some(end) = self.after_comment(byte, next) {
            self.at = end;
            return Some(());
        }
        match byte {
            b'<' if next == Some(b'<') => self.at = self.after_heredoc()?,
            b'"' => self.frames.push(Frame::Quote),
            b'{' => self.open_brace(),
            b'[' | b'(' => self.frames.push(Frame::Bracket),
            b'}' | b']' | b')' => self.close()?,
            b',' | b'\n' => self.separator(),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            self.previous = byte;
        }
        self.at += 1;
        Some(())
    }

    fn after_comment(&self, byte: u8, next: Option<u8>) -> Option<usize> {
        match (byte, next) {
            (b'#', _) | (b'/', Some(b'/')) => Some(line_end(self.text, self.at)),
            (b'/', Some(b'*')) => Some(after_block_comment(self.text, self.at)),
            _ => None,
        }
    }

    /// A brace opens an object where a value is expected; elsewhere it opens a block.
    fn open_brace(&mut self) {
        let value = matches!(self.previous, b'=' | b':' | b'[' | b',' | b'(' | b'?');
        let inside = self.text.get(self.at + 1..).unwrap_or_default().trim_start();
        let loops = inside.strip_prefix("for").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '#', '/']));
        self.frames.push(if value && !loops {
            Frame::Object { start: self.at, separators: 0, places: Vec::new() }
        } else {
            Frame::Bracket
        });
    }

    fn separator(&mut self) {
        if let Some(Frame::Object { separators, places, .. }) = self.frames.last_mut() {
            *separators += 1;
            if *separators % SIZE == 0 {
                places.push(self.at + 1);
            }
        }
    }

    fn close(&mut self) -> Option<()> {
        if let Frame::Object { start, places, .. } = self.frames.pop()?
            && !places.is_empty()
        {
            self.insertions.push((start, OPEN));
            self.insertions.extend(places.into_iter().map(|place| (place, DIVIDE)));
            self.insertions.push((self.at + 1, CLOSE));
        }
        Some(())
    }

    /// The last byte of the delimiter that ends the heredoc which starts here.
    fn after_heredoc(&self) -> Option<usize> {
        let start = self.at + 2 + usize::from(self.peek(2) == Some(b'-'));
        let mut line = self.text.get(start..)?.find('\n')? + start + 1;
        let delimiter = self.text.get(start..line)?.trim();
        loop {
            let rest = self.text.get(line..)?;
            let content = rest.trim_start_matches([' ', '\t']);
            if let Some(after) = content.strip_prefix(delimiter)
                && !after.starts_with(|character: char| character.is_alphanumeric() || "_-".contains(character))
            {
                return (line + (rest.len() - after.len())).checked_sub(1);
            }
            line += rest.find('\n')? + 1;
        }
    }
}
