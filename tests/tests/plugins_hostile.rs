//! Plugins that misbehave while they run: each ends in its own clear sentence, and changes no file.

#[path = "plugins_support/place.rs"]
mod place;

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::error::{Kind, Result};
use leverage::plugins::{Registry, Store};
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::Refused;
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::Nobody;
use place::{Place, Said};
use std::fs;
use std::path::Path;

fn place(isolation: &str) -> Place {
    let place = Place::new();
    place.add("hostile", &["--isolation", isolation]);
    // A link that leads out of the project, to what a stranger would like to read or write.
    fs::create_dir(place.project.home.join(".ssh")).unwrap();
    fs::write(place.project.home.join(".ssh/id_rsa"), "private").unwrap();
    std::os::unix::fs::symlink(place.project.home.join(".ssh"), place.project.root.join("link")).unwrap();
    place
}

/// Runs a type; whatever it does, no file changes, and nothing reaches the terminal, as text or as JSON.
#[track_caller]
fn misbehaves(place: &Place, kind: &str, code: i32, parts: &[&str]) {
    let before = place.files();
    place.configure(kind, &[]).expect(code, parts);
    assert!(place.files() == before, "{kind} changed a file");
    let said: Said = place.configure(kind, &["--json"]);
    said.expect(code, &[]);
    assert_eq!(said.json()["error"]["exit_code"], code);
    assert!(place.files() == before, "{kind} changed a file");
}

/// What a plugin can do wherever it runs: type, exit code, words.
const EVERYWHERE: [(&str, i32, &[&str]); 16] = [
    ("PANICS", 31, &["the credential type PANICS of the plugin hostile panicked", r"\u{1b}[31mboo"]),
    ("GRENADE", 31, &["the credential type GRENADE of the plugin hostile panicked", "without a message"]),
    ("FAILS", 30, &[r"failed \u{1b}[2J", r"hint \u{1b}[2J"]),
    ("WARNS", 31, &["WARNS of the plugin hostile planned", r"ex-\u{1b}[2J", "control characters"]),
    ("ACCOUNTS", 31, &["ACCOUNTS of the plugin hostile planned", r"name-\u{1b}[2J", "control characters"]),
    ("TEMPLATE", 31, &["TEMPLATE of the plugin hostile planned the account id", "passwd", "which is not 12 digits"]),
    ("ASKS", 11, &[r"message \u{1b}[2J", r"instead \u{1b}[2J"]),
    ("UNDECLARED", 31, &["UNDECLARED of the plugin hostile asked for", "command/1", "does not declare"]),
    ("SAME", 31, &["SAME of the plugin hostile asked only for facts that it has already"]),
    ("ENDLESS", 31, &["ENDLESS of the plugin hostile asked for more facts 64 times over"]),
    ("OUTSIDE", 31, &["OUTSIDE of the plugin hostile", "../../.ssh/id_rsa", "leads out of its folder"]),
    ("LINK", 31, &["LINK of the plugin hostile", "link/id_rsa", "leads out of the project"]),
    ("FORGES", 31, &["FORGES of the plugin hostile", "a secret that it was not given"]),
    ("GARBAGE", 31, &["GARBAGE of the plugin hostile returned a document that is not JSON"]),
    ("LATIN-1", 31, &["LATIN-1 of the plugin hostile returned a document that is not UTF-8"]),
    ("FORM", 31, &["FORM of the plugin hostile returned a document of an unknown form"]),
];

#[test]
fn in_a_process_of_its_own() {
    let place = place("process");
    for (kind, code, parts) in EVERYWHERE {
        misbehaves(&place, kind, code, parts);
    }
}

#[test]
fn in_the_process_of_leverage() {
    let place = place("in-process");
    for (kind, code, parts) in EVERYWHERE {
        misbehaves(&place, kind, code, parts);
    }
}

/// Where nothing is wrong, all that a plugin says is shown, and what it prints at the highest verbosity.
#[test]
fn what_a_plugin_says_or_prints_is_shown_without_being_obeyed() {
    let place = place("process");
    let notes = [r"warning \u{1b}[2J", r"note \u{1b}[2J"];
    place.configure("WORKS", &["--dry-run"]).expect(0, &notes);
    place.configure("WORKS", &["--dry-run", "--json"]).expect(0, &[r"warning \u001b[2J"]);
    place.configure("WORKS", &["--dry-run", "-vv"]).expect(0, &notes).expect(0, &[r"printed \u{1b}[2J"]);
    place.configure("WORKS", &[]).expect(0, &notes);
}

#[test]
fn what_ends_a_process_ends_only_that_of_the_plugin() {
    let place = place("process");
    misbehaves(&place, "EXITS", 31, &["the plugin hostile ended its process with code 0 in place of an answer"]);
    misbehaves(&place, "ABORTS", 31, &["the plugin hostile crashed", "signal 6 (abort)"]);
    misbehaves(&place, "ALLOCATES", 31, &["the plugin hostile ran out of the 1 GiB of memory"]);
}

#[test]
fn a_response_has_a_longest_length() {
    for isolation in ["process", "in-process"] {
        misbehaves(&place(isolation), "HUGE", 31, &["the plugin hostile returned a document of more than 64 MiB"]);
    }
}

#[test]
fn a_loop_ends_in_a_process_of_its_own() {
    misbehaves(&place("process"), "LOOPS", 31, &["the plugin hostile did not answer within 10 seconds"]);
}

#[test]
fn a_loop_ends_in_the_process_of_leverage() {
    misbehaves(&place("in-process"), "LOOPS", 31, &["the plugin hostile did not answer within 10 seconds"]);
}

/// Runs MANAGEMENT with these outputs, as a program that embeds the library chooses them.
fn render(place: &Place, outputs: &[&str], dry_run: bool) -> Result<leverage::core::report::Report> {
    let store = Store::new(place.data());
    let registry = Registry::builtin()?.with_store(store, place::PROGRAM).select_outputs(outputs)?;
    let options = Options {
        credential_type: "management".to_owned(),
        credentials_file: Some(place.project.keys_of(&place.sandbox.users().management)),
        dry_run,
        ..Options::default()
    };
    let effects = Effects {
        registry: &registry,
        aws: &Sdk::new(Some(place.sandbox.endpoint_url()), Patience::default()),
        prompt: &Nobody,
        progress: &|_| {},
        print: &|_| {},
        say: &|_| {},
        commands: &Refused,
        environment: &|_| None,
        home: place.project.home.clone(),
        folder: place.project.root.clone(),
        now: Timestamp::now(),
    };
    run_until_interrupted(configure(&options, &effects))
}

#[test]
fn an_output_never_leaves_its_root_nor_names_a_secret_that_it_was_not_given() {
    let elsewhere = Path::new("/tmp/leverage-hostile-authorized-keys");
    for isolation in ["process", "in-process"] {
        let place = place(isolation);
        let before = place.files();
        for (output, words) in [
            ("dot-dot", "leads out of its folder"),
            ("absolute", "leads out of its folder"),
            ("absolute-aws", "leads out of its folder"),
            ("link", "leads out of the project"),
            ("forged", "a secret that it was not given"),
            ("colourful", "holds control characters"),
        ] {
            for dry_run in [true, false] {
                let error = render(&place, &["aws-cli-files", output], dry_run).map(|_| ()).unwrap_err();
                assert_eq!(error.kind, Kind::Plugin, "{output}: {error}");
                assert!(error.message.starts_with(&format!("the output {output} of the plugin hostile")), "{error}");
                assert!(error.to_string().contains(words), "{error}");
                assert!(place.files() == before, "{output} changed a file");
            }
        }
        assert!(!elsewhere.exists());
    }
}

#[test]
fn a_chosen_output_of_a_plugin_writes_what_it_renders() {
    let place = Place::new();
    place.add("friendly", &[]);
    render(&place, &["aws-cli-files", "account-list"], false).unwrap();
    let accounts = fs::read_to_string(place.project.root.join("accounts.txt")).unwrap();
    assert!(accounts.contains(" security\n"), "{accounts}");
    assert!(render(&place, &["none-such"], false).is_err());
}

#[test]
fn no_process_of_a_plugin_is_left_behind() {
    let place = place("process");
    for kind in ["PANICS", "HUGE", "SAME"] {
        place.configure(kind, &[]).expect(31, &[]);
    }
    let store = place.store();
    let left = fs::read_dir("/proc").unwrap().flatten().filter(|process| {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(store.to_str().unwrap())
    });
    assert_eq!(left.count(), 0);
}
