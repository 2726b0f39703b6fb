//! Where everything stands in a file: takes its text, and gives its sections.
//!
//! Lines are told apart as Python's `configparser` does, which is the more lenient of the two
//! readers: it also takes indented headers and settings. The AWS SDKs take every indented line for a
//! part of the setting above it; where the two would part, the file is refused.

use leverage_plugin_api::model::Failure;

use super::{BOM, SharedFile};

/// A line of the file.
pub(super) struct Line<'t> {
    /// Counted from one.
    pub number: usize,
    /// Where it starts.
    pub start: usize,
    /// Where the next one starts.
    pub end: usize,
    /// The line without its ending.
    pub text: &'t str,
}

/// The lines of `text` from `start` on, which is the start of the line with this number.
pub(super) fn lines(text: &str, start: usize, number: usize) -> impl Iterator<Item = Line<'_>> {
    let mut position = start;
    text[start..].split_inclusive('\n').zip(number..).map(move |(line, number)| {
        let start = position;
        position += line.len();
        let text = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        Line { number, start, end: position, text }
    })
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
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
pub(super) struct Reader {
    in_setting: bool,
    indentation: usize,
}

impl Reader {
    /// What the next line is.
    pub fn read<'t>(&mut self, line: &'t str) -> Kind<'t> {
        if line.trim_matches([' ', '\t']).is_empty() {
            return Kind::Blank;
        }
        let content = trim(line);
        let indentation = indentation(line);
        if content.is_empty() || content.starts_with(['#', ';']) {
            // The SDKs take an indented comment for a part of the value above it.
            return if indentation.is_empty() { Kind::Comment } else { Kind::Attached };
        }
        let depth = indentation.chars().count();
        if self.in_setting && depth > self.indentation {
            return Kind::Attached;
        }
        self.indentation = depth;
        let name = content.strip_prefix('[').and_then(|rest| rest.rfind(']').map(|end| &rest[..end]));
        match name {
            Some(name) => {
                self.in_setting = false;
                Kind::Header(name)
            }
            None => {
                self.in_setting = true;
                Kind::Setting
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
        let mut reader = Reader::default();
        let mut blank = false;
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        for line in lines(text, start, 1) {
            match reader.read(line.text) {
                Kind::Blank => blank = true,
                Kind::Comment => {}
                Kind::Header(name) => {
                    refuse_odd_header(file, &line, name)?;
                    layout.with_blank += usize::from(blank && !layout.sections.is_empty());
                    blank = false;
                    let (header, end) = (line.text, line.end);
                    layout.sections.push(Section { name, header, line: line.number, start: end, settings_end: end });
                }
                Kind::Setting | Kind::Attached => {
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
fn refuse_odd_header(file: SharedFile, line: &Line<'_>, name: &str) -> Result<(), Failure> {
    if !indentation(line.text).is_empty() {
        let problem = "the AWS SDKs refuse a section header that is indented";
        return Err(file.failure(line.number, problem, "remove the white space before it"));
    }
    if name.is_empty() {
        let problem = "the section has no name";
        return Err(file.failure(line.number, problem, "write a name between the brackets, or remove the section"));
    }
    Ok(())
}

/// Python takes a carriage return alone for the end of a line, which the SDKs don't.
fn refuse_lone_returns(file: SharedFile, text: &str) -> Result<(), Failure> {
    let lone = text.match_indices('\r').find(|(index, _)| !text[index + 1..].starts_with('\n'));
    lone.map_or(Ok(()), |(index, _)| {
        let line = text[..index].matches('\n').count() + 1;
        let problem = "there is a carriage return without a line feed, which ends a line for the AWS CLI only";
        Err(file.failure(line, problem, "remove it, or save the file with ordinary line endings"))
    })
}
