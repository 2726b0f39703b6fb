//! What the editor does, case by case.

use super::SharedFile::{Config, Credentials};
use super::*;

fn pairs(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Sets settings of one profile, twice: the second time must change nothing.
fn set(file: SharedFile, before: &str, profile: &str, settings: &[(&str, &str)]) -> Result<String, Failure> {
    let settings = pairs(settings);
    let edits = [SectionEdit::profile(profile, &settings).remove(&["aws_session_token"])];
    let after = edit(file, Some(before), &edits)?;
    assert_eq!(edit(file, Some(&after), &edits).as_ref(), Ok(&after), "a second application changed something");
    Ok(after)
}

fn config(before: &str, settings: &[(&str, &str)]) -> String {
    set(Config, before, "a", settings).unwrap()
}

fn refused(file: SharedFile, before: &str) -> String {
    let failure = set(file, before, "a", &[("region", "new")]).unwrap_err();
    assert!(failure.hint.is_some(), "{} says nothing of what to do", failure.message);
    failure.message
}

const NEW: &[(&str, &str)] = &[("region", "new")];

#[test]
fn new_file_separates_sections_with_blank_lines() {
    let (first, second) = (pairs(&[("region", "x"), ("output", "json")]), pairs(NEW));
    let edits = [SectionEdit::profile("default", &first), SectionEdit::profile("a", &second).remove(&["gone"])];
    let expected = "[default]\nregion = x\noutput = json\n\n[profile a]\nregion = new\n";
    assert_eq!(edit(Config, None, &edits).unwrap(), expected);
    assert_eq!(edit(Config, Some(""), &edits).unwrap(), expected);
    let expected = "[default]\nregion = x\noutput = json\n\n[a]\nregion = new\n";
    assert_eq!(edit(Credentials, None, &edits).unwrap(), expected);
}

#[test]
fn new_sections_follow_the_style_of_the_file() {
    for (before, after) in [
        ("[b]\nx = 1\n[c]\nx = 1\n", "[b]\nx = 1\n[c]\nx = 1\n[profile a]\nregion = new\n"),
        ("[b]\nx = 1\n\n[c]\nx = 1\n", "[b]\nx = 1\n\n[c]\nx = 1\n\n[profile a]\nregion = new\n"),
        ("[b]\nx = 1\n", "[b]\nx = 1\n\n[profile a]\nregion = new\n"),
        ("[b]\nx = 1\n\n", "[b]\nx = 1\n\n[profile a]\nregion = new\n"),
        ("[b]\nx = 1\n  \n", "[b]\nx = 1\n  \n[profile a]\nregion = new\n"),
        ("# mine\n", "# mine\n\n[profile a]\nregion = new\n"),
        ("\n\n", "\n\n[profile a]\nregion = new\n"),
        ("[b]\r\nx = 1\r\n", "[b]\r\nx = 1\r\n\r\n[profile a]\r\nregion = new\r\n"),
        ("[b]\nx = 1", "[b]\nx = 1\n\n[profile a]\nregion = new"),
        ("[b]\r\nx = 1", "[b]\r\nx = 1\r\n\r\n[profile a]\r\nregion = new"),
    ] {
        assert_eq!(config(before, NEW), after);
    }
}

#[test]
fn only_the_value_changes() {
    for (before, after) in [
        ("[profile a]\nregion = old\n", "[profile a]\nregion = new\n"),
        ("[profile a]\nregion=old\n", "[profile a]\nregion=new\n"),
        ("[profile a]\nRegion\t =  old \t\n", "[profile a]\nRegion\t =  new \t\n"),
        ("[profile a]\nregion = old\r\nx = 1\n", "[profile a]\nregion = new\r\nx = 1\n"),
        ("[profile a]\nregion = old", "[profile a]\nregion = new"),
        ("[profile a]\nregion =\n", "[profile a]\nregion = new\n"),
        ("[profile a]\nregion=\n", "[profile a]\nregion=new\n"),
        ("[profile a]\nregion =  \n\n# x\n[b]\n", "[profile a]\nregion =  new\n\n# x\n[b]\n"),
        ("[profile a]\nregion = old\u{a0}\n", "[profile a]\nregion = new\n"),
        ("[profile a]\nregion = new\u{a0}\n", "[profile a]\nregion = new\n"),
        ("[profile a]\nregion = old=x:#y\n", "[profile a]\nregion = new\n"),
        (
            "[profile b]\nregion = old\n[profile a]\nregion = old\n",
            "[profile b]\nregion = old\n[profile a]\nregion = new\n",
        ),
    ] {
        assert_eq!(config(before, NEW), after);
    }
}

#[test]
fn correct_settings_are_unchanged() {
    for before in [
        "[profile a]\nregion = new\n",
        "[profile   a]\nregion = new",
        "[profile\ta]\nREGION=new  \n",
        "[profile a ] # mine\n\n; x\nregion = new\n\n\n",
        "[profile a];mine\nregion = new\ns3 =\n  addressing_style = path\n",
        "# x\r\n[profile a]\r\nregion\t=\tnew\r\n\r\n[b] text\n  junk: 1\n  more = junk\n",
    ] {
        assert_eq!(config(before, NEW), before);
    }
}

#[test]
fn comment_after_a_value_moves_to_its_own_line() {
    // The AWS CLI reads `old # mine` as the value, so the comment can't stay where it is.
    for (before, after) in [
        ("[profile a]\nregion = old # mine\n", "[profile a]\n# mine\nregion = new\n"),
        ("[profile a]\nregion = new ; mine\n", "[profile a]\n; mine\nregion = new\n"),
        ("[profile a]\r\nregion=old\t#mine  \r\n", "[profile a]\r\n#mine\r\nregion=new\r\n"),
        ("[profile a]\nregion = # mine", "[profile a]\n# mine\nregion = new"),
    ] {
        assert_eq!(config(before, NEW), after);
    }
    // Without white space before it, it is a part of the value for both.
    assert_eq!(config("[profile a]\nregion = old#x\n", NEW), "[profile a]\nregion = new\n");
}

#[test]
fn missing_settings_follow_the_last_one() {
    let more = &[("region", "new"), ("output", "json")];
    for (before, after) in [
        ("[profile a]\n\n# of b\n[b]\n", "[profile a]\nregion = new\noutput = json\n\n# of b\n[b]\n"),
        (
            "[profile a]\nx = 1\n\n# of b\n[b]\nx = 1",
            "[profile a]\nx = 1\nregion = new\noutput = json\n\n# of b\n[b]\nx = 1",
        ),
        ("[profile a]\nregion = old\n\n", "[profile a]\nregion = new\noutput = json\n\n"),
        (
            "[profile a]\ns3 =\n  region = x\n# y\n\n  z = 1\n\n",
            "[profile a]\ns3 =\n  region = x\n# y\n\n  z = 1\nregion = new\noutput = json\n\n",
        ),
        // The SDKs would take the indented comment for a part of the value that stands above it.
        ("[profile a]\nx = 1\n\n  # y\n[b]\n", "[profile a]\nx = 1\n\n  # y\nregion = new\noutput = json\n[b]\n"),
        ("[profile a]", "[profile a]\nregion = new\noutput = json"),
        ("[profile a]\r\nx = 1", "[profile a]\r\nx = 1\r\nregion = new\r\noutput = json"),
        ("[profile a]\r\n", "[profile a]\r\nregion = new\r\noutput = json\r\n"),
    ] {
        assert_eq!(config(before, more), after);
    }
}

#[test]
fn old_session_tokens_are_removed() {
    for (before, after) in [
        ("[a]\naws_session_token = x\nregion = new\n", "[a]\nregion = new\n"),
        ("[a]\nregion = old\nAWS_Session_Token=x # y", "[a]\nregion = new"),
        ("[a]\nx = 1\naws_session_token = x", "[a]\nx = 1\nregion = new"),
        ("[a]\naws_session_token = x", "[a]\nregion = new"),
        ("[a]\nregion = new\n[b]\naws_session_token = x\n", "[a]\nregion = new\n[b]\naws_session_token = x\n"),
    ] {
        assert_eq!(set(Credentials, before, "a", NEW).unwrap(), after);
    }
    let message = refused(Credentials, "[a]\naws_session_token = y\n  x\n");
    assert_eq!(
        message,
        "credentials:3:1: this indented line belongs to the value of `aws_session_token`, which must be on one line"
    );
}

#[test]
fn both_default_sections_are_found_and_rejected() {
    for (before, after) in [
        ("[default]\nregion = old\n", "[default]\nregion = new\n"),
        ("[profile default]\nregion = old\n", "[profile default]\nregion = new\n"),
    ] {
        assert_eq!(set(Config, before, "default", NEW).unwrap(), after);
    }
    let failure = set(Config, "[default]\nx = 1\n[profile default]\n", "default", NEW).unwrap_err();
    assert_eq!(failure.message, "config:3:1: the section on line 1 already has profile `default`");
}

#[test]
fn unrelated_sections_are_unchanged() {
    for before in ["[a]\nx = 1\n", "[sso-session a]\nx = 1\n", "[profile b a]\nx = 1\n", "[profile \"b a\"]\nx = 1\n"] {
        assert_eq!(config(before, NEW), format!("{before}\n[profile a]\nregion = new\n"));
    }
    let before = "[profile a]\nx = 1\n";
    assert_eq!(set(Credentials, before, "a", NEW).unwrap(), format!("{before}\n[a]\nregion = new\n"));
}

#[test]
fn section_that_only_one_program_reads_is_rejected() {
    for header in [
        "[profile \"a\"]",
        "[profile 'a']",
        "[profile\" \" \\a]",
        "[ profile a ]",
        "[profiles a]",
        "[profile a] x",
        "[profile a] # ]",
    ] {
        let message = refused(Config, &format!("# x\n{header}\nregion = old\n"));
        assert_eq!(message, "config:2:1: the AWS CLI and the AWS SDKs do not both read this section as profile `a`");
    }
    assert!(refused(Credentials, "[ a]\n").starts_with("credentials:1:1: "));
    assert!(refused(Config, "[b]\n\n [profile a]\n").starts_with("config:3:1: "));
}

#[test]
fn duplicates_are_rejected() {
    for (before, message) in [
        (
            "[profile a]\n[profile a]\n",
            "config:2:1: section `[profile a]` is already on line 1: the AWS CLI rejects the whole file",
        ),
        (
            "[profile a]\n[b]\n[b]\n",
            "config:3:1: section `[b]` is already on line 2: the AWS CLI rejects the whole file",
        ),
        ("[profile a]\n[profile  a]\n", "config:2:1: the section on line 1 already has profile `a`"),
        (
            "[profile a]\nregion = x\n\nRegion = x\n",
            "config:4:1: line 2 already sets `region`, in upper or lower case: the AWS CLI rejects the whole file",
        ),
        (
            "[profile a]\nx = 1\nx : 1\n",
            "config:3:1: line 2 already sets `x`, in upper or lower case: the AWS CLI rejects the whole file",
        ),
    ] {
        assert_eq!(refused(Config, before), message);
    }
}

#[test]
fn file_that_the_aws_cli_cannot_read_is_rejected() {
    let many: String = (0..40).map(|key| format!("k{key} = 1\n")).collect();
    for (before, place, problem) in [
        ("[profile b]\nx = 1\nX = 1\n".to_owned(), "3:1", "line 2 already sets `x`"),
        ("[profile b]\nx = 1\n\n[c]\n  y: 1\n  y = 2\n".to_owned(), "6:1", "line 5 already sets `y`"),
        (format!("[b]\n{many}[c]\n{many}k39 = 2\n"), "83:1", "line 82 already sets `k39`"),
        (format!("[b]\n{many}k0 = 2\n"), "42:1", "line 2 already sets `k0`"),
        ("[b]\n[c]\n[b]\n".to_owned(), "3:1", "section `[b]` is already on line 1"),
        ("\u{feff}[b]\n".to_owned(), "1:1", "the file starts with a byte order mark"),
        ("\u{feff}".to_owned(), "1:1", "the file starts with a byte order mark"),
        ("[b]\nx = 1\n[DEFAULT]\ny = 1\n".to_owned(), "3:1", "section `[DEFAULT]`"),
        ("x = 1\n[b]\n".to_owned(), "1:1", "line before the first section"),
        ("[b]\njunk\n".to_owned(), "2:1", "line without `=`"),
        ("[b\nx = 1\n".to_owned(), "1:1", "line before the first section"),
        ("[b]\n = 1\n".to_owned(), "2:1", "line without `=`"),
        ("[b]\ns3 =\n  x\n".to_owned(), "3:1", "line without `=` in a nested setting"),
        ("[b]\ns3:\n  x: 1\n".to_owned(), "3:1", "line without `=` in a nested setting"),
    ] {
        for file in [Config, Credentials] {
            let message = refused(file, &before);
            assert!(message.starts_with(&format!("{}:{place}: {problem}", file.name())), "{message}");
        }
    }
    for before in
        ["[b]\nx = 1\n[c]\nx = 1\n", "[b]\nx = 1\n  X = 2\n", "[b]\ns3 =\n  x = 1\n  x = 2\n\n  # y\n", "[b]\nx = \n"]
    {
        assert_eq!(config(before, NEW).strip_prefix(before).map(str::trim_start), Some("[profile a]\nregion = new\n"));
    }
}

#[test]
fn other_sections_that_only_the_aws_cli_reads_are_unchanged() {
    for before in ["[b]\n  x = 1\n  y = 2\n", "[b]\nx: 1\n", "[b] text\nx = 1\n", "[profile \"b c\"] # ]\n\tx = 1\n"] {
        assert_eq!(config(before, NEW), format!("{before}\n[profile a]\nregion = new\n"));
    }
}

#[test]
fn ambiguous_settings_are_rejected() {
    for (before, place) in [
        ("[profile a]\nregion: x\n", "2:1"),
        ("[profile a]\n  region = x\n", "2:1"),
        ("[profile a]\n  s3 =\n  region = x\n", "3:1"),
        ("[profile a]\nregion =\n\n  x = y\n", "4:1"),
        ("[profile a]\nregion = x\n  y\n", "3:1"),
        ("[profile a]\nregion = new\n # y\n", "3:1"),
        ("[profile a]\nx = 1\n\u{a0}region = x\n", "3:1"),
        ("[profile a]\nregion\u{a0}= x\n", "2:1"),
        ("[b]\nx = 1\ry = 2\n", "2:6"),
        ("[b]\nx = 1\r\r\n", "2:6"),
        ("[b]\n[]\n", "2:1"),
    ] {
        let message = refused(Config, before);
        assert!(message.starts_with(&format!("config:{place}: ")), "{message}");
    }
}

#[test]
fn setting_both_set_and_removed_is_rejected() {
    let settings = pairs(NEW);
    let edits = [SectionEdit::profile("a", &settings).remove(&["region"])];
    for before in ["", "[profile a]\nregion = x\n"] {
        let failure = edit(Config, Some(before), &edits).unwrap_err();
        assert!(failure.message.ends_with("it is both set and removed"), "{}", failure.message);
    }
    let edits = [SectionEdit::profile("a", &[]).remove(&["x", "x"])];
    assert_eq!(edit(Config, Some("[profile a]\nx = 1\ny = 2\n"), &edits).unwrap(), "[profile a]\ny = 2\n");
}

#[test]
fn names_and_values_cannot_add_lines() {
    for name in ["", " a", "a b", "a]\n[default", "a#b", "a\u{e9}", "a]"] {
        let failure = set(Config, "", name, NEW).unwrap_err();
        assert!(!failure.message.contains(char::is_control), "{}", failure.message);
    }
    assert!(set(Credentials, "", "DEFAULT", NEW).is_err());
    for key in ["", "Region", "a b", "a=b", "a:b", "#a", "[a", "a\n"] {
        let failure = set(Config, "", "a", &[(key, "x")]).unwrap_err();
        assert!(!failure.message.contains(char::is_control), "{}", failure.message);
    }
    for value in ["", " x", "x\u{a0}", "x\ny", "x\r", "x\u{1c}", "x\u{85}y", "x #y", "x\t;y", "x\u{2003}#", "#x", ";"] {
        assert!(set(Config, "", "a", &[("region", value)]).is_err(), "{value:?}");
    }
    for value in ["x#y", "x;", "[x]", "a = b", "%(x)s", "\"x\"", "x  y", "\u{e9}"] {
        assert_eq!(config("", &[("region", value)]), format!("[profile a]\nregion = {value}\n"));
    }
    let failure = set(Config, "", "a", &[("region", "x"), ("region", "y")]).unwrap_err();
    assert_eq!(failure.message, "config cannot have the setting \"region\" of profile `a`: it is set twice");
    let twice = [SectionEdit::profile("a", &[]); 2];
    assert_eq!(edit(Config, None, &twice).unwrap_err().message, "config cannot have profile `a` twice");
}

#[test]
fn sso_session_gets_its_own_section() {
    let settings = pairs(&[("sso_region", "x")]);
    let edits = [SectionEdit::sso_session("a", &settings), SectionEdit::profile("a", &settings)];
    for (before, after) in [
        ("", "[sso-session a]\nsso_region = x\n\n[profile a]\nsso_region = x\n"),
        (
            "[sso-session  a] # mine\nsso_region=y\n",
            "[sso-session  a] # mine\nsso_region=x\n\n[profile a]\nsso_region = x\n",
        ),
        ("[profile a]\nb=c\n", "[profile a]\nb=c\nsso_region = x\n\n[sso-session a]\nsso_region = x\n"),
    ] {
        assert_eq!(edit(Config, Some(before), &edits).unwrap(), after);
        assert_eq!(edit(Config, Some(after), &edits).unwrap(), after, "a second application changed something");
    }
    let failure = edit(Config, Some("[sso-session 'a']\n"), &edits).unwrap_err();
    assert!(failure.message.ends_with("do not both read this section as sso-session `a`"), "{}", failure.message);
    let failure = edit(Credentials, None, &edits[..1]).unwrap_err();
    assert_eq!(failure.message, "credentials cannot have an sso-session named \"a\"");
    let failure = edit(Config, None, &[SectionEdit::sso_session("a]\n[b", &settings)]).unwrap_err();
    assert_eq!(failure.message, "config cannot have an sso-session named \"a]\\n[b\"");
}
