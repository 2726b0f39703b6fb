//! The sections of a file and their places.
//!
//! Lines are classified as by Python's `configparser`, the more lenient reader: it also accepts indented headers and
//! settings. For the AWS SDKs every indented line belongs to the setting above it. Files that the two read differently
//! are rejected.

use leverage_plugin_api::model::Failure;

use super::sections::SharedFile;
use crate::text::lines::{Line, lines};
use crate::text::split_bom;

/// The kind of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineKind<'t> {
    /// Only spaces and tabs.
    Blank,
    /// A comment.
    Comment,
    /// A section header, with the text in its brackets.
    Header(&'t str),
    /// `key = value`, or something that neither program reads.
    Setting,
    /// A continuation of the setting above it, for at least one of the programs.
    Attached,
}

/// Classifies lines, from the first line or from the first one after a header.
#[derive(Default)]
pub(super) struct LineReader {
    in_setting: bool,
    indentation: usize,
}

impl LineReader {
    /// The kind of the next line.
    pub fn read<'t>(&mut self, line: &'t str) -> LineKind<'t> {
        if line.trim_matches([' ', '\t']).is_empty() {
            return LineKind::Blank;
        }
        let content = trim(line);
        let indentation = indentation(line);
        if content.is_empty() || content.starts_with(['#', ';']) {
            // For the SDKs an indented comment belongs to the value above it.
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

/// Whether Python treats the character as white space. The SDKs know only spaces and tabs.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// The text without surrounding white space, as Python defines it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The white space at the start of the line, as Python defines it.
pub(super) fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(is_space).len()]
}

/// A section: its header and the text up to the next one.
pub(super) struct Section<'t> {
    /// The text in its brackets.
    pub name: &'t str,
    /// The header line.
    pub header: &'t str,
    /// The header's line number.
    pub line: usize,
    /// The start of the header.
    pub header_start: usize,
    /// The start of the line after the header.
    pub start: usize,
    /// The end of the last line of its last setting. Blank lines and comments after it may belong to the next section.
    pub settings_end: usize,
}

/// The sections of a file.
pub(super) struct Layout<'t> {
    pub sections: Vec<Section<'t>>,
    /// How many sections have a blank line before them, not counting the first one.
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

    /// Whether blank lines separate the sections. True if the file is too short to tell.
    pub fn blank_between_sections(&self) -> bool {
        self.with_blank * 2 >= self.sections.len().saturating_sub(1)
    }
}

/// Rejects headers that make at least one of the programs refuse the whole file.
fn refuse_odd_header(file: SharedFile, text: &str, line: &Line<'_>, name: &str) -> Result<(), Failure> {
    if !indentation(line.text).is_empty() {
        let problem = "the AWS SDKs reject an indented section header";
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

/// Rejects single carriage returns: they end a line for Python but not for the SDKs.
fn refuse_lone_returns(file: SharedFile, text: &str) -> Result<(), Failure> {
    let lone = text.match_indices('\r').find(|(index, _)| !text[index + 1..].starts_with('\n'));
    lone.map_or(Ok(()), |(index, _)| {
        let problem = "carriage return without a line feed, which ends a line only for the AWS CLI";
        Err(file.failure(text, index, problem, "remove it, or save the file with ordinary line endings"))
    })
}
