//! Changes the settings of one section.

use leverage_plugin_api::model::Failure;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::layout::{LineKind, LineReader, Section, indentation, trim};
use super::sections::{SectionEdit, SharedFile};
use crate::text::Splices;
use crate::text::lines::{Line, lines, newline_before};

/// A setting of the section.
pub(super) struct Setting<'t> {
    line: Line<'t>,
    /// The start of the first continuation line of its value.
    attached: Option<usize>,
}

/// Adds the changes of the section to `splices`.
pub(super) fn change(
    file: SharedFile,
    text: &str,
    section: &Section<'_>,
    edit: &SectionEdit<'_>,
    splices: &mut Splices,
) -> Result<(), Failure> {
    let settings = settings(file, text, section)?;
    let mut missing = String::new();
    for (key, value) in edit.set {
        match settings.get(key.as_str()) {
            Some(setting) => setting.set(file, text, (key, value), splices)?,
            None => push_setting(&mut missing, key, value, newline_before(text, section.settings_end)),
        }
    }
    for (index, key) in edit.remove.iter().enumerate() {
        if edit.remove[..index].contains(key) {
            continue;
        }
        if let Some(setting) = settings.get(*key) {
            setting.refuse_unless_plain(file, text, key)?;
            splices.replace(setting.line.start..setting.line.end, "");
        }
    }
    if !missing.is_empty() {
        splices.insert_lines(section.settings_end, missing);
    }
    Ok(())
}

/// Writes a setting as a line.
pub(super) fn push_setting(out: &mut String, key: &str, value: &str, ending: &str) {
    for part in [key, " = ", value, ending] {
        out.push_str(part);
    }
}

/// The section's settings by name in lower case.
pub(super) fn settings<'t>(
    file: SharedFile,
    text: &'t str,
    section: &Section<'t>,
) -> Result<HashMap<Cow<'t, str>, Setting<'t>>, Failure> {
    let mut settings: HashMap<Cow<'t, str>, Setting<'t>> = HashMap::new();
    let mut reader = LineReader::default();
    let mut current = None;
    for line in lines(&text[..section.settings_end], section.start, section.line + 1) {
        if indentation(line.text).contains(|space| !matches!(space, ' ' | '\t')) {
            let problem = "the line starts with white space that only the AWS CLI treats as indentation";
            return Err(file.failure(text, line.start, problem, "indent it with spaces, or not at all"));
        }
        match reader.read(line.text) {
            LineKind::Setting => {
                let Some(key) = read_by_cli(line.text) else { continue };
                match settings.entry(key.clone()) {
                    Entry::Vacant(entry) => _ = entry.insert(Setting { line, attached: None }),
                    Entry::Occupied(entry) => {
                        let problem = format!(
                            "line {} already sets `{}`, in upper or lower case: the AWS CLI rejects the whole file",
                            entry.get().line.number,
                            key.escape_debug()
                        );
                        return Err(file.failure(text, line.start, problem, "remove one of the two lines"));
                    }
                }
                current = Some(key);
            }
            LineKind::Attached => {
                if let Some(setting) = current.as_ref().and_then(|key| settings.get_mut(key)) {
                    setting.attached.get_or_insert(line.start);
                }
            }
            LineKind::Blank | LineKind::Comment | LineKind::Header(_) => {}
        }
    }
    Ok(settings)
}

/// The setting's name as the AWS CLI reads it: in lower case, ended by `=` or a colon.
pub(super) fn read_by_cli(line: &str) -> Option<Cow<'_, str>> {
    let end = line.find(['=', ':'])?;
    let key = trim(&line[..end]);
    let is_lower = key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let key = if is_lower { Cow::Borrowed(key) } else { Cow::Owned(key.to_lowercase()) };
    Some(key).filter(|key| !key.is_empty())
}

/// The start of a comment after the value, for the AWS SDKs. For the AWS CLI it belongs to the value.
fn comment(line: &str) -> Option<usize> {
    let mut starts = line.match_indices(['#', ';']).map(|(index, _)| index);
    starts.find(|&index| line[..index].ends_with(char::is_whitespace))
}

impl<'t> Setting<'t> {
    /// Its value, if both programs read the same value.
    pub fn value(&self) -> Option<&'t str> {
        let line = self.line.text;
        let after_equals = line.find('=')? + 1;
        let plain = self.attached.is_none() && comment(line).is_none() && !line[..after_equals].contains(':');
        plain.then(|| trim(&line[after_equals..]))
    }

    /// Rejects a setting that the two programs read differently, or with a value of several lines.
    /// Returns the place after the equals sign.
    fn refuse_unless_plain(&self, file: SharedFile, text: &str, key: &str) -> Result<usize, Failure> {
        if let Some(attached) = self.attached {
            let problem = format!("this indented line belongs to the value of `{key}`, which must be on one line");
            return Err(file.failure(text, attached, problem, "remove the line or its indentation"));
        }
        let line = self.line.text;
        // For the SDKs an indented line belongs to the setting above it.
        match line.find('=').filter(|&end| line[..end].trim_end_matches([' ', '\t']).eq_ignore_ascii_case(key)) {
            Some(equals) => Ok(equals + 1),
            None => {
                let problem = format!("the AWS CLI reads this line as the setting `{key}`, but the AWS SDKs do not");
                Err(file.failure(text, self.line.start, problem, format!("write it as `{key} = VALUE`")))
            }
        }
    }

    /// Sets the value, unless it is already the same.
    fn set(
        &self,
        file: SharedFile,
        text: &str,
        (key, value): (&str, &str),
        splices: &mut Splices,
    ) -> Result<(), Failure> {
        let after_equals = self.refuse_unless_plain(file, text, key)?;
        let line = self.line.text;
        let comment = comment(line);
        let spaces = [' ', '\t'];
        let old = line[after_equals..comment.unwrap_or(line.len())].trim_matches(spaces);
        let is_alike = comment.is_none() && trim(old) == old;
        if is_alike && old == value {
            return Ok(());
        }
        let value_start = line.len() - line[after_equals..].trim_start_matches(spaces).len();
        if let Some(comment) = comment {
            // The AWS CLI does not accept a comment after a value, so it moves to its own line. It must not be indented
            // there: for the SDKs it would belong to the value above.
            let moved = line[comment..].trim_end_matches(spaces);
            let ending = newline_before(text, self.line.start);
            let replacement = format!("{moved}{ending}{}{value}", &line[..value_start]);
            splices.replace(self.line.start..self.line.start + line.len(), replacement);
            return Ok(());
        }
        // `key =` gets a space after the equals sign if there is one before it.
        let space = if value_start == line.len() && line.ends_with(" =") { " " } else { "" };
        let start = self.line.start + value_start;
        splices.replace(start..start + old.len(), format!("{space}{value}"));
        Ok(())
    }
}
