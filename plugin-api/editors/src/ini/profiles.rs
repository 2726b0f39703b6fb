//! Reads the profiles of a file, and renames and removes them.

use leverage_plugin_api::model::Failure;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::layout::{Layout, Section};
use super::sections::{SectionName, SharedFile};
use super::{header, section};
use crate::text::Splices;

/// The characters of blank lines.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The profiles that both programs read the same way. Other sections are ignored.
pub struct Profiles<'t> {
    file: SharedFile,
    text: &'t str,
    sections: HashMap<&'t str, Section<'t>>,
}

impl<'t> Profiles<'t> {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// A [`Failure`] with the place, if one of the programs refuses the whole file.
    pub fn read(file: SharedFile, text: &'t str) -> Result<Self, Failure> {
        let sections = Layout::read(file, text)?.sections.into_iter().filter_map(|section| {
            let sdk = header::read_by_sdk(file, section.header)?;
            let cli = header::read_by_cli(file, section.name)?;
            match sdk {
                SectionName::Profile(name) if cli.name() == sdk => Some((name, section)),
                _ => None,
            }
        });
        Ok(Self { file, text, sections: sections.collect() })
    }

    /// Whether the file has this profile.
    pub fn contains(&self, name: &str) -> bool {
        self.sections.contains_key(name)
    }

    /// The names of the profiles.
    pub fn names(&self) -> impl Iterator<Item = &'t str> {
        self.sections.keys().copied()
    }

    /// The value of a profile's setting, if both programs read the same value.
    pub fn setting(&self, name: &str, key: &str) -> Option<&'t str> {
        section::settings(self.file, self.text, self.sections.get(name)?).ok()?.get(key)?.value()
    }

    /// The text with some profiles renamed and others removed. Settings of renamed profiles and comments around removed
    /// ones are kept.
    pub fn edit(&self, rename: &HashMap<&str, &str>, remove: &HashSet<&str>) -> String {
        let mut splices = Splices::default();
        let mut removed = Vec::with_capacity(remove.len());
        for (name, section) in &self.sections {
            if let Some(new) = rename.get(name) {
                self.rename(section, name, new, &mut splices);
            } else if remove.contains(name) {
                removed.push(section.header_start..section.settings_end);
            }
        }
        for range in self.join_neighbours(removed) {
            splices.replace(self.with_blank_lines(range), "");
        }
        splices.apply(self.text)
    }

    /// The ranges in order. Ranges with only blank lines between them become one, because both would remove those lines.
    fn join_neighbours(&self, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        ranges.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if self.text[last.end..range.start].trim_matches(BLANK).is_empty() => last.end = range.end,
                _ => joined.push(range),
            }
        }
        joined
    }

    fn rename(&self, section: &Section<'t>, old: &str, new: &str, splices: &mut Splices) {
        if let Some(at) = section.header.find(']').and_then(|end| section.header[..end].rfind(old)) {
            let at = section.header_start + at;
            splices.replace(at..at + old.len(), new);
        }
    }

    /// The range with the blank lines after it, or before it if it is the last one in the file.
    fn with_blank_lines(&self, range: Range<usize>) -> Range<usize> {
        let rest = &self.text[range.end..];
        let kept = rest.trim_start_matches(BLANK);
        if kept.is_empty() {
            let before = self.text[..range.start].trim_end_matches(BLANK);
            let first_line = self.text[before.len()..range.start].find('\n').map_or(0, |at| at + 1);
            return before.len() + first_line..self.text.len();
        }
        // Only whole lines: an indented comment keeps its indentation.
        let blank = &rest[..rest.len() - kept.len()];
        range.start..range.end + blank.rfind('\n').map_or(0, |at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# top\n[profile a] # mine\nregion = x # no\nrole_arn = r\n# in\noutput=json\n\n\n# of b\n[profile b]\nregion = y\n\n[profile \"q\"]\nregion = z\n";

    fn edited(text: &str, rename: &[(&str, &str)], remove: &[&str]) -> String {
        let profiles = Profiles::read(SharedFile::Config, text).unwrap();
        profiles.edit(&rename.iter().copied().collect(), &remove.iter().copied().collect())
    }

    #[test]
    fn only_profiles_that_both_programs_read_are_found() {
        let profiles = Profiles::read(SharedFile::Config, TEXT).unwrap();
        assert!(profiles.contains("a") && profiles.contains("b") && !profiles.contains("q"));
        assert_eq!(profiles.setting("a", "role_arn"), Some("r"));
        assert_eq!(profiles.setting("a", "output"), Some("json"));
        assert_eq!(profiles.setting("a", "region"), None, "one of them reads the comment");
    }

    #[test]
    fn renaming_a_profile_keeps_its_settings_and_comments() {
        assert_eq!(edited(TEXT, &[("a", "new")], &[]), TEXT.replace("[profile a]", "[profile new]"));
        assert_eq!(edited("[profile\tprofile ]\r\nx = 1", &[("profile", "n")], &[]), "[profile\tn ]\r\nx = 1");
    }

    #[test]
    fn removing_a_profile_removes_only_its_lines() {
        assert_eq!(edited(TEXT, &[], &["a"]), TEXT.replacen(&TEXT[6..TEXT.find("# of b").unwrap()], "", 1));
        let without_b = "# of b\n[profile \"q\"]\nregion = z\n";
        assert!(edited(TEXT, &[], &["b"]).ends_with(without_b));
        assert_eq!(
            edited("[profile a]\r\nx = 1\r\n\r\n[profile b]\r\ny = 1\r\n", &[], &["b"]),
            "[profile a]\r\nx = 1\r\n"
        );
        assert_eq!(edited("[profile a]\nx = 1", &[], &["a"]), "");
        assert_eq!(
            edited("[profile a]\nx = 1\n\n  # mine\n", &[], &["a"]),
            "[profile a]\nx = 1\n\n  # mine\n".replace("[profile a]\nx = 1\n\n  # mine\n", "")
        );
    }

    #[test]
    fn removing_neighbours_removes_the_blank_lines_between_them() {
        let text = "[profile a]\nx = 1\n\n\n[profile b]\nx = 2\n\n[profile c]\nx = 3\n \n[profile d]\nx = 4\n\n";
        for (remove, after) in [
            (&["c", "d"][..], "[profile a]\nx = 1\n\n\n[profile b]\nx = 2\n"),
            (&["b", "c", "d"], "[profile a]\nx = 1\n"),
            (&["a", "b", "c", "d"], ""),
            (&["a", "b"], "[profile c]\nx = 3\n \n[profile d]\nx = 4\n\n"),
            (&["b", "d"], "[profile a]\nx = 1\n\n\n[profile c]\nx = 3\n"),
        ] {
            assert_eq!(edited(text, &[], remove), after, "{remove:?}");
            let crlf = text.replace('\n', "\r\n");
            assert_eq!(edited(&crlf, &[], remove), after.replace('\n', "\r\n"), "{remove:?}");
        }
    }
}
