//! Edits the AWS CLI's shared files: sets and removes settings of profiles, and leaves everything else unchanged.
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
//! The AWS CLI (botocore, on Python's `configparser`) and the AWS SDKs (here the one for Rust) read these files
//! differently. So the editor writes only what both read the same way: `[profile name]`, `key = value`, keys in lower
//! case, no comment after a value. If only one of them accepts something that matters for the edit, the result is a
//! [`Failure`] with the place, never a guess.
//!
//! A file that the AWS CLI cannot read at all is rejected too, whichever section is to blame (`whole_file`). What only the
//! SDKs do not read in other sections is left alone; [`plain_form`] is such a file for their parser.
//!
//! The steps: check the settings (`check`), find the sections (`layout`, `header`), change existing sections
//! (`section`), and append missing ones.

mod check;
mod header;
mod layout;
mod plain;
mod profiles;
mod section;
mod sections;
mod whole_file;

use leverage_plugin_api::model::Failure;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::text::Splices;
use crate::text::lines::{end_last_line, is_blank, newline_before, restore_last_line};
use layout::Layout;
pub use plain::plain_form;
pub use profiles::Profiles;
use section::push_setting;
pub use sections::{SectionEdit, SectionName, SharedFile};

/// The file's new text.
///
/// # Errors
///
/// A [`Failure`] with the place if the file cannot be edited without guessing, or with the section and the setting if
/// the AWS CLI and the AWS SDKs would read it differently.
pub fn edit(file: SharedFile, before: Option<&str>, edits: &[SectionEdit<'_>]) -> Result<String, Failure> {
    let text = before.unwrap_or_default();
    if edits.is_empty() {
        return Ok(text.to_owned());
    }
    let wanted = check::wanted(file, edits)?;
    whole_file::refuse_unreadable(file, text)?;
    let layout = Layout::read(file, text)?;
    let sections = find(file, text, &layout, &wanted, edits.len())?;

    let mut splices = Splices::default();
    for (edit, section) in edits.iter().zip(&sections) {
        if let Some(index) = *section {
            section::change(file, text, &layout.sections[index], edit, &mut splices)?;
        }
    }
    let missing: Vec<_> = edits.iter().zip(&sections).filter(|(_, section)| section.is_none()).collect();
    let added: usize = missing.iter().map(|(edit, _)| length(edit)).sum();
    let mut out = splices.apply_with_room(text, added);

    append(file, &mut out, layout.blank_between_sections(), missing.iter().map(|(edit, _)| *edit));
    restore_last_line(text, &mut out);
    Ok(out)
}

/// The index of each requested section in the file, if it exists.
fn find(
    file: SharedFile,
    text: &str,
    layout: &Layout<'_>,
    wanted: &HashMap<SectionName<'_>, usize>,
    number: usize,
) -> Result<Vec<Option<usize>>, Failure> {
    let mut found = vec![None; number];
    let mut headers = HashMap::with_capacity(layout.sections.len());
    for (index, section) in layout.sections.iter().enumerate() {
        let at = section.header_start;
        let join = "merge the two sections, or remove one of them";
        match headers.entry(section.name) {
            Entry::Vacant(entry) => _ = entry.insert(section.line),
            Entry::Occupied(entry) => {
                let problem = format!(
                    "section `[{}]` is already on line {}: the AWS CLI rejects the whole file",
                    section.name.escape_debug(),
                    entry.get()
                );
                return Err(file.failure(text, at, problem, join));
            }
        }
        let cli = header::read_by_cli(file, section.name);
        let cli = cli.as_ref().map(header::CliSection::name);
        let sdk = header::read_by_sdk(file, section.header);
        let differs = cli != sdk;
        for name in cli.into_iter().chain(sdk.filter(|_| differs)) {
            let Some(&edit) = wanted.get(&name) else { continue };
            if differs {
                let problem = format!("the AWS CLI and the AWS SDKs do not both read this section as {}", name.shown());
                return Err(file.failure(text, at, problem, format!("write its header as `{}`", file.header(name))));
            }
            if let Some(first) = found[edit].replace(index) {
                let first = layout.sections[first].line;
                let problem = format!("the section on line {first} already has {}", name.shown());
                return Err(file.failure(text, at, problem, join));
            }
        }
    }
    Ok(found)
}

/// The approximate length of the new section, to reserve memory once.
fn length(edit: &SectionEdit<'_>) -> usize {
    let settings = edit.set.iter().map(|(key, value)| key.len() + value.len() + " = \r\n".len());
    edit.section.name().len() + "\r\n[sso-session ]\r\n".len() + settings.sum::<usize>()
}

/// Appends missing sections.
fn append<'a>(
    file: SharedFile,
    out: &mut String,
    blank_between: bool,
    edits: impl Iterator<Item = &'a SectionEdit<'a>>,
) {
    let ending = newline_before(out, out.len());
    for edit in edits {
        end_last_line(out);
        let content = out.trim_end_matches([' ', '\t', '\r', '\n']);
        let ends_blank = out[content.len()..].matches('\n').count() > 1;
        if blank_between && !ends_blank && !is_blank(content) {
            out.push_str(ending);
        }
        out.push_str(&file.header(edit.section));
        out.push_str(ending);
        for (key, value) in edit.set {
            push_setting(out, key, value, ending);
        }
    }
}

#[cfg(test)]
mod tests;
