//! What holds for every file and every plan.

use leverage_editors::ini::{SectionEdit, SharedFile, edit};
use proptest::prelude::*;

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
    let text = (any::<bool>(), prop::collection::vec((line(), ending), 0..14), any::<bool>());
    text.prop_map(|(bom, lines, ended)| {
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
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
