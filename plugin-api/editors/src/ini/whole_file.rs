//! Rejects files that the AWS CLI cannot read, wherever the problem is: it refuses the whole file, with all profiles.

use leverage_plugin_api::model::Failure;
use std::borrow::Cow;
use std::collections::HashMap;

use super::layout::{LineKind, LineReader, trim};
use super::section::read_by_cli;
use super::sections::SharedFile;
use crate::text::lines::{Line, lines};
use crate::text::split_bom;

/// How many keys of a section are compared one by one. More are looked up by their hash.
const FEW: usize = 12;

/// The section whose settings Python's `configparser` adds to all others.
const DEFAULTS: &str = "DEFAULT";

/// Rejects the text if the AWS CLI cannot read it. Duplicate sections are left to the caller.
pub(super) fn refuse_unreadable(file: SharedFile, text: &str) -> Result<(), Failure> {
    let (bom, _) = split_bom(text);
    if !bom.is_empty() {
        let problem = "the file starts with a byte order mark: the AWS CLI rejects the whole file";
        return Err(file.failure(text, 0, problem, "save the file as UTF-8 without a byte order mark"));
    }
    let mut reader = LineReader::default();
    let mut keys = Keys::default();
    let mut in_section = false;
    // The setting has no value on its own line, so the lines below it must be settings.
    let mut is_nested = false;
    for line in lines(text, 0, 1) {
        match reader.read(line.text) {
            LineKind::Blank | LineKind::Comment => {}
            LineKind::Header(DEFAULTS) => {
                let problem = "section `[DEFAULT]`: the AWS CLI adds its settings to every profile of the file";
                let hint = "move its settings to the profiles that need them, or rename it to `[default]`";
                return Err(file.failure(text, line.start, problem, hint));
            }
            LineKind::Header(_) => {
                keys.clear();
                (in_section, is_nested) = (true, false);
            }
            LineKind::Setting if !in_section => {
                return Err(not_a_setting(file, text, &line, "before the first section"));
            }
            LineKind::Setting => {
                let Some(key) = read_by_cli(line.text) else {
                    return Err(not_a_setting(file, text, &line, "without `=`"));
                };
                if let Some(first) = keys.line_of(&key) {
                    return Err(twice(file, text, &line, &key, first));
                }
                is_nested = trim(line.text).ends_with(['=', ':']) && line.text.matches(['=', ':']).count() == 1;
                keys.push(key, line.number);
            }
            LineKind::Attached if is_nested && !trim(line.text).is_empty() => {
                if !trim(line.text).starts_with(['#', ';']) && !line.text.contains('=') {
                    return Err(not_a_setting(file, text, &line, "without `=` in a nested setting"));
                }
            }
            LineKind::Attached => {}
        }
    }
    Ok(())
}

fn not_a_setting(file: SharedFile, text: &str, line: &Line<'_>, what: &str) -> Failure {
    let problem = format!("line {what}: the AWS CLI rejects the whole file");
    file.failure(text, line.start, problem, "write it as `key = value` in a section, make it a comment, or remove it")
}

fn twice(file: SharedFile, text: &str, line: &Line<'_>, key: &str, first: usize) -> Failure {
    let problem = format!(
        "line {first} already sets `{}`, in upper or lower case: the AWS CLI rejects the whole file",
        key.escape_debug()
    );
    file.failure(text, line.start, problem, "remove one of the two lines")
}

/// The keys of a section, with their lines.
#[derive(Default)]
struct Keys<'t> {
    few: Vec<(Cow<'t, str>, usize)>,
    more: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Keys<'t> {
    fn clear(&mut self) {
        self.few.clear();
        self.more.clear();
    }

    /// The line that sets the key already.
    fn line_of(&self, key: &str) -> Option<usize> {
        let few = self.few.iter().find(|(known, _)| known == key).map(|(_, line)| *line);
        few.or_else(|| if self.more.is_empty() { None } else { self.more.get(key).copied() })
    }

    fn push(&mut self, key: Cow<'t, str>, line: usize) {
        if self.few.len() < FEW {
            self.few.push((key, line));
        } else {
            self.more.insert(key, line);
        }
    }
}
