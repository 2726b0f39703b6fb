//! Reads a text that has only literals, which is all that Terraform allows in a variables file.
//!
//! `hcl-edit` reads everything, but compares each key of an object with all keys before it, and needs kilobytes for
//! each: it takes a second for ten thousand accounts. This reader accepts strictly less, in one pass. It leaves whatever
//! it does not know, and all errors, to `hcl-edit`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::tree::{Document, Item, Kind, Node};
use crate::text::lines::line_end;

/// The maximum nesting of objects and lists.
const DEPTH: usize = 32;

/// The attributes of `text`, if it has only literals.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    let mut reader = LiteralReader { text, bytes: text.as_bytes(), at: 0 };
    let mut attributes = Vec::new();
    let mut seen = HashSet::new();
    loop {
        reader.skip_lines()?;
        if reader.peek().is_none() {
            return Some(Document { attributes });
        }
        let key_span = reader.identifier()?;
        let key = text.get(key_span.clone())?;
        seen.insert(key).then_some(())?;
        reader.skip_spaces();
        reader.expect(b'=')?;
        reader.skip_spaces();
        let value = reader.value(DEPTH)?;
        reader.skip_spaces();
        reader.line_ends().then_some(())?;
        attributes.push(Item { key: Some(Cow::Borrowed(key)), key_span, quoted: false, value });
    }
}

struct LiteralReader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> LiteralReader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next_is(&self, mark: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(mark.as_bytes()))
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Spaces and tabs.
    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// White space, line ends and comments.
    fn skip_lines(&mut self) -> Option<()> {
        loop {
            self.skip_spaces();
            if self.next_is("\r\n") {
                self.at += 2;
            } else if self.peek() == Some(b'\n') {
                self.at += 1;
            } else if self.next_is("/*") {
                self.at += self.text.get(self.at + 2..)?.find("*/")? + 4;
            } else if self.peek() == Some(b'#') || self.next_is("//") {
                let end = line_end(self.text, self.at);
                // `hcl-edit` rejects a carriage return within a line.
                (!self.text.get(self.at..end)?.contains('\r')).then_some(())?;
                self.at = end;
            } else {
                return Some(());
            }
        }
    }

    /// Whether the rest of the line is empty or a comment.
    fn line_ends(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n' | b'#')) || self.next_is("\r\n") || self.next_is("//")
    }

    /// A name of ASCII characters.
    fn identifier(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.peek().filter(|byte| byte.is_ascii_alphabetic() || *byte == b'_')?;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            self.at += 1;
        }
        self.peek().is_none_or(|byte| byte.is_ascii()).then_some(start..self.at)
    }

    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object(self.object(depth.checked_sub(1)?)?),
            b'[' => Kind::List(self.list(depth.checked_sub(1)?)?),
            b'"' => Kind::Text(self.string()?),
            b'0'..=b'9' => self.number()?,
            _ => {
                // `true`, `null`, or the name of a variable. Anything longer is not a literal.
                self.identifier()?;
                Kind::Other
            }
        };
        Some(Node { span: start..self.at, kind })
    }

    fn number(&mut self) -> Option<Kind<'a>> {
        let digits = |reader: &mut Self| {
            let start = reader.at;
            while reader.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                reader.at += 1;
            }
            reader.at > start
        };
        digits(self).then_some(())?;
        if self.expect(b'.').is_some() {
            digits(self).then_some(())?;
        }
        Some(Kind::Other)
    }

    /// A string without templates.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let mut value = Cow::Borrowed("");
        loop {
            let rest = self.text.get(self.at..)?;
            let length = rest.find(['"', '\\', '$', '%', '\n', '\r'])?;
            let plain = rest.get(..length)?;
            self.at += length;
            match rest.as_bytes().get(length..)? {
                [b'"', ..] => {
                    self.at += 1;
                    // Borrowed if there was no escape.
                    value += plain;
                    return Some(value);
                }
                [b'\\', escaped, ..] => {
                    let character = match escaped {
                        b'"' => "\"",
                        b'\\' => "\\",
                        b'n' => "\n",
                        b'r' => "\r",
                        b't' => "\t",
                        _ => return None,
                    };
                    value += plain;
                    value += character;
                    self.at += 2;
                }
                // A template, or an escaped one.
                [b'$' | b'%', b'{' | b'$' | b'%', ..] => return None,
                [b'$' | b'%', ..] => {
                    value += rest.get(..=length)?;
                    self.at += 1;
                }
                _ => return None,
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Vec<Item<'a>>> {
        self.expect(b'{')?;
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        loop {
            self.skip_lines()?;
            if self.expect(b'}').is_some() {
                // There can be thousands of objects with two members each.
                items.shrink_to_fit();
                return Some(items);
            }
            let item = self.item(depth)?;
            let key = self.text.get(item.key_span.clone())?.trim_matches('"');
            seen.insert(key).then_some(())?;
            items.push(item);
            self.skip_spaces();
            if self.expect(b',').is_none() {
                (self.line_ends() || self.peek() == Some(b'}')).then_some(())?;
            }
        }
    }

    fn item(&mut self, depth: usize) -> Option<Item<'a>> {
        let start = self.at;
        let quoted = self.peek() == Some(b'"');
        let key = if quoted {
            self.string()?
        } else {
            let name = self.text.get(self.identifier()?)?;
            // These are values, or start an expression.
            (!matches!(name, "for" | "true" | "false" | "null")).then_some(Cow::Borrowed(name))?
        };
        let key_span = start..self.at;
        self.skip_spaces();
        self.expect(b'=').or_else(|| self.expect(b':'))?;
        self.skip_spaces();
        Some(Item { key: Some(key), key_span, quoted, value: self.value(depth)? })
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Node<'a>>> {
        self.expect(b'[')?;
        let mut nodes = Vec::new();
        loop {
            self.skip_lines()?;
            if self.expect(b']').is_some() {
                return Some(nodes);
            }
            // `[for …]` also starts with a name.
            (!self.next_is("for")).then_some(())?;
            nodes.push(self.value(depth)?);
            self.skip_lines()?;
            if self.expect(b',').is_none() {
                (self.peek()? == b']').then_some(())?;
            }
        }
    }
}
