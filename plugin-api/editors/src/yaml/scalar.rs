//! Replaces a scalar by a quoted string.

use saphyr_parser::ScalarStyle;

use super::document::Document;
use super::place::{after_colon, entry_end, key_end};
use super::trivia::properties;
use crate::text::lines::skip_spaces;
use crate::text::{Splices, unicode_escape};

/// The tags that make any scalar a string.
const STRING_TAGS: [&str; 3] = ["!", "!!str", "!<tag:yaml.org,2002:str>"];

/// A scalar that is the value of a key.
pub(super) struct ScalarPlace<'d> {
    /// The document.
    pub(super) document: &'d Document<'d>,
    /// The key.
    pub(super) key: usize,
    /// The scalar.
    pub(super) value: usize,
    /// The text of the scalar.
    pub(super) present: &'d str,
    /// Its style.
    pub(super) style: ScalarStyle,
}

impl ScalarPlace<'_> {
    /// Replaces the value by the string `wanted`, unless it is the same.
    pub(super) fn set(&self, wanted: &str, splices: &mut Splices) {
        let text = self.document.text;
        if self.document.node(self.value).is_absent() {
            let (at, between) = match after_colon(self.document, self.key) {
                Some(at) => (at, " "),
                None => (key_end(self.document, self.key), ": "),
            };
            splices.replace(at..at, format!("{between}{}", quoted(wanted)));
            return;
        }
        let start = after_colon(self.document, self.key).unwrap_or_else(|| key_end(self.document, self.key));
        let (tag, content) = properties(text, start);
        let is_string = match tag.as_ref().and_then(|tag| text.get(tag.clone())) {
            Some(tag) => STRING_TAGS.contains(&tag),
            // Without quotes it could be a number.
            None => self.style != ScalarStyle::Plain,
        };
        if is_string && self.present == wanted {
            return;
        }
        let end = entry_end(self.document, (self.key, self.value));
        match (tag.filter(|_| !is_string), content < end) {
            (Some(tag), true) => {
                splices.replace(tag.start..skip_spaces(text, tag.end), String::new());
                splices.replace(content..end, quoted(wanted));
            }
            (None, true) => splices.replace(content..end, quoted(wanted)),
            // There is only a tag or an anchor.
            (Some(tag), false) => splices.replace(tag, quoted(wanted)),
            (None, false) => splices.replace(end..end, format!(" {}", quoted(wanted))),
        }
    }
}

/// The double-quoted scalar of exactly `text`.
pub(super) fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => result.extend(['\\', character]),
            // Some parsers treat these as line endings.
            '\u{2028}' | '\u{2029}' | '\u{feff}' => result.push_str(&unicode_escape(character)),
            _ if character.is_control() => result.push_str(&unicode_escape(character)),
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_escapes_what_ends_a_line_or_the_scalar() {
        assert_eq!(quoted("a\"\\\n\u{7f}\u{2028}é"), r#""a\"\\\u000a\u007f\u2028é""#);
    }
}
