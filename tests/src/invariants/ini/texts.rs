//! Generates valid and invalid files, and edits of them.

use leverage_editors::ini::SharedFile;

use super::case::{Case, Wanted};
use crate::invariants::choices::Choices;

/// The names of the sections.
pub(super) const NAMES: [&str; 8] = ["a", "b", "default", "ex-x-oaar", "a.b/c@d", "DEFAULT", "preview", "new"];

/// The names of the settings, in lower case.
pub(super) const KEYS: [&str; 9] = [
    "region",
    "output",
    "role_arn",
    "mfa_serial",
    "aws_session_token",
    "s3",
    "max_concurrent_requests",
    "credential_process",
    "x",
];

const VALUES: [&str; 16] = [
    "us-east-1",
    "json",
    "a b",
    "x#y",
    "x;y",
    "\"quoted # value\"",
    "'",
    "a = b",
    "arn:aws:iam::111122223333:role/x",
    "ünï",
    "%(region)s",
    "${HOME}",
    "[x]",
    "",
    "=",
    "\u{202e}x",
];

const ASKED: [&str; 12] = [
    "new",
    "us-east-1",
    "arn:aws:iam::000000000012:mfa/me",
    "a b",
    "x#y",
    "ü",
    "%(x)s",
    "[x]",
    "\"q\"",
    "a=b",
    "x\ny = 1",
    "v # c",
];

/// A text and the requested edits.
pub(super) fn case(choices: &mut Choices<'_>) -> Case {
    let file = choices.one_of(&[SharedFile::Config, SharedFile::Credentials]);
    let wanted = wanted(choices, file);
    let before = match choices.below(8) {
        0 => choices.text(),
        1 | 2 => soup(choices),
        _ => tidy(choices, file),
    };
    Case { file, before, wanted }
}

fn wanted(choices: &mut Choices<'_>, file: SharedFile) -> Vec<Wanted> {
    let mut all = Vec::new();
    for _ in 0..1 + choices.below(3) {
        let is_session = file == SharedFile::Config && choices.once_in(6);
        let name = if choices.once_in(24) {
            choices.concat(&["a", "]", "\n", "[", " ", "\"", "#"], 4)
        } else {
            choices.one_of(&NAMES).to_owned()
        };
        // The editor refuses invalid edits, so most are valid.
        if all.iter().any(|other: &Wanted| other.name == name) && !choices.once_in(16) {
            continue;
        }
        let mut remove: Vec<String> = if choices.once_in(3) {
            choices.some_of(&KEYS[3..6]).into_iter().map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        let mut set: Vec<(String, String)> = Vec::new();
        for key in choices.some_of(&KEYS) {
            if !remove.iter().any(|removed| removed == key) || choices.once_in(16) {
                let usual = choices.below(ASKED.len() * 2) % (ASKED.len() * 2 - 2);
                set.push((key.to_owned(), ASKED[usual % (ASKED.len() - if usual < 20 { 2 } else { 0 })].to_owned()));
            }
        }
        if choices.once_in(24) {
            remove.extend(remove.clone());
        }
        all.push(Wanted { is_session, name, set, remove });
    }
    all
}

/// A file of sections with settings, most of them valid.
fn tidy(choices: &mut Choices<'_>, file: SharedFile) -> String {
    let ending = choices.one_of(&["\n", "\n", "\r\n"]);
    let mut text = String::from(if choices.once_in(6) { "\u{feff}" } else { "" });
    if choices.once_in(3) {
        text.push_str(&format!("# head{ending}{ending}"));
    }
    for name in NAMES.into_iter().take(7) {
        if choices.below(2) == 0 || (name == "DEFAULT" && !choices.once_in(6)) {
            continue;
        }
        text.push_str(&header(choices, file, name));
        text.push_str(ending);
        let mut left = KEYS.to_vec();
        for _ in 0..choices.below(6) {
            let key = left[choices.below(left.len())];
            if !choices.once_in(32) {
                left.retain(|other| *other != key);
            }
            text.push_str(&setting(choices, key, ending));
            text.push_str(choices.one_of(&["", "", "", "\n", "# note\n", ";\n", "  # inner\n", "\t\n"]));
        }
        text.push_str(choices.one_of(&["\n", "\n", "", "\n\n", " \n"]));
    }
    // A file of CRLF lines may contain a few LF lines.
    if ending == "\r\n" && !choices.once_in(6) {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if choices.once_in(4) {
        text.truncate(text.trim_end().len());
    }
    text
}

fn header(choices: &mut Choices<'_>, file: SharedFile, name: &str) -> String {
    let plain = match file {
        SharedFile::Config if choices.once_in(6) => format!("sso-session {name}"),
        SharedFile::Config if name != "default" => format!("profile {name}"),
        _ => name.to_owned(),
    };
    match choices.below(24) {
        0 => format!("[{plain}] # note"),
        1 => format!("[{plain}]; note"),
        2 => format!("[{}]", plain.replace(' ', "\t ")),
        3 => format!("[{plain} ]"),
        4 => format!("[ {plain}]"),
        5 => format!("[profile \"{name}\"]"),
        6 => format!("[{name}]"),
        7 => format!("[services {name}]"),
        8 => format!("  [{plain}]"),
        _ => format!("[{plain}]"),
    }
}

fn setting(choices: &mut Choices<'_>, key: &str, ending: &str) -> String {
    let mut key = key.to_owned();
    if choices.once_in(12) {
        key = key.to_uppercase();
    }
    let equals = choices.one_of(&[" = ", "=", " =", "= ", "\t=\t", "  =  ", " = ", " = ", " = ", " : "]);
    let value = if key == "s3" {
        // Nested settings.
        let deep = choices.one_of(&["  ", "\t", "    "]);
        format!("{ending}{deep}max_concurrent_requests = 20{ending}{deep}addressing_style = path")
    } else {
        choices.one_of(&VALUES).to_owned()
    };
    let tail = choices.one_of(&[
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        " ",
        "\t",
        " # note",
        "\t; note ",
        "#x",
        "\n  more",
        "\n  more = x",
    ]);
    let indentation = if choices.once_in(24) { "  " } else { "" };
    format!("{indentation}{key}{equals}{value}{tail}{ending}")
}

/// Any piece that has a meaning in such a file.
fn soup(choices: &mut Choices<'_>) -> String {
    const WORDS: [&str; 40] = [
        "[profile a]\n",
        "[profile b]\n",
        "[a]\n",
        "[b]\n",
        "[default]\n",
        "[sso-session a]\n",
        "[profile ",
        "[",
        "]",
        "region",
        "output",
        "REGION",
        "aws_session_token",
        "s3",
        " = ",
        "=",
        ":",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "#",
        ";",
        " # c\n",
        "; c\n",
        "\"",
        "'",
        "\\",
        "x",
        "region = x\n",
        "output=json\n",
        "s3 =\n  a = 1\n",
        "  y = 1\n",
        "\u{feff}",
        "\u{a0}",
        "\u{85}",
        "\u{2028}",
        "ü",
    ];
    choices.concat(&WORDS, 40)
}
