//! Section headers, as the AWS CLI and the AWS SDKs read them. Both accept `[profile name]` and `[sso-session name]`, with
//! any number of spaces or tabs between or after the words. Only the CLI accepts `[profile "name"]`. Only the SDKs accept
//! `[ profile name ]`.

use std::borrow::Cow;

use super::sections::{SectionName, SharedFile};

/// The section that the AWS CLI reads. Its name may have been unquoted.
pub(super) enum CliSection<'t> {
    Profile(Cow<'t, str>),
    SsoSession(Cow<'t, str>),
}

impl CliSection<'_> {
    pub fn name(&self) -> SectionName<'_> {
        match self {
            Self::Profile(name) => SectionName::Profile(name),
            Self::SsoSession(name) => SectionName::SsoSession(name),
        }
    }
}

/// The section that the AWS CLI reads for `name` in brackets.
pub(super) fn read_by_cli(file: SharedFile, name: &str) -> Option<CliSection<'_>> {
    match file {
        // The whole section name is the profile name, with its white space.
        SharedFile::Credentials => Some(CliSection::Profile(Cow::Borrowed(name))),
        SharedFile::Config if name == "default" => Some(CliSection::Profile(Cow::Borrowed(name))),
        // The AWS CLI also accepts `[profiles name]`.
        SharedFile::Config if name.starts_with("profile") => second_of_two_words(name).map(CliSection::Profile),
        SharedFile::Config if name.starts_with("sso-session") => second_of_two_words(name).map(CliSection::SsoSession),
        SharedFile::Config => None,
    }
}

/// The second of two words in shell syntax, split as by Python's `shlex`.
fn second_of_two_words(text: &str) -> Option<Cow<'_, str>> {
    if text.contains(['"', '\'', '\\']) {
        let mut words = shell_words(text)?;
        return if words.len() == 2 { words.pop().map(Cow::Owned) } else { None };
    }
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(_), Some(second), None) => Some(Cow::Borrowed(second)),
        _ => None,
    }
}

/// The words of a text with quotes and backslashes, if all quotes are closed.
fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(character);
                // Empty quotes are also a word.
                word.get_or_insert_default();
            }
            (Some(open), _) if character == open => quote = None,
            (None, '\\') => word.get_or_insert_default().push(characters.next()?),
            (Some('"'), '\\') if matches!(characters.peek(), Some('"' | '\\')) => {
                word.get_or_insert_default().extend(characters.next());
            }
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The section that the AWS SDKs read in this header line.
pub(super) fn read_by_sdk(file: SharedFile, line: &str) -> Option<SectionName<'_>> {
    // A comment needs no white space before it here.
    let line = line.split(['#', ';']).next()?.trim_end_matches([' ', '\t']);
    let name = line.strip_prefix('[')?.strip_suffix(']')?.trim_matches([' ', '\t']);
    match (file, name.split_once([' ', '\t'])) {
        (SharedFile::Config, Some((kind, name))) => match kind.trim() {
            "profile" => Some(SectionName::Profile(name.trim())),
            "sso-session" => Some(SectionName::SsoSession(name.trim())),
            _ => None,
        },
        (SharedFile::Config, None) => (name == "default").then_some(SectionName::Profile(name)),
        (SharedFile::Credentials, Some(_)) => None,
        (SharedFile::Credentials, None) => Some(SectionName::Profile(name)),
    }
}
