//! The editor of the AWS shared files, for output targets that write into them. It takes the text of a
//! file and what its profiles shall say, and gives the whole new text, in which only that has changed.
//!
//! ```
//! use leverage_editors::ini::{self, SectionEdit, SharedFile};
//!
//! let settings = [("region".to_owned(), "us-east-1".to_owned())];
//! let before = "[profile a] # mine\nregion=eu-west-1\n";
//! let after = ini::edit(SharedFile::Config, Some(before), &[SectionEdit::profile("a", &settings)])?;
//! assert_eq!(after, "[profile a] # mine\nregion=us-east-1\n");
//! # Ok::<(), leverage_plugin_api::model::Failure>(())
//! ```
//!
//! Two programs read these files, and they read them differently: the AWS CLI (botocore, on Python's
//! `configparser`) and the AWS SDKs (here: the one for Rust). So what is written is what both read
//! alike: `[profile name]`, `key = value`, keys in lower case, no comment behind a value. Where the
//! file has something that only one of them reads, or that one of them refuses, in a place that
//! matters for the edit, the answer is a [`Failure`] that names the line: never a guess.
//!
//! The steps: check the wanted settings (`check`), find the sections (`layout`, `header`), work out
//! what changes in those that are wanted (`section`), and copy the text with these changes in one
//! pass. Sections that are not there yet go to the end of the file.

mod check;
mod header;
mod layout;
mod profiles;
mod section;

use leverage_plugin_api::model::Failure;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use layout::Layout;
pub use profiles::Profiles;

/// A byte order mark: both programs trip over it, but it is the user's.
const BOM: &str = "\u{feff}";

/// One of the two files: they name their sections differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedFile {
    /// The shared config file: `[profile name]`, or `[default]`.
    Config,
    /// The shared credentials file: `[name]`.
    Credentials,
}

impl SharedFile {
    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }

    /// The header under which both programs read the section.
    fn header(self, section: SectionName<'_>) -> String {
        match (self, section) {
            (_, SectionName::SsoSession(name)) => format!("[sso-session {name}]"),
            (Self::Config, SectionName::Profile(name)) if name != "default" => format!("[profile {name}]"),
            (_, SectionName::Profile(name)) => format!("[{name}]"),
        }
    }

    /// What is wrong with the file, in which line, and what to do about it.
    fn failure(self, line: usize, problem: impl AsRef<str>, hint: impl Into<String>) -> Failure {
        Failure::new(format!("{} line {line}: {}", self.name(), problem.as_ref())).hint(hint)
    }
}

/// What a section describes, and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionName<'a> {
    /// A profile.
    Profile(&'a str),
    /// A session of IAM Identity Center, which profiles share. In the config file only.
    SsoSession(&'a str),
}

impl<'a> SectionName<'a> {
    /// The name alone.
    pub fn name(self) -> &'a str {
        match self {
            Self::Profile(name) | Self::SsoSession(name) => name,
        }
    }

    /// What it is: the first word of its header in the config file.
    fn kind(self) -> &'static str {
        match self {
            Self::Profile(_) => "profile",
            Self::SsoSession(_) => "sso-session",
        }
    }
}

impl fmt::Display for SectionName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind(), self.name())
    }
}

/// What a section shall say. Its other settings stay.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SectionEdit<'a> {
    /// The section.
    pub section: SectionName<'a>,
    /// Settings that it shall have, in the order in which missing ones are added.
    pub set: &'a [(String, String)],
    /// Settings that it shall not have.
    pub remove: &'a [&'a str],
}

impl<'a> SectionEdit<'a> {
    /// Gives the profile called `name` these settings.
    pub fn profile(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::Profile(name), set, remove: &[] }
    }

    /// Gives the session called `name` these settings.
    pub fn sso_session(name: &'a str, set: &'a [(String, String)]) -> Self {
        Self { section: SectionName::SsoSession(name), set, remove: &[] }
    }

    /// Removes these settings, if the section has them.
    #[must_use]
    pub fn remove(self, remove: &'a [&'a str]) -> Self {
        Self { remove, ..self }
    }
}

/// A change to the text: what replaces which bytes.
struct Splice {
    start: usize,
    end: usize,
    text: String,
    /// The text is whole lines, so it starts on a line of its own.
    lines: bool,
}

/// The file's new text.
///
/// # Errors
///
/// A [`Failure`] that names the line if the file can't be edited without guessing, or that names the
/// section and setting if it could not be written so that both programs read it.
pub fn edit(file: SharedFile, before: Option<&str>, edits: &[SectionEdit<'_>]) -> Result<String, Failure> {
    let text = before.unwrap_or_default();
    if edits.is_empty() {
        return Ok(text.to_owned());
    }
    let wanted = check::wanted(file, edits)?;
    let layout = Layout::read(file, text)?;
    let sections = find(file, &layout, &wanted, edits.len())?;

    let mut splices = Vec::new();
    for (edit, section) in edits.iter().zip(&sections) {
        if let Some(index) = *section {
            section::change(file, text, &layout.sections[index], edit, &mut splices)?;
        }
    }
    splices.sort_by_key(|splice| splice.start);
    let missing: Vec<_> = edits.iter().zip(&sections).filter(|(_, section)| section.is_none()).collect();
    let added: usize = missing.iter().map(|(edit, _)| length(edit)).sum();
    let mut out = apply(text, &splices, added);

    append(file, &mut out, layout.blank_between_sections(), missing.iter().map(|(edit, _)| *edit));
    restore_last_line(text, &mut out);
    Ok(out)
}

/// Which section of the file is each wanted one, if it is there.
fn find(
    file: SharedFile,
    layout: &Layout<'_>,
    wanted: &HashMap<SectionName<'_>, usize>,
    number: usize,
) -> Result<Vec<Option<usize>>, Failure> {
    let mut found = vec![None; number];
    let mut headers = HashMap::with_capacity(layout.sections.len());
    for (index, section) in layout.sections.iter().enumerate() {
        let line = section.line;
        let join = "join the two sections into one, or remove one of them";
        match headers.entry(section.name) {
            Entry::Vacant(entry) => _ = entry.insert(line),
            Entry::Occupied(entry) => {
                let problem = format!(
                    "there is a section [{}] on line {} already, so the AWS CLI refuses the whole file",
                    section.name.escape_debug(),
                    entry.get()
                );
                return Err(file.failure(line, problem, join));
            }
        }
        let cli = header::read_by_cli(file, section.name);
        let cli = cli.as_ref().map(header::Read::name);
        let sdk = header::read_by_sdk(file, section.header);
        let differs = cli != sdk;
        for name in cli.into_iter().chain(sdk.filter(|_| differs)) {
            let Some(&edit) = wanted.get(&name) else { continue };
            if differs {
                let problem = format!("the AWS CLI and the AWS SDKs don't both take this section for the {name}");
                return Err(file.failure(line, problem, format!("write its header as {}", file.header(name))));
            }
            if let Some(first) = found[edit].replace(index) {
                let first = layout.sections[first].line;
                let problem = format!("the section on line {first} describes the {name} already");
                return Err(file.failure(line, problem, join));
            }
        }
    }
    Ok(found)
}

/// About as long as the profile's section gets, so that no text is copied just to make room.
fn length(edit: &SectionEdit<'_>) -> usize {
    let settings = edit.set.iter().map(|(key, value)| key.len() + value.len() + " = \r\n".len());
    edit.section.name().len() + "\r\n[sso-session ]\r\n".len() + settings.sum::<usize>()
}

/// Copies the text with the changes, which are in order and don't overlap, and leaves room behind it.
fn apply(text: &str, splices: &[Splice], room: usize) -> String {
    let added: usize = splices.iter().map(|splice| splice.text.len() + "\r\n".len()).sum();
    let mut out = String::with_capacity(text.len() + added + room);
    let mut position = 0;
    for splice in splices {
        out.push_str(&text[position..splice.start]);
        if splice.lines {
            end_line(&mut out);
        }
        out.push_str(&splice.text);
        position = splice.end;
    }
    out.push_str(&text[position..]);
    out
}

/// Adds the sections that are missing to the end.
fn append<'a>(
    file: SharedFile,
    out: &mut String,
    blank_between: bool,
    edits: impl Iterator<Item = &'a SectionEdit<'a>>,
) {
    let ending = line_ending(out);
    for edit in edits {
        end_line(out);
        let content = out.trim_end_matches([' ', '\t', '\r', '\n']);
        let ends_blank = out[content.len()..].matches('\n').count() > 1;
        if blank_between && !ends_blank && !matches!(content, "" | BOM) {
            out.push_str(ending);
        }
        out.push_str(&file.header(edit.section));
        out.push_str(ending);
        for (key, value) in edit.set {
            push_setting(out, key, value, ending);
        }
    }
}

fn push_setting(out: &mut String, key: &str, value: &str, ending: &str) {
    for part in [key, " = ", value, ending] {
        out.push_str(part);
    }
}

/// Ends the last line, if it has no ending.
fn end_line(out: &mut String) {
    if !out.ends_with('\n') && !matches!(out.as_str(), "" | BOM) {
        out.push_str(line_ending(out));
    }
}

/// A file without an ending of its last line stays so: it is how its editor saves it.
fn restore_last_line(before: &str, out: &mut String) {
    if !before.ends_with('\n') && !matches!(before, "" | BOM) && out.ends_with('\n') {
        let length = out.len() - line_ending(out).len();
        out.truncate(length);
    }
}

/// How lines end at the end of this text.
fn line_ending(text: &str) -> &'static str {
    match text.rfind('\n') {
        Some(index) if text[..index].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests;
