//! Blocks of text: where heredocs, long comments and YAML blocks end.

use std::collections::HashMap;
use std::ops::Range;

use super::lines::{Lines, next_line};

/// Where the lines and marks are that can end a heredoc or a comment.
#[derive(Debug)]
pub(super) struct Terminators<'t> {
    text: &'t str,
    /// The places of each line that is one word, by the word.
    lines: HashMap<&'t str, Vec<Range<usize>>>,
    comment_ends: Vec<usize>,
}

impl<'t> Terminators<'t> {
    /// The terminators of `text`.
    pub(super) fn of(text: &'t str) -> Self {
        let mut lines: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        if text.contains("<<") {
            for line in (Lines { text, next: 0 }) {
                let word = text[line.clone()].trim();
                if !word.is_empty() && !word.contains([' ', '\t']) {
                    lines.entry(word).or_default().push(line);
                }
            }
        }
        let comment_ends = text.match_indices("*/").map(|(at, _)| at).collect();
        Self { text, lines, comment_ends }
    }

    /// The start of the first line after `from` that is only `word`. With `exact`, it has no white space around the word.
    pub(super) fn line(&self, word: &str, exact: bool, from: usize) -> Option<usize> {
        let lines = self.lines.get(word)?;
        let mut after = lines.get(lines.partition_point(|line| line.start <= from)..)?.iter();
        after.find(|line| !exact || self.text[(*line).clone()] == *word).map(|line| line.start)
    }

    /// The end of a comment that starts at `from`.
    pub(super) fn comment_end(&self, from: usize) -> Option<usize> {
        self.comment_ends.get(self.comment_ends.partition_point(|&end| end < from)).copied()
    }
}

/// The name after the `<<` at `at`, and whether it is the exact last line: of an HCL heredoc, or of a delimited value as
/// in the environment files of CI runners.
pub(super) fn heredoc_name(text: &str, line: Range<usize>, at: usize, is_value: bool) -> Option<(&str, bool)> {
    let after = text.get(at + 2..line.end)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !is_value {
        let name = text.get(line.start..at)?;
        let end = after.trim_end_matches('\r');
        return (!name.is_empty() && !end.is_empty() && name.chars().all(is_plain)).then_some((end, true));
    }
    let name = after.trim_start_matches(['-', '~']).trim();
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, false))
}

/// The end of the YAML block whose indicator (`|` or `>`) is at `at`, the start of the line after it.
pub(super) fn block_scalar(text: &str, line: Range<usize>, at: usize) -> Option<usize> {
    let head = text.get(at + 1..line.end)?.split('#').next()?.trim();
    let is_head = |c: char| c.is_ascii_digit() || c == '-' || c == '+';
    head.chars().all(is_head).then_some(())?;
    let before = text.get(line.start..at)?;
    let key = before.len() - before.trim_start_matches([' ', '-']).len();
    // Without a key, the block is an item of a list.
    let column = if key == before.len() { before.rfind('-')? } else { key };
    let mut end = next_line(text, line.end);
    for inner in (Lines { text, next: end }) {
        let content = text[inner.clone()].trim_start_matches(' ');
        if !content.trim().is_empty() && inner.len() - content.len() <= column {
            break;
        }
        end = next_line(text, inner.end);
    }
    Some(end)
}
