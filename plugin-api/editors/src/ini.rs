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
mod sections;

use leverage_plugin_api::model::Failure;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::text::Splices;
use crate::text::lines::{end_last_line, is_blank, newline_before, restore_last_line};
use layout::Layout;
pub use profiles::Profiles;
use section::push_setting;
pub use sections::{SectionEdit, SectionName, SharedFile};

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

/// Which section of the file is each wanted one, if it is there.
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
        let join = "join the two sections into one, or remove one of them";
        match headers.entry(section.name) {
            Entry::Vacant(entry) => _ = entry.insert(section.line),
            Entry::Occupied(entry) => {
                let problem = format!(
                    "there is a section [{}] on line {} already, so the AWS CLI refuses the whole file",
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
                let problem = format!("the AWS CLI and the AWS SDKs don't both take this section for the {name}");
                return Err(file.failure(text, at, problem, format!("write its header as {}", file.header(name))));
            }
            if let Some(first) = found[edit].replace(index) {
                let first = layout.sections[first].line;
                let problem = format!("the section on line {first} describes the {name} already");
                return Err(file.failure(text, at, problem, join));
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

/// Adds the sections that are missing to the end.
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
