//! Which lines may change, decided by a second line parser. It is simple, because the editor accepts only simple notations in
//! the requested sections.

use leverage_editors::ini::SharedFile;
use std::collections::BTreeMap;

use super::case::{Case, Wanted};

/// A byte order mark.
const MARK: &str = "\u{feff}";

/// A line, and what it sets.
struct Line<'t> {
    /// The line with its ending.
    text: &'t str,
    /// The requested section and setting.
    asked: Option<(usize, String)>,
}

/// Checks that other lines stay, that requested lines keep everything except their value, and that new lines are
/// `key = value` in their section, or a section at the end.
pub(super) fn check(case: &Case, after: &str) {
    let mark = if case.before.starts_with(MARK) { MARK } else { "" };
    let text = &case.before[mark.len()..];
    let after = after.strip_prefix(mark).unwrap_or_else(|| panic!("the mark has gone: {case:?}"));
    let before = lines(case, text);
    let now = lines(case, after);
    let context = || format!("{after:?} of {case:?}");
    let is_ended = |text: &str| text.ends_with('\n') || text.is_empty();
    assert_eq!(is_ended(after), is_ended(text), "the last line's ending: {}", context());

    let old = by_setting(&before);
    for line in now.iter().filter(|line| line.asked.is_some()) {
        let (section, key) = line.asked.as_ref().expect("it was filtered");
        let set = case.wanted[*section].set.iter().find(|(name, _)| name == key);
        let (_, value) = set.unwrap_or_else(|| panic!("{key} was to be removed: {}", context()));
        let expected = match old.get(&(*section, key.as_str())) {
            Some(old) => kept_but_for_value(old, value),
            None => format!("{key} = {value}"),
        };
        assert_eq!(content(line.text), expected, "{}", context());
    }

    // Comments after a value are on separate lines now.
    let stay: Vec<&str> = before.iter().filter_map(|line| stays(case, line)).collect();
    let rest: Vec<&str> = now.iter().filter(|line| line.asked.is_none()).map(|line| line.text).collect();
    assert!(rest.len() >= stay.len(), "a line is missing: {}", context());
    let (same, added) = rest.split_at(stay.len());
    for (same, stay) in same.iter().zip(&stay) {
        // Only the last line may gain an ending, or lose it to the line after it.
        let is_last = is_last(stay, text) || is_last(same, after) || stay.starts_with(['#', ';']);
        let equal = if is_last { content(same) == content(stay) } else { same == stay };
        assert!(equal, "{stay:?} became {same:?}: {}", context());
    }
    let headers: Vec<String> =
        added.iter().map(|line| content(line).to_owned()).filter(|line| !line.is_empty()).collect();
    let (has, wanted) = (titles(&before, case), &case.wanted);
    let missing =
        wanted.iter().enumerate().filter(|(index, _)| !has.contains(index)).map(|(_, wanted)| header(case, wanted));
    assert_eq!(headers, missing.collect::<Vec<_>>(), "the sections at the end: {}", context());
}

fn header(case: &Case, wanted: &Wanted) -> String {
    let in_config = case.file == SharedFile::Config;
    if wanted.is_session {
        format!("[sso-session {}]", wanted.name)
    } else if in_config && wanted.name != "default" {
        format!("[profile {}]", wanted.name)
    } else {
        format!("[{}]", wanted.name)
    }
}

/// The line without its ending.
fn content(line: &str) -> &str {
    line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line))
}

fn is_last(line: &str, text: &str) -> bool {
    line.as_bytes().as_ptr_range().end == text.as_bytes().as_ptr_range().end
}

/// The lines of the text.
fn lines<'t>(case: &Case, text: &'t str) -> Vec<Line<'t>> {
    let mut section = None;
    let lines = text.split_inclusive('\n').map(|text| {
        if let Some(name) = section_name(text) {
            section = wanted(case, &name);
        }
        let key = text.split(['=', ':']).next().unwrap_or_default();
        let is_setting = text.contains(['=', ':']) && !text.starts_with([' ', '\t', '#', ';', '[']);
        let key = key.trim().to_lowercase();
        let asked = section.filter(|&section: &usize| is_setting && case.wanted[section].mentions(&key));
        Line { text, asked: asked.map(|section| (section, key)) }
    });
    lines.collect()
}

/// The text between the brackets of a header.
fn section_name(line: &str) -> Option<String> {
    let inner = line.strip_prefix('[')?;
    Some(inner[..inner.rfind(']')?].split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The requested section with this header.
fn wanted(case: &Case, name: &str) -> Option<usize> {
    case.wanted.iter().position(|wanted| {
        let header = header(case, wanted);
        header == format!("[{name}]")
            || (header == "[default]" && name == "profile default" && case.file == SharedFile::Config)
    })
}

/// The requested sections that start in these lines.
fn titles(lines: &[Line<'_>], case: &Case) -> Vec<usize> {
    lines.iter().filter_map(|line| wanted(case, &section_name(line.text)?)).collect()
}

fn by_setting<'l>(lines: &'l [Line<'_>]) -> BTreeMap<(usize, &'l str), &'l str> {
    let asked = lines.iter().filter_map(|line| {
        let (section, key) = line.asked.as_ref()?;
        Some(((*section, key.as_str()), content(line.text)))
    });
    asked.collect()
}

/// The start of a comment after a value, as the AWS SDKs find it.
fn comment(line: &str) -> Option<usize> {
    let mut marks = line.char_indices().filter(|(_, character)| matches!(character, '#' | ';'));
    marks.find(|(at, _)| line[..*at].ends_with(char::is_whitespace)).map(|(at, _)| at)
}

/// The part of a line that must stay: all of it, or the comment after a changed value.
fn stays<'t>(case: &Case, line: &Line<'t>) -> Option<&'t str> {
    let Some((section, key)) = &line.asked else { return Some(line.text) };
    let is_set = case.wanted[*section].set.iter().any(|(name, _)| name == key);
    let text = content(line.text);
    comment(text).filter(|_| is_set).map(|at| text[at..].trim_end_matches([' ', '\t']))
}

/// The line with another value. White space around it and before the equals sign stays.
fn kept_but_for_value(line: &str, value: &str) -> String {
    let comment = comment(line);
    let end = comment.unwrap_or(line.len());
    let equals = line.find('=').expect("a setting that both programs read");
    let old = line[equals + 1..end].trim_matches([' ', '\t']);
    let gap = &line[equals + 1..];
    let gap = &gap[..gap.len() - gap.trim_start_matches([' ', '\t']).len()];
    let tail = if comment.is_some() || old.is_empty() { "" } else { &line[equals + 1 + gap.len() + old.len()..] };
    let space = if gap.is_empty() && old.is_empty() && line.ends_with(" =") { " " } else { "" };
    format!("{}{gap}{space}{value}{tail}", &line[..=equals])
}
