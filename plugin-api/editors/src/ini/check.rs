//! Rejects settings that the AWS CLI and the AWS SDKs would not both read back unchanged. This also keeps profile names
//! and values from adding further lines to the file.

use leverage_plugin_api::model::Failure;
use std::collections::{HashMap, HashSet};

use super::sections::{SectionEdit, SectionName, SharedFile};

/// Each requested section and the index of its edit, if all are valid.
pub(super) fn wanted<'a>(
    file: SharedFile,
    edits: &[SectionEdit<'a>],
) -> Result<HashMap<SectionName<'a>, usize>, Failure> {
    let mut wanted = HashMap::with_capacity(edits.len());
    for (index, edit) in edits.iter().enumerate() {
        section_name(file, edit.section)?;
        if wanted.insert(edit.section, index).is_some() {
            let problem = format!("{} cannot have {} twice", file.name(), edit.section.shown());
            let hint = format!("give each {} a different name", edit.section.kind());
            return Err(Failure::new(problem).hint(hint));
        }
        settings(file, edit)?;
    }
    Ok(wanted)
}

fn section_name(file: SharedFile, section: SectionName<'_>) -> Result<(), Failure> {
    let name = section.name();
    let refused = |hint: &str| {
        let article = if matches!(section, SectionName::SsoSession(_)) { "an" } else { "a" };
        let (file, kind, name) = (file.name(), section.kind(), name.escape_debug());
        Err(Failure::new(format!("{file} cannot have {article} {kind} named \"{name}\"")).hint(hint))
    };
    if file == SharedFile::Credentials && matches!(section, SectionName::SsoSession(_)) {
        return refused("write it to the config file: no program reads it here");
    }
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-/.%@:+".contains(character);
    if name.is_empty() || !name.chars().all(plain) {
        return refused("use only letters, digits and `_ - / . % @ : +`");
    }
    // Python's configparser adds the settings of this section to every other section.
    if file == SharedFile::Credentials && name == "DEFAULT" {
        return refused("use another name, or `default` in lower case");
    }
    Ok(())
}

fn settings(file: SharedFile, edit: &SectionEdit<'_>) -> Result<(), Failure> {
    let mut keys = HashSet::with_capacity(edit.set.len());
    for (key, value) in edit.set {
        let refused = |why: &str| {
            let (file, section, key) = (file.name(), edit.section.shown(), key.escape_debug());
            Err(Failure::new(format!("{file} cannot have the setting \"{key}\" of {section}: {why}")))
        };
        // For the AWS CLI a colon ends the key. Neither reader keeps upper case.
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-/.%@+".contains(&byte);
        if key.is_empty() || !key.bytes().all(plain) {
            return refused("its name must have only lower-case letters, digits and `_ - / . % @ +`");
        }
        if !keys.insert(key) {
            return refused("it is set twice");
        }
        if edit.remove.contains(&key.as_str()) {
            return refused("it is both set and removed");
        }
        if let Some(why) = unreadable(value) {
            return refused(why);
        }
    }
    Ok(())
}

/// Why a value would not be read back unchanged.
fn unreadable(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        return Some("its value is empty");
    }
    if value.chars().any(char::is_control) {
        return Some("its value has a line break or another control character");
    }
    if value.trim() != value {
        return Some("its value starts or ends with white space");
    }
    let mut starts = value.match_indices(['#', ';']).map(|(index, _)| &value[..index]);
    if starts.any(|before| before.is_empty() || before.ends_with(char::is_whitespace)) {
        return Some("its value has a `#` or `;` where a comment would start");
    }
    None
}
