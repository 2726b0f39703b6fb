//! Prompts, on a real terminal.

use leverage::sandbox::{Config, Sandbox, project};
use leverage_tests::counterparts::read_state;
use leverage_tests::moto::Keys;
use leverage_tests::organization::Organization;
use leverage_tests::place::Place;
use leverage_tests::program::Run;
use leverage_tests::silence::Silence;
use leverage_tests::terminal::{BACKSPACE, CTRL_C, DOWN, ENTER, ESCAPE, TAB, Terminal};
use rustix::process::Signal;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn configure(place: &Place, endpoint_url: &str, arguments: &[&str]) -> Terminal {
    Terminal::start(Run::leverage(place, endpoint_url).args(["credentials", "configure", "--type"]).args(arguments))
}

/// A fresh organization, its administrator's keys, and the terminal of a run.
fn start(arguments: &[&str]) -> (Organization, Keys, Terminal) {
    let organization = Organization::new();
    let keys = organization.user(&organization.management, "admin", &[]);
    let terminal = configure(&organization.place, &organization.moto.endpoint_url(), arguments);
    (organization, keys, terminal)
}

fn put_existing_keys(organization: &Organization, keys: &Keys) {
    let text = format!("[ex-management]\naws_access_key_id = {}\naws_secret_access_key = {}\n", keys.id, keys.secret);
    organization.place.put_aws("credentials", &text);
}

#[test]
fn everything_is_asked_for_and_the_secret_is_never_shown() {
    let organization = Organization::new();
    let keys = organization.user(&organization.management, "admin", &[]);
    let place = Place::new();
    let mut terminal = configure(&place, &organization.moto.endpoint_url(), &["MANAGEMENT"]);
    terminal.answer("The project's short name:", &format!("X{ENTER}"));
    terminal.answer("two to four lower-case letters", &format!("{BACKSPACE}ex{ENTER}"));
    terminal.wait_for("us-east-1");
    terminal.answer("The primary region:", ENTER);
    terminal.answer("How will you give the access keys for ex-management?", &format!("{DOWN}{ENTER}"));
    terminal.answer("Access key ID:", &format!("{}{ENTER}", keys.id));
    terminal.answer("Secret access key:", &format!("{}x{ENTER}", keys.secret));
    // Whether a wrong secret may be edited or is typed anew is for the prompt to say; both end here.
    terminal.answer("not of the right form", &format!("{}{}{ENTER}", BACKSPACE.repeat(50), keys.secret));
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(left.transcript.contains("new access keys"), "{}", left.transcript);
    assert!(left.transcript.contains(&keys.id), "what is not secret is shown: {}", left.transcript);
    for part in [&keys.secret[..], &keys.secret[..20], &keys.secret[20..]] {
        assert!(!left.transcript.contains(part), "{}", left.transcript);
    }
    let state = read_state(&place.aws(), &place.project(), &["credentials", "config"]);
    assert_eq!(state["credentials"]["ex-management"]["aws_secret_access_key"], keys.secret.as_str());
    assert_eq!(state["config"]["profile ex-security-oaar"]["region"], "us-east-1");
}

#[test]
fn the_path_of_a_file_is_completed() {
    let (organization, keys, mut terminal) = start(&["MANAGEMENT"]);
    let csv = organization.place.put_keys(&keys);
    terminal.answer("How will you give the access keys", ENTER);
    terminal.answer("The file:", &format!("nothing{ENTER}"));
    terminal.answer("there is no such file", &format!("{}../keys/acc{TAB}", BACKSPACE.repeat(7)));
    terminal.answer("../keys/accessKeys.csv", ENTER);
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(csv.exists() && !left.transcript.contains(&keys.secret));
    assert!(organization.place.text("home/.aws/ex/credentials").contains(&keys.secret));
}

#[test]
fn existing_keys_are_kept_or_overwritten() {
    for overwrite in [false, true] {
        let organization = Organization::new();
        let [old, new] = ["old", "new"].map(|name| organization.user(&organization.management, name, &[]));
        put_existing_keys(&organization, &old);
        let csv = organization.place.put_keys(&new).display().to_string();
        let arguments = ["MANAGEMENT", "--credentials-file", &csv];
        let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &arguments);
        terminal.wait_for("Profile `ex-management` already has access keys.");
        terminal.answer("Overwrite them (with a backup)", if overwrite { DOWN } else { "" });
        terminal.press(ENTER);
        let left = terminal.left();
        assert_eq!(left.code, 0, "{}", left.transcript);
        let expected = if overwrite { new } else { old };
        assert!(organization.place.text("home/.aws/ex/credentials").contains(&expected.secret));
        assert!(organization.place.text("home/.aws/ex/config").contains("[profile ex-security-oaar]"));
    }
}

#[test]
fn one_of_several_mfa_devices_is_chosen() {
    let organization = Organization::new();
    let devices = ["phone", "tablet"].map(str::to_owned);
    let keys = organization.user(&organization.management, "admin", &devices);
    let csv = organization.place.put_keys(&keys).display().to_string();
    let arguments = ["MANAGEMENT", "--fetch-mfa-device", "--credentials-file", &csv];
    let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &arguments);
    terminal.wait_for("Which MFA device should the profiles use?");
    terminal.answer(":mfa/tablet", &format!("tab{ENTER}"));
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    let serial = format!("mfa_serial = arn:aws:iam::{}:mfa/tablet", organization.management);
    assert!(organization.place.text("home/.aws/ex/config").contains(&serial));
}

/// Ends a run at a prompt: the exit code is 130, no file is touched, and the terminal is as it was.
fn end_at(prompt: &str, keys: &str, lead_there: impl Fn(&mut Terminal)) {
    let organization = Organization::new();
    put_existing_keys(&organization, &organization.user(&organization.management, "admin", &[]));
    if !prompt.contains("already") {
        fs::remove_dir_all(organization.place.home().join(".aws")).expect("a folder");
    }
    if prompt.contains("short name") {
        fs::remove_file(organization.place.path("project/project.yaml")).expect("a file");
        fs::remove_file(organization.place.path("project/config/common.tfvars")).expect("a file");
    }
    let before = organization.place.tree();
    let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &["MANAGEMENT"]);
    lead_there(&mut terminal);
    terminal.answer(prompt, keys);
    let left = terminal.left();
    assert_eq!(left.code, 130, "{}", left.transcript);
    assert!(left.screen.contains("interrupted; nothing was changed"), "{}", left.screen);
    assert_eq!(before.touched(&organization.place.tree()), Vec::<&Path>::new());
}

#[test]
fn ctrl_c_and_escape_at_any_prompt_leave_everything_as_it_was() {
    let nothing = |_: &mut Terminal| {};
    let type_them = |terminal: &mut Terminal| {
        terminal.answer("How will you give the access keys", &format!("{DOWN}{ENTER}"));
    };
    let type_secret = move |terminal: &mut Terminal| {
        type_them(terminal);
        terminal.answer("Access key ID:", &format!("AKIAIOSFODNN7EXAMPLE{ENTER}"));
    };
    let name_file = |terminal: &mut Terminal| terminal.answer("How will you give the access keys", ENTER);
    for keys in [CTRL_C, ESCAPE] {
        end_at("The project's short name:", keys, nothing);
        end_at("Profile `ex-management` already has access keys.", keys, nothing);
        end_at("How will you give the access keys", keys, nothing);
        end_at("The file:", keys, name_file);
        end_at("Access key ID:", keys, type_them);
        end_at("Secret access key:", keys, type_secret);
    }
}

#[test]
fn a_signal_at_a_prompt_leaves_everything_as_it_was() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let (organization, _, mut terminal) = start(&["MANAGEMENT"]);
        let before = organization.place.tree();
        terminal.answer("How will you give the access keys", &format!("{DOWN}{ENTER}"));
        terminal.answer("Access key ID:", &format!("AKIAIOSFODNN7EXAMPLE{ENTER}"));
        terminal.wait_for("Secret access key:");
        terminal.signal(signal);
        let left = terminal.left();
        assert_eq!(left.code, 128 + signal.as_raw(), "{}", left.transcript);
        assert_eq!(before.touched(&organization.place.tree()), Vec::<&Path>::new());
    }
}

#[test]
fn ctrl_c_while_aws_is_waited_for_leaves_everything_as_it_was() {
    let place = Place::new();
    place.put("project.yaml", "short_name: ex\nprimary_region: us-east-1\n");
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned();
    let csv = place.put_keys(&Keys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret }).display().to_string();
    let before = place.tree();
    let silence = Silence::start();
    let mut terminal = configure(&place, &silence.endpoint_url(), &["MANAGEMENT", "--credentials-file", &csv]);
    let _connection = silence.asked();
    terminal.press(CTRL_C);
    let left = terminal.left();
    assert_eq!(left.code, 130, "{}", left.transcript);
    assert!(left.screen.contains("interrupted; nothing was changed"), "{}", left.screen);
    assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new());
}

#[test]
fn progress_is_shown_while_a_large_organization_is_read_and_gone_afterwards() {
    let config = Config { accounts: 200, latency: Duration::from_millis(60), ..Config::default() };
    let sandbox = Sandbox::start(config).expect("a sandbox");
    let place = Place::new();
    fs::create_dir(place.path("sandbox")).expect("a folder");
    let project = project::write(&place.path("sandbox"), &sandbox).expect("a sample project");
    let csv = project.keys_of(&sandbox.users().management);
    let run = Run::leverage(&place, &sandbox.endpoint_url())
        .env("HOME", &project.home)
        .folder(&project.root)
        .args(["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"])
        .args([csv]);
    let mut terminal = Terminal::start(run);
    terminal.wait_for("Reading the organization: ");
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(!left.screen.contains("Reading the organization"), "{}", left.screen);
    assert!(left.screen.contains("and 192 more"), "{}", left.screen);
}
