//! Takes an account's `id` and its value, replaces the value by a quoted string.

use leverage_editors::text::Splices;
use saphyr_parser::ScalarStyle;
use std::fmt::Write;

use super::document::Document;
use super::place::{after_colon, entry_end, key_end};
use super::trivia::{properties, skip_spaces};

/// The tags that make any scalar a string.
const STRING_TAGS: [&str; 3] = ["!", "!!str", "!<tag:yaml.org,2002:str>"];

/// A scalar that is the value of a key.
pub(crate) struct Place<'d> {
    /// The document that they are in.
    pub(crate) document: &'d Document<'d>,
    /// The key.
    pub(crate) key: usize,
    /// The scalar.
    pub(crate) value: usize,
    /// What the scalar says.
    pub(crate) present: &'d str,
    /// How it is written.
    pub(crate) style: ScalarStyle,
}

impl Place<'_> {
    /// Makes the value the string `id`, if it is not that already.
    pub(crate) fn set(&self, id: &str, splices: &mut Splices) {
        let text = self.document.text;
        if self.document.node(self.value).is_absent() {
            let (at, between) = match after_colon(self.document, self.key) {
                Some(at) => (at, " "),
                None => (key_end(self.document, self.key), ": "),
            };
            splices.replace(at..at, format!("{between}{}", quoted(id)));
            return;
        }
        let start = after_colon(self.document, self.key).unwrap_or_else(|| key_end(self.document, self.key));
        let (tag, content) = properties(text, start);
        let is_string = match tag.as_ref().and_then(|tag| text.get(tag.clone())) {
            Some(tag) => STRING_TAGS.contains(&tag),
            // Without quotes an id is a number.
            None => self.style != ScalarStyle::Plain,
        };
        if is_string && self.present == id {
            return;
        }
        let end = entry_end(self.document, (self.key, self.value));
        match (tag.filter(|_| !is_string), content < end) {
            (Some(tag), true) => {
                splices.replace(tag.start..skip_spaces(text, tag.end), String::new());
                splices.replace(content..end, quoted(id));
            }
            (None, true) => splices.replace(content..end, quoted(id)),
            // Only a tag or an anchor is there.
            (Some(tag), false) => splices.replace(tag, quoted(id)),
            (None, false) => splices.replace(end..end, format!(" {}", quoted(id))),
        }
    }
}

/// A double-quoted scalar that stands for exactly `text`.
pub(crate) fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => result.extend(['\\', character]),
            // Writing to a string can't fail. Characters that end lines are at most four digits long.
            '\u{2028}' | '\u{2029}' | '\u{feff}' => drop(write!(result, "\\u{:04x}", u32::from(character))),
            _ if character.is_control() => drop(write!(result, "\\u{:04x}", u32::from(character))),
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}
