//! Tests of the actions after the commit.

use super::*;
use leverage_plugin_api::model::{OutputInfo, TextFormat};

struct Output {
    lookups: Vec<String>,
    info: OutputInfo,
}

impl Contribution for Output {
    fn describe(&self) -> String {
        "the output x".to_owned()
    }

    fn lookups(&self) -> &[String] {
        &self.lookups
    }

    fn output_info(&self) -> Option<&OutputInfo> {
        Some(&self.info)
    }

    fn step(&self, _request: &[u8]) -> Result<Vec<u8>> {
        unreachable!("the tests do not call it")
    }
}

/// An output that may run commands. A reader hides its lines with `hide:` if `READER` is `robot`.
fn output() -> Output {
    let info = OutputInfo::new("x", "").hidden_lines(HiddenLines::new("READER", "robot", "hide:"));
    Output { lookups: vec![RUN.to_owned()], info }
}

fn robot(name: &str) -> Option<String> {
    (name == "READER").then(|| "robot".to_owned())
}

/// A vault with a secret, and its token.
fn vault() -> (Vault, String) {
    let vault = Vault::default();
    let token = vault.keep(Zeroizing::new("s3cret".to_owned())).unwrap().in_text(TextFormat::Ini);
    (vault, token)
}

fn add(vault: &Vault, print: &[&str], commands: Vec<PlannedCommand>) -> Result<PostCommitActions> {
    let mut actions = PostCommitActions::default();
    let print = print.iter().map(|&text| text.to_owned()).collect();
    actions.add("x", &output(), vault, print, commands)?;
    Ok(actions)
}

#[test]
fn add_rejects_commands_without_permission() {
    let (vault, _) = vault();
    let commands = vec![PlannedCommand::new("true")];
    let error = PostCommitActions::default()
        .add("x", &Output { lookups: Vec::new(), ..output() }, &vault, Vec::new(), commands)
        .unwrap_err();
    assert_eq!(error.kind, Kind::ProtocolViolation);
    assert!(error.message.contains("run/1"), "{error}");
}

#[test]
fn add_rejects_secrets_outside_of_standard_input() {
    let (vault, token) = vault();
    for command in [PlannedCommand::new(&token), PlannedCommand::new("x").argument(format!("--key={token}"))] {
        let error = add(&vault, &[], vec![command]).map(|_| ()).unwrap_err();
        assert!(error.message.contains("other processes can see it"), "{error}");
    }
    let actions = add(&vault, &[], vec![PlannedCommand::new("x").stdin(&token)]).unwrap();
    assert_eq!(actions.commands_masked()[0].stdin.as_deref(), Some("********"));
    let unknown = token.replace(|c: char| c.is_ascii_digit(), "a");
    assert!(add(&vault, &[], vec![PlannedCommand::new("x").stdin(unknown)]).is_err());
}

#[test]
fn add_rejects_invalid_commands() {
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
fn print_reveals_secrets_only_to_a_reader_that_hides_them() {
    let (vault, token) = vault();
    let line = format!("hide:{token}");
    let actions = add(&vault, &["plain", &line], Vec::new()).unwrap();
    let printed = |reader: &dyn Fn(&str) -> Option<String>| {
        actions.print(&vault, reader).unwrap().iter().map(|text| text.to_string()).collect()
    };
    let (to_robot, to_people): (Vec<String>, Vec<String>) = (printed(&robot), printed(&|_| Some("robot2".to_owned())));
    assert_eq!(to_robot, ["plain", "hide:s3cret"]);
    assert_eq!(to_people, ["plain", "hide:********"]);
    assert_eq!(actions.print_masked(), to_people);

    let error = add(&vault, &[&format!("x\nkey {token}")], Vec::new()).map(|_| ()).unwrap_err();
    assert_eq!(error.message, "printed a secret");
}

#[test]
fn add_rejects_secrets_in_lines_that_the_manifest_does_not_declare() {
    let (vault, token) = vault();
    let undeclared = Output { info: OutputInfo::new("x", ""), ..output() };
    let print = vec![format!("hide:{token}")];
    let error = PostCommitActions::default().add("x", &undeclared, &vault, print, Vec::new()).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::ProtocolViolation, "printed a secret"));
}

#[test]
fn print_hides_each_line_of_a_secret() {
    let vault = Vault::default();
    let secret = "-----BEGIN\r\nMII=\n\r::set-output name=x::y\r-----END\n".to_owned();
    let token = vault.keep(Zeroizing::new(secret)).unwrap().in_text(TextFormat::Verbatim);
    let actions = add(&vault, &[&format!("plain\nhide:{token}\nplain")], Vec::new()).unwrap();
    let printed: Vec<String> = actions.print(&vault, &robot).unwrap().iter().map(|text| text.to_string()).collect();
    let hidden = ["-----BEGIN", "MII=", "::set-output name=x::y", "-----END"].map(|line| format!("hide:{line}"));
    assert_eq!(
        (printed.first().map(String::as_str), printed.last().map(String::as_str)),
        (Some("plain"), Some("plain"))
    );
    assert_eq!(printed[1..printed.len() - 1], hidden);
}

#[test]
fn command_report_quotes_words_for_a_shell() {
    let (vault, _) = vault();
    let command = PlannedCommand::new("x").argument("a b").argument("").argument("it's").argument("--c=1");
    let actions = add(&vault, &[], vec![command]).unwrap();
    assert_eq!(actions.commands_masked()[0].to_string(), "x 'a b' '' 'it'\\''s' --c=1");
}
