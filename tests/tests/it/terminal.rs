//! Prompts, on a real terminal.

use leverage::sandbox::{Config, Sandbox, project};
use leverage_tests::counterparts::read_state;
use leverage_tests::moto::Keys;
use leverage_tests::organization::Organization;
use leverage_tests::place::Place;
use leverage_tests::program::Run;
use leverage_tests::silence::Silence;
use leverage_tests::snapshot;
use leverage_tests::terminal::{BACKSPACE, CTRL_C, DOWN, ENTER, ESCAPE, TAB, Terminal};
use rustix::process::Signal;
use std::fs;
use std::path::Path;
use std::time::Duration;

// Texts that must be on the screen before a key is pressed.
const SHORT_NAME: &str = "The project's short name:";
const NOT_A_SHORT_NAME: &str = "two to four lower-case letters";
const REGION: &str = "The primary region:";
const HOW: &str = "Where are the access keys";
const KEY_ID: &str = "Access key ID:";
const SECRET: &str = "Secret access key:";
const NOT_A_SECRET: &str = "invalid secret access key";
const FILE: &str = "File:";
const NO_FILE: &str = "file not found";
const EXISTING: &str = "Profile `ex-management` already has access keys.";
const OVERWRITE: &str = "Overwrite them (with a backup)";
const DEVICE: &str = "Which MFA device should the profiles use?";
const PROGRESS: &str = "Reading the organization";

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

/// The last line, without what the terminal shows of a key.
fn last_line(screen: &str) -> &str {
    screen.trim_end().lines().last().unwrap_or_default().trim_start_matches("^C")
}

fn put_existing_keys(organization: &Organization, keys: &Keys) {
    let text = format!("[ex-management]\naws_access_key_id = {}\naws_secret_access_key = {}\n", keys.id, keys.secret);
    organization.place.put_aws("credentials", &text);
}

#[test]
fn configure_asks_for_everything_and_never_shows_the_secret() {
    let organization = Organization::new();
    let keys = organization.user(&organization.management, "admin", &[]);
    let place = Place::new();
    let mut terminal = configure(&place, &organization.moto.endpoint_url(), &["MANAGEMENT"]);
    terminal.answer(SHORT_NAME, &format!("X{ENTER}"));
    terminal.answer(NOT_A_SHORT_NAME, &format!("{BACKSPACE}ex{ENTER}"));
    terminal.wait_for("us-east-1");
    terminal.answer(REGION, ENTER);
    terminal.answer(HOW, &format!("{DOWN}{ENTER}"));
    terminal.answer(KEY_ID, &format!("{}{ENTER}", keys.id));
    terminal.answer(SECRET, &format!("{}x{ENTER}", keys.secret));
    // The prompt may keep or clear an invalid secret; both end here.
    terminal.answer(NOT_A_SECRET, &format!("{}{}{ENTER}", BACKSPACE.repeat(50), keys.secret));
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    snapshot!(organization.place.filter(&place.filter(&left.screen)));
    assert!(left.transcript.contains(&keys.id), "what is not secret is shown: {}", left.transcript);
    for part in [&keys.secret[..], &keys.secret[..20], &keys.secret[20..]] {
        assert!(!left.transcript.contains(part), "{}", left.transcript);
    }
    let state = read_state(&place.aws(), &place.project(), &["credentials", "config"]);
    assert_eq!(state["credentials"]["ex-management"]["aws_secret_access_key"], keys.secret.as_str());
    assert_eq!(state["config"]["profile ex-security-oaar"]["region"], "us-east-1");
}

#[test]
fn tab_completes_a_path() {
    let (organization, keys, mut terminal) = start(&["MANAGEMENT"]);
    let csv = organization.place.put_keys(&keys);
    terminal.answer(HOW, ENTER);
    terminal.answer(FILE, &format!("nothing{ENTER}"));
    terminal.answer(NO_FILE, &format!("{}../keys/acc{TAB}", BACKSPACE.repeat(7)));
    terminal.answer("../keys/accessKeys.csv", ENTER);
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(csv.exists() && !left.transcript.contains(&keys.secret));
    assert!(organization.place.text("home/.aws/ex/credentials").contains(&keys.secret));
}

#[test]
fn existing_keys_prompt_keeps_or_overwrites() {
    for overwrite in [false, true] {
        let organization = Organization::new();
        let [old, new] = ["old", "new"].map(|name| organization.user(&organization.management, name, &[]));
        put_existing_keys(&organization, &old);
        let csv = organization.place.put_keys(&new).display().to_string();
        let arguments = ["MANAGEMENT", "--credentials-file", &csv];
        let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &arguments);
        terminal.wait_for(EXISTING);
        terminal.answer(OVERWRITE, if overwrite { DOWN } else { "" });
        terminal.press(ENTER);
        let left = terminal.left();
        assert_eq!(left.code, 0, "{}", left.transcript);
        let name = if overwrite { "existing_keys_overwritten" } else { "existing_keys_kept" };
        snapshot!(name, organization.place.filter(&left.screen));
        let expected = if overwrite { new } else { old };
        assert!(organization.place.text("home/.aws/ex/credentials").contains(&expected.secret));
        assert!(organization.place.text("home/.aws/ex/config").contains("[profile ex-security-oaar]"));
    }
}

#[test]
fn mfa_prompt_selects_a_device() {
    let organization = Organization::new();
    let devices = ["phone", "tablet"].map(str::to_owned);
    let keys = organization.user(&organization.management, "admin", &devices);
    let csv = organization.place.put_keys(&keys).display().to_string();
    let arguments = ["MANAGEMENT", "--fetch-mfa-device", "--credentials-file", &csv];
    let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &arguments);
    terminal.wait_for(DEVICE);
    terminal.answer(":mfa/tablet", &format!("tab{ENTER}"));
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    // The progress is gone: the first line is the answered question.
    snapshot!(organization.place.filter(&left.screen));
    let serial = format!("mfa_serial = arn:aws:iam::{}:mfa/tablet", organization.management);
    assert!(organization.place.text("home/.aws/ex/config").contains(&serial));
}

/// Ends a run at a prompt: the exit code is 130, no file is touched, and the terminal is restored.
fn end_at(prompt: &str, keys: &str, lead_there: impl Fn(&mut Terminal)) {
    let organization = Organization::new();
    put_existing_keys(&organization, &organization.user(&organization.management, "admin", &[]));
    if prompt != EXISTING {
        fs::remove_dir_all(organization.place.home().join(".aws")).expect("a folder");
    }
    if prompt == SHORT_NAME {
        fs::remove_file(organization.place.path("project/project.yaml")).expect("a file");
        fs::remove_file(organization.place.path("project/config/common.tfvars")).expect("a file");
    }
    let before = organization.place.tree();
    let mut terminal = configure(&organization.place, &organization.moto.endpoint_url(), &["MANAGEMENT"]);
    lead_there(&mut terminal);
    terminal.answer(prompt, keys);
    let left = terminal.left();
    assert_eq!(left.code, 130, "{}", left.transcript);
    snapshot!("interrupted", last_line(&left.screen));
    assert_eq!(before.touched(&organization.place.tree()), Vec::<&Path>::new());
}

#[test]
fn ctrl_c_and_escape_at_any_prompt_change_nothing() {
    let nothing = |_: &mut Terminal| {};
    let type_them = |terminal: &mut Terminal| {
        terminal.answer(HOW, &format!("{DOWN}{ENTER}"));
    };
    let type_secret = move |terminal: &mut Terminal| {
        type_them(terminal);
        terminal.answer(KEY_ID, &format!("AKIAIOSFODNN7EXAMPLE{ENTER}"));
    };
    let name_file = |terminal: &mut Terminal| terminal.answer(HOW, ENTER);
    for keys in [CTRL_C, ESCAPE] {
        end_at(SHORT_NAME, keys, nothing);
        end_at(EXISTING, keys, nothing);
        end_at(HOW, keys, nothing);
        end_at(FILE, keys, name_file);
        end_at(KEY_ID, keys, type_them);
        end_at(SECRET, keys, type_secret);
    }
}

#[test]
fn signal_at_a_prompt_changes_nothing() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let (organization, _, mut terminal) = start(&["MANAGEMENT"]);
        let before = organization.place.tree();
        terminal.answer(HOW, &format!("{DOWN}{ENTER}"));
        terminal.answer(KEY_ID, &format!("AKIAIOSFODNN7EXAMPLE{ENTER}"));
        terminal.wait_for(SECRET);
        terminal.signal(signal);
        let left = terminal.left();
        assert_eq!(left.code, 128 + signal.as_raw(), "{}", left.transcript);
        assert_eq!(before.touched(&organization.place.tree()), Vec::<&Path>::new());
    }
}

#[test]
fn ctrl_c_during_a_request_changes_nothing() {
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
    snapshot!("interrupted", last_line(&left.screen));
    assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new());
}

#[test]
fn progress_is_shown_and_cleared_for_a_large_organization() {
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
    terminal.wait_for(PROGRESS);
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(!left.screen.contains(PROGRESS), "{}", left.screen);
    snapshot!(place.filter(&left.screen));
}
