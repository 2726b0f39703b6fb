//! The unified diff of two texts, secrets masked.

use serde::{Serialize, Serializer};
use similar::{ChangeTag, TextDiff};
use std::fmt;

use super::secrets::mask;

/// A line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it is removed, added or unchanged.
    pub tag: Tag,
    /// The text, without the line ending.
    pub text: String,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `@@ -1,3 +1,4 @@`
    Hunk,
    /// An unchanged line near a change.
    Context,
    /// A removed line.
    Removed,
    /// An added line.
    Added,
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.tag {
            Tag::Hunk => "",
            Tag::Context => " ",
            Tag::Removed => "-",
            Tag::Added => "+",
        };
        write!(formatter, "{sign}{}", self.text)
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The number of unchanged lines around a change.
const CONTEXT: usize = 3;

/// Compares two texts. Secrets in them are tokens.
pub fn lines(before: &str, after: &str) -> Vec<Line> {
    let (before, after) = (mask(before), mask(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push(Line { tag: Tag::Hunk, text: hunk.header().to_string() });
        lines.extend(hunk.iter_changes().map(|change| Line {
            tag: match change.tag() {
                ChangeTag::Equal => Tag::Context,
                ChangeTag::Delete => Tag::Removed,
                ChangeTag::Insert => Tag::Added,
            },
            text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
        }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use leverage_plugin_api::model::{SecretRef, TextFormat};

    #[test]
    fn lines_have_changes_and_context_only() {
        let before: String = (0..20).map(|line| format!("{line}\r\n")).collect();
        let after = before.replace("10\r\n", "ten\r\n");
        let lines = lines(&before, &after);
        let texts: Vec<&str> = lines.iter().skip(1).map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["7", "8", "9", "10", "ten", "11", "12", "13"]);
    }

    #[test]
    fn lines_mask_secrets() {
        let token = SecretRef::from_id("a".repeat(SecretRef::ID_LENGTH)).in_text(TextFormat::Ini);
        let lines = lines("", &format!("aws_secret_access_key = {token}\n"));
        assert_eq!(lines[1].text, "aws_secret_access_key = ********");
    }
}
