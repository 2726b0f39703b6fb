//! What holds for every file and every plan.

use leverage_editors::ini::{Profiles, SectionEdit, SharedFile, edit};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

type Planned = Vec<(String, Vec<(String, String)>)>;

fn run(file: SharedFile, before: &str, plan: &Planned, remove: &[&str]) -> Option<String> {
    let edits: Vec<_> = plan.iter().map(|(profile, set)| SectionEdit::profile(profile, set).remove(remove)).collect();
    edit(file, Some(before), &edits).ok()
}

/// Texts that match a pattern in which `KEY` stands for a key.
fn matching(pattern: &str) -> impl Strategy<Value = String> + use<> {
    let pattern = pattern.replace("KEY", "(region|output|REGION|aws_session_token|s3|x)");
    prop::string::string_regex(&pattern).expect("the pattern is a valid one")
}

/// Lines as they stand in such files, good and bad.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => matching("KEY( |\t)?=( |  |\t)?(us-east-1|json|a b|x#y)?( |\t)?"),
        1 => matching("KEY = v( #|\t;)( note)?"),
        1 => matching("( |  |\t)KEY = 1"),
        1 => matching("KEY: 1"),
        2 => matching("( |\t){0,2}"),
        2 => matching("[#;]( note)?"),
        1 => matching("( |\t)[#;] note"),
        5 => matching("\\[(profile|default|sso-session)( |  |\t)?[abc]?( |\t)?\\]( # note|;)?"),
        1 => matching("\\[\"?[abc]\"?\\]"),
        1 => matching("\\PC{0,12}"),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let ending = prop_oneof![4 => Just("\n"), 2 => Just("\r\n")];
    let text = (prop::collection::vec((line(), ending), 0..14), any::<bool>());
    text.prop_map(|(lines, ended)| {
        let mut text = String::new();
        let last = lines.len().saturating_sub(1);
        for (index, (line, ending)) in lines.into_iter().enumerate() {
            text.push_str(&line);
            text.push_str(if index < last || ended { ending } else { "" });
        }
        text
    })
}

fn plan() -> impl Strategy<Value = Planned> {
    let settings = prop::sample::subsequence(vec!["region", "output", "role_arn"], 0..=3);
    let settings =
        settings.prop_map(|keys| keys.into_iter().map(|key| (key.to_owned(), format!("new-{key}"))).collect());
    let profiles = prop::sample::subsequence(vec!["a", "b", "default", "d"], 0..=4);
    (profiles, prop::collection::vec(settings, 4))
        .prop_map(|(profiles, settings): (_, Vec<_>)| profiles.into_iter().map(str::to_owned).zip(settings).collect())
}

fn file() -> impl Strategy<Value = SharedFile> {
    prop_oneof![Just(SharedFile::Config), Just(SharedFile::Credentials)]
}

/// The lines with their endings, apart from those that have to do with what is wanted.
fn bystanders(text: &str) -> Vec<&str> {
    let wanted = |line: &&str| {
        let key = line.trim().to_ascii_lowercase();
        ["region", "output", "role_arn", "aws_session_token"].iter().any(|name| key.starts_with(name))
    };
    text.trim_start_matches('\u{feff}').split_inclusive('\n').filter(|line| !wanted(line)).collect()
}

/// Profiles with names that differ, and blank lines and comments around them.
fn profiles_text() -> impl Strategy<Value = String> {
    let around = || matching("((\n|  \n|# note\n|; note\n){0,3})");
    let setting = matching("((KEY = [a-z]{1,3}\n)?)");
    let section = (setting, around(), any::<bool>());
    (around(), prop::collection::vec(section, 0..7), any::<bool>(), any::<bool>()).prop_map(
        |(top, sections, crlf, bare)| {
            let mut text = top;
            for (index, (setting, after, sso)) in sections.into_iter().enumerate() {
                let kind = if sso && index % 3 == 2 { "sso-session" } else { "profile" };
                text.push_str(&format!("[{kind} p{index}]\n{setting}{after}"));
            }
            let text = if bare { text.trim_end_matches('\n').to_owned() } else { text };
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// The lines that are not blank, apart from those of removed profiles.
fn lines_without(text: &str, removed: &HashSet<&str>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        if line.starts_with('[') {
            inside = removed.iter().any(|name| line == format!("[profile {name}]"));
        }
        // Comments between sections are kept.
        if !inside || line.starts_with(['#', ';']) {
            kept.push(line.to_owned());
        }
    }
    kept
}

/// Whether the lines of `part` stand in `whole`, in their order. Its last line may have got an ending.
fn is_subsequence(part: &[&str], whole: &[&str]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|line| rest.any(|other| other == line || other.trim_end_matches(['\r', '\n']) == *line))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn empty_edit_changes_nothing(text in any::<String>(), file in file()) {
        prop_assert_eq!(edit(file, Some(&text), &[]), Ok(text));
    }

    #[test]
    fn any_text_and_plan_is_edited_or_rejected(text in any::<String>(), name in any::<String>(), value in any::<String>()) {
        let plan = vec![(name, vec![("region".to_owned(), value)])];
        let _ = run(SharedFile::Config, &text, &plan, &["x"]);
        let plan = vec![("a".to_owned(), vec![("region".to_owned(), "new".to_owned())])];
        if let Some(after) = run(SharedFile::Config, &text, &plan, &[]) {
            prop_assert!(after.starts_with(&text));
        }
    }

    #[test]
    fn second_edit_changes_nothing(text in text(), plan in plan(), file in file()) {
        let remove = ["aws_session_token"];
        if let Some(after) = run(file, &text, &plan, &remove) {
            prop_assert_eq!(run(file, &after, &plan, &remove), Some(after.clone()));
            let is_ended = |text: &str| text.ends_with('\n') || text.trim_start_matches('\u{feff}').is_empty();
            prop_assert_eq!(is_ended(&after), is_ended(&text));
        }
    }

    #[test]
    fn all_other_lines_are_unchanged(text in text(), plan in plan(), file in file()) {
        if let Some(after) = run(file, &text, &plan, &["aws_session_token"]) {
            prop_assert!(is_subsequence(&bystanders(&text), &bystanders(&after)), "{:?} became {:?}", text, after);
        }
    }

    #[test]
    fn new_profile_leaves_existing_text_unchanged(text in text(), file in file()) {
        let plan = vec![("new".to_owned(), vec![("region".to_owned(), "x".to_owned())])];
        if let Some(after) = run(file, &text, &plan, &[]) {
            prop_assert!(after.starts_with(&text));
            prop_assert!(after[text.len()..].trim_start_matches(['\r', '\n']).starts_with('['));
        }
    }

    #[test]
    fn any_subset_of_profiles_is_removed_and_nothing_else(text in profiles_text(), chosen in any::<u8>()) {
        let Ok(before) = Profiles::read(SharedFile::Config, &text) else { return Ok(()) };
        let names: BTreeSet<&str> = before.names().collect();
        let removed: HashSet<&str> =
            names.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1).map(|(_, name)| *name).collect();
        let after = before.edit(&HashMap::new(), &removed);
        let read = Profiles::read(SharedFile::Config, &after).expect("it could be read before");
        let expected: BTreeSet<&str> = names.iter().copied().filter(|name| !removed.contains(name)).collect();
        prop_assert_eq!(read.names().collect::<BTreeSet<_>>(), expected.clone());
        for name in expected {
            let settings = |profiles: &Profiles<'_>| ["region", "output", "x", "s3", "aws_session_token"]
                .iter().filter_map(|key| Some((*key, profiles.setting(name, key)?.to_owned()))).collect::<BTreeMap<_, _>>();
            prop_assert_eq!(settings(&read), settings(&before));
        }
        prop_assert_eq!(lines_without(&after, &HashSet::new()), lines_without(&text, &removed));
    }

    #[test]
    fn any_subset_of_any_text_is_removed(text in text(), chosen in any::<u8>()) {
        let Ok(before) = Profiles::read(SharedFile::Config, &text) else { return Ok(()) };
        let names: BTreeSet<&str> = before.names().collect();
        let removed: HashSet<&str> =
            names.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1).map(|(_, name)| *name).collect();
        let after = before.edit(&HashMap::new(), &removed);
        prop_assert!(after.len() <= text.len());
    }

    #[test]
    fn reverse_edit_restores_the_text(text in text()) {
        let plan = |value: &str| vec![("a".to_owned(), vec![("region".to_owned(), value.to_owned())])];
        let first = run(SharedFile::Config, &text, &plan("one"), &[]);
        if let Some(first) = first {
            let second = run(SharedFile::Config, &first, &plan("two"), &[]).expect("it could be edited before");
            prop_assert_eq!(second.len(), first.len());
            prop_assert_eq!(run(SharedFile::Config, &second, &plan("one"), &[]), Some(first));
        }
    }
}
