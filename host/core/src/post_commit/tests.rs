//! What is refused, and who gets to see which secret.

use super::*;
use leverage_plugin_api::model::TextFormat;

struct Output(Vec<String>);

impl Contribution for Output {
    fn describe(&self) -> String {
        "the output x".to_owned()
    }

    fn lookups(&self) -> &[String] {
        &self.0
    }

    fn step(&self, _request: &[u8]) -> Result<Vec<u8>> {
        unreachable!("it is done")
    }
}

fn with_permission() -> Output {
    Output(vec![RUN.to_owned()])
}

/// A vault, and the token of a secret in it.
fn vault() -> (Vault, String) {
    let vault = Vault::default();
    let token = vault.keep(Zeroizing::new("s3cret".to_owned())).unwrap().in_text(TextFormat::Ini);
    (vault, token)
}

fn add(vault: &Vault, print: &[&str], commands: Vec<PlannedCommand>) -> Result<PostCommitActions> {
    let mut follow_up = PostCommitActions::default();
    let print = print.iter().map(|&text| text.to_owned()).collect();
    follow_up.add("x", &with_permission(), vault, print, commands)?;
    Ok(follow_up)
}

#[test]
fn a_command_needs_the_permission() {
    let (vault, _) = vault();
    let commands = vec![PlannedCommand::new("true")];
    let error = PostCommitActions::default().add("x", &Output(Vec::new()), &vault, Vec::new(), commands).unwrap_err();
    assert_eq!(error.kind, Kind::ProtocolViolation);
    assert!(error.message.contains("run/1"), "{error}");
}

#[test]
fn a_secret_is_for_standard_input_only() {
    let (vault, token) = vault();
    for command in [PlannedCommand::new(&token), PlannedCommand::new("x").argument(format!("--key={token}"))] {
        let error = add(&vault, &[], vec![command]).map(|_| ()).unwrap_err();
        assert!(error.message.contains("other processes can see it"), "{error}");
    }
    let follow_up = add(&vault, &[], vec![PlannedCommand::new("x").stdin(&token)]).unwrap();
    assert_eq!(follow_up.commands_masked()[0].stdin.as_deref(), Some("********"));
    let stranger = token.replace(|c: char| c.is_ascii_digit(), "a");
    assert!(add(&vault, &[], vec![PlannedCommand::new("x").stdin(stranger)]).is_err());
}

#[test]
fn what_cannot_be_run_is_refused() {
    let (vault, _) = vault();
    for command in [
        PlannedCommand::new(""),
        PlannedCommand::new("a\0"),
        PlannedCommand::new("x").argument("a\0"),
        PlannedCommand::new("./x"),
        PlannedCommand::new("scripts/x"),
        PlannedCommand::new("x").time_limit(0),
        PlannedCommand::new("x").time_limit(3601),
    ] {
        let error = add(&vault, &[], vec![command.clone()]).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, Kind::ProtocolViolation, "{command:?}");
    }
    assert!(add(&vault, &[], vec![PlannedCommand::new("/bin/x"), PlannedCommand::new("x")]).is_ok());
}

#[test]
fn only_the_runner_gets_the_secrets_that_it_is_to_hide() {
    let (vault, token) = vault();
    let line = format!("::add-mask::{token}");
    let follow_up = add(&vault, &["plain", &line], Vec::new()).unwrap();
    let printed = |is_runner| follow_up.print(&vault, is_runner).unwrap().iter().map(|text| text.to_string()).collect();
    let (to_runner, to_people): (Vec<String>, Vec<String>) = (printed(true), printed(false));
    assert_eq!(to_runner, ["plain", "::add-mask::s3cret"]);
    assert_eq!(to_people, ["plain", "::add-mask::********"]);
    assert_eq!(follow_up.print_masked(), to_people);

    let error = add(&vault, &[&format!("x\nkey {token}")], Vec::new()).map(|_| ()).unwrap_err();
    assert_eq!(error.message, "prints a secret");
}

#[test]
fn the_runner_is_told_to_hide_each_line_of_a_secret() {
    let vault = Vault::default();
    let secret = "-----BEGIN\r\nMII=\n\r::set-output name=x::y\r-----END\n".to_owned();
    let token = vault.keep(Zeroizing::new(secret)).unwrap().in_text(TextFormat::Verbatim);
    let follow_up = add(&vault, &[&format!("plain\n::add-mask::{token}\nplain")], Vec::new()).unwrap();
    let printed: Vec<String> = follow_up.print(&vault, true).unwrap().iter().map(|text| text.to_string()).collect();
    let hidden = ["-----BEGIN", "MII=", "::set-output name=x::y", "-----END"].map(|line| format!("::add-mask::{line}"));
    assert_eq!(
        (printed.first().map(String::as_str), printed.last().map(String::as_str)),
        (Some("plain"), Some("plain"))
    );
    assert_eq!(printed[1..printed.len() - 1], hidden);
}

#[test]
fn a_command_is_shown_as_a_shell_would_take_it() {
    let (vault, _) = vault();
    let command = PlannedCommand::new("x").argument("a b").argument("").argument("it's").argument("--c=1");
    let follow_up = add(&vault, &[], vec![command]).unwrap();
    assert_eq!(follow_up.commands_masked()[0].to_string(), "x 'a b' '' 'it'\\''s' --c=1");
}
