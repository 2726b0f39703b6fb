//! Finds what limits a value in a text of any format: strings, comments, blocks of text, and brackets.
//!
//! The formats have these in common, so the scanner does not need to know which one it reads. It reads each byte once, and
//! looks for the end of a heredoc in an index, so its time is linear in the size of the text.

use std::collections::HashMap;
use std::ops::Range;

use super::blocks::{Terminators, block_scalar, heredoc_name};
use super::strings;

/// What limits the values of a text. All ranges are in order.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The contents of strings, without their quotes.
    strings: Vec<Range<usize>>,
    /// Comments, heredocs and YAML blocks, which have no strings.
    blocks: Vec<Range<usize>>,
    /// The closing bracket of each bracket.
    brackets: HashMap<usize, usize>,
    /// The outermost brackets.
    flows: Vec<Range<usize>>,
}

impl Layout {
    /// The layout of `text`.
    pub(super) fn of(text: &str, terminators: &Terminators<'_>) -> Self {
        let mut scanner = Scanner {
            text,
            bytes: text.as_bytes(),
            terminators,
            at: 0,
            line: 0,
            line_end: text.find('\n').unwrap_or(text.len()),
            before: b'\n',
            spaced: true,
            open: Vec::new(),
            layout: Self::default(),
        };
        while scanner.at < text.len() {
            scanner.step();
        }
        scanner.layout.finish()
    }

    /// Keeps the outermost of the brackets that close, in order.
    fn finish(mut self) -> Self {
        let mut pairs: Vec<_> = self.brackets.iter().map(|(&open, &close)| open..close).collect();
        pairs.sort_by_key(|pair| pair.start);
        for pair in pairs {
            if self.flows.last().is_none_or(|outer| outer.end < pair.start) {
                self.flows.push(pair);
            }
        }
        self
    }

    /// The content of the string that `at` is in.
    pub(super) fn string(&self, at: usize) -> Option<Range<usize>> {
        containing(&self.strings, at)
    }

    /// The content of the string whose opening quote is at `quote`.
    pub(super) fn string_after(&self, quote: usize) -> Option<Range<usize>> {
        let index = self.strings.binary_search_by_key(&(quote + 1), |string| string.start).ok()?;
        self.strings.get(index).cloned()
    }

    /// The comment, heredoc or YAML block that `at` is in.
    pub(super) fn block(&self, at: usize) -> Option<Range<usize>> {
        containing(&self.blocks, at)
    }

    /// Whether `at` is between brackets that close.
    pub(super) fn is_flow(&self, at: usize) -> bool {
        containing(&self.flows, at).is_some()
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        self.brackets.get(&open).copied()
    }
}

fn containing(ranges: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    let next = ranges.partition_point(|range| range.start <= at);
    ranges.get(next.checked_sub(1)?).filter(|range| at < range.end).cloned()
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    terminators: &'t Terminators<'t>,
    at: usize,
    /// The start of the line.
    line: usize,
    /// An end of a line; that of the line that `at` is in, unless it is before `at`.
    line_end: usize,
    /// The last character of the line before `at` that is not white space.
    before: u8,
    /// Whether white space or the start of the line is directly before `at`.
    spaced: bool,
    /// The open brackets.
    open: Vec<(usize, u8)>,
    layout: Layout,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        match byte {
            b'\n' => {
                self.line = self.at + 1;
                (self.before, self.spaced) = (b'\n', true);
                self.at += 1;
                return;
            }
            b' ' | b'\t' | b'\r' => {
                self.spaced = true;
                self.at += 1;
                return;
            }
            b'#' if self.spaced => return self.skip_comment(),
            b'/' if self.spaced && self.next_is(b'/') => return self.skip_comment(),
            b'/' if self.next_is(b'*') && (self.spaced || self.starts_value()) && self.skip_long_comment() => return,
            b'"' | b'\'' if self.starts_value() && self.skip_string() => return,
            b'<' if self.next_is(b'<') && self.skip_heredoc() => return,
            b'|' | b'>' if matches!(self.before, b':' | b'-') && self.spaced && self.skip_block_scalar() => return,
            // Tags and anchors of YAML are before a value.
            b'!' | b'&' if self.starts_value() && !matches!(self.before, b'\n' | b'=') => return self.skip_word(),
            b'[' | b'{' if self.starts_value() || !self.open.is_empty() => self.open.push((self.at, byte)),
            b']' | b'}' => self.close(byte),
            _ => {}
        }
        // A dash starts a value only as the mark of a list's item.
        let is_item = matches!(self.before, b'\n' | b'-') && self.spaced;
        self.before = if byte == b'-' && !is_item { b'a' } else { byte };
        self.spaced = false;
        self.at += 1;
    }

    fn next_is(&self, byte: u8) -> bool {
        self.bytes.get(self.at + 1) == Some(&byte)
    }

    /// Whether a value can start here.
    fn starts_value(&self) -> bool {
        matches!(self.before, b'\n' | b'=' | b':' | b',' | b'[' | b'{' | b'(' | b'-' | b'?' | b'>')
    }

    fn close(&mut self, bracket: u8) {
        let expected = if bracket == b']' { b'[' } else { b'{' };
        if let Some((open, _)) = self.open.pop_if(|(_, open)| *open == expected) {
            self.layout.brackets.insert(open, self.at);
        }
    }

    /// The end of the line, which is searched only once for each line.
    fn line_end(&mut self) -> usize {
        if self.line_end < self.at {
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.line_end = rest.find('\n').map_or(self.text.len(), |length| self.at + length);
        }
        self.line_end
    }

    fn skip_comment(&mut self) {
        let end = self.line_end();
        self.layout.blocks.push(self.at..end);
        self.at = end;
    }

    fn skip_long_comment(&mut self) -> bool {
        let start = self.at + 2;
        let Some(end) = self.terminators.comment_end(start) else { return false };
        self.layout.blocks.push(start..end);
        (self.at, self.spaced) = (end + 2, true);
        true
    }

    fn skip_string(&mut self) -> bool {
        let line_end = self.line_end();
        let Some(string) = strings::string(self.text, self.at, line_end) else { return false };
        self.at = string.end + 1;
        (self.before, self.spaced) = (b'"', false);
        self.layout.strings.push(string);
        true
    }

    fn skip_heredoc(&mut self) -> bool {
        let line = self.line..self.line_end();
        let is_value = matches!(self.before, b'=' | b':' | b',' | b'[' | b'(');
        let Some((name, is_exact)) = heredoc_name(self.text, line.clone(), self.at, is_value) else { return false };
        let Some(end) = self.terminators.line(name, is_exact, line.end) else { return false };
        self.skip_block(line.end, end)
    }

    fn skip_block_scalar(&mut self) -> bool {
        let line = self.line..self.line_end();
        let Some(end) = block_scalar(self.text, line.clone(), self.at) else { return false };
        self.skip_block(line.end, end)
    }

    /// Skips the lines after `line_end`, up to the line that starts at `end`.
    fn skip_block(&mut self, line_end: usize, end: usize) -> bool {
        self.layout.blocks.push((line_end + 1).min(end)..end);
        self.at = end;
        self.line = end;
        (self.before, self.spaced) = (b'\n', true);
        true
    }

    fn skip_word(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.find([' ', '\t', '\r', '\n', ',', ']', '}']).unwrap_or(rest.len()).max(1);
        self.spaced = false;
    }
}
