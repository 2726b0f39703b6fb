//! Where everything stands in a file: takes its text, and gives its sections.
//!
//! Lines are told apart as Python's `configparser` does, which is the more lenient of the two
//! readers: it also takes indented headers and settings. The AWS SDKs take every indented line for a
//! part of the setting above it; where the two would part, the file is refused.

use leverage_plugin_api::model::Failure;

use super::sections::SharedFile;
use crate::text::lines::{Line, lines};
use crate::text::split_bom;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineKind<'t> {
    /// Nothing but spaces and tabs.
    Blank,
    /// A comment.
    Comment,
    /// A section's header, and what its brackets hold.
    Header(&'t str),
    /// `key = value`, or something that neither program can read.
    Setting,
    /// A further line of the setting above it, for at least one of the programs.
    Attached,
}

/// Tells what each line is, from the first on, or from the first after a header.
#[derive(Default)]
pub(super) struct LineReader {
    in_setting: bool,
    indentation: usize,
}

impl LineReader {
    /// What the next line is.
    pub fn read<'t>(&mut self, line: &'t str) -> LineKind<'t> {
        if line.trim_matches([' ', '\t']).is_empty() {
            return LineKind::Blank;
        }
        let content = trim(line);
        let indentation = indentation(line);
        if content.is_empty() || content.starts_with(['#', ';']) {
            // The SDKs take an indented comment for a part of the value above it.
            return if indentation.is_empty() { LineKind::Comment } else { LineKind::Attached };
        }
        let depth = indentation.chars().count();
        if self.in_setting && depth > self.indentation {
            return LineKind::Attached;
        }
        self.indentation = depth;
        let name = content.strip_prefix('[').and_then(|rest| rest.rfind(']').map(|end| &rest[..end]));
        match name {
            Some(name) => {
                self.in_setting = false;
                LineKind::Header(name)
            }
            None => {
                self.in_setting = true;
                LineKind::Setting
            }
        }
    }
}

/// Whether Python takes the character for white space. The SDKs know only spaces and tabs.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// The text without the white space around it, as Python sees it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The white space that the line starts with, as Python sees it.
pub(super) fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(is_space).len()]
}

/// A section: its header and what follows up to the next one.
pub(super) struct Section<'t> {
    /// What its brackets hold.
    pub name: &'t str,
    /// The header's line.
    pub header: &'t str,
    /// The header's line number.
    pub line: usize,
    /// Where the header starts.
    pub header_start: usize,
    /// Where the line after the header starts.
    pub start: usize,
    /// Where its last setting's last line ends: what follows are blank lines and comments, which
    /// may well belong to the next section.
    pub settings_end: usize,
}

/// The sections of a file.
pub(super) struct Layout<'t> {
    pub sections: Vec<Section<'t>>,
    /// How many sections have a blank line before them, the first one apart.
    with_blank: usize,
}

impl<'t> Layout<'t> {
    /// Reads the whole text.
    pub fn read(file: SharedFile, text: &'t str) -> Result<Self, Failure> {
        refuse_lone_returns(file, text)?;
        let mut layout = Self { sections: Vec::new(), with_blank: 0 };
        let mut reader = LineReader::default();
        let mut blank = false;
        for line in lines(text, split_bom(text).0.len(), 1) {
            match reader.read(line.text) {
                LineKind::Blank => blank = true,
                LineKind::Comment => {}
                LineKind::Header(name) => {
                    refuse_odd_header(file, text, &line, name)?;
                    layout.with_blank += usize::from(blank && !layout.sections.is_empty());
                    blank = false;
                    let Line { number, start, end, text: header } = line;
                    let section =
                        Section { name, header, line: number, header_start: start, start: end, settings_end: end };
                    layout.sections.push(section);
                }
                LineKind::Setting | LineKind::Attached => {
                    blank = false;
                    if let Some(section) = layout.sections.last_mut() {
                        section.settings_end = line.end;
                    }
                }
            }
        }
        Ok(layout)
    }

    /// Whether the file separates its sections by blank lines. If it is too short to tell: yes.
    pub fn blank_between_sections(&self) -> bool {
        self.with_blank * 2 >= self.sections.len().saturating_sub(1)
    }
}

/// With these, at least one of the programs refuses the whole file.
fn refuse_odd_header(file: SharedFile, text: &str, line: &Line<'_>, name: &str) -> Result<(), Failure> {
    if !indentation(line.text).is_empty() {
        let problem = "the AWS SDKs refuse a section header that is indented";
        return Err(file.failure(text, line.start, problem, "remove the white space before it"));
    }
    if name.is_empty() {
        let problem = "the section has no name";
        return Err(file.failure(
            text,
            line.start,
            problem,
            "write a name between the brackets, or remove the section",
        ));
    }
    Ok(())
}

/// Python takes a carriage return alone for the end of a line, which the SDKs don't.
fn refuse_lone_returns(file: SharedFile, text: &str) -> Result<(), Failure> {
    let lone = text.match_indices('\r').find(|(index, _)| !text[index + 1..].starts_with('\n'));
    lone.map_or(Ok(()), |(index, _)| {
        let problem = "there is a carriage return without a line feed, which ends a line for the AWS CLI only";
        Err(file.failure(text, index, problem, "remove it, or save the file with ordinary line endings"))
    })
}
