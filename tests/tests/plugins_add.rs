//! Adding, using, disabling and removing plugins that work.

#[path = "plugins_support/place.rs"]
mod place;

use place::{Place, mode, plugin};
use serde_json::Value;
use std::fs;

fn friendly() -> String {
    plugin("friendly").display().to_string()
}

/// What `plugin list --json` says of a plugin.
fn listed(place: &Place, id: &str) -> Value {
    let document = place.run(&["plugin", "list", "--json"]).expect(0, &[]).json();
    let plugins = document["plugins"].as_array().expect("a list");
    plugins.iter().find(|plugin| plugin["id"] == id).cloned().unwrap_or(Value::Null)
}

#[test]
fn inspecting_a_file_shows_what_it_announces_and_runs_none_of_it() {
    let place = Place::new();
    let library = place.folder.path().join("audit.so");
    fs::copy(plugin("friendly"), &library).unwrap();
    let path = library.to_str().unwrap();
    place
        .run(&["plugin", "inspect", path])
        .expect(0, &["audit", "Access for auditors.", "accounts/1", "sha256-", leverage_plugin_api::VERSION]);
    let document = place.run(&["plugin", "inspect", path, "--json"]).json();
    assert_eq!(document["plugin"]["id"], "audit");
    assert_eq!(document["plugin"]["types"], Value::Null, "only running it tells");
    assert!(!place.was_opened(&library));
    assert!(!place.store().exists(), "looking leaves no trace");
}

#[test]
fn adding_needs_somebody_who_agrees() {
    let place = Place::new();
    let library = place.folder.path().join("audit.so");
    fs::copy(plugin("friendly"), &library).unwrap();
    let path = library.to_str().unwrap();
    place.run(&["plugin", "add", path]).expect(11, &["asks for", "accounts/1", "sha256-", "`--yes`"]);
    let said = place.run(&["plugin", "add", path, "--json"]);
    assert_eq!((said.code, &said.json()["error"]["kind"]), (11, &Value::from("answer-needed")));
    assert!(!place.was_opened(&library));
    assert_eq!(place.copies().len(), 0);
}

#[test]
fn an_added_plugin_is_a_private_copy_and_its_types_are_there_at_once() {
    let place = Place::new();
    place.run(&["plugin", "add", "--yes", &friendly()]).expect(0, &["The plugin audit is added.", "--type AUDIT"]);
    let copy = place.copy();
    let folder = copy.parent().unwrap();
    assert_eq!((mode(&copy), mode(folder), mode(&place.store())), (0o500, 0o700, 0o700));
    assert_eq!(mode(&place.lock_file()), 0o600);
    assert_eq!(fs::read(&copy).unwrap(), fs::read(plugin("friendly")).unwrap());

    let audit = listed(&place, "audit");
    assert_eq!(audit["state"], "enabled");
    assert_eq!(audit["isolation"], "process");
    assert_eq!(audit["origin"], friendly());
    assert_eq!(audit["types"][0]["name"], "AUDIT");
    assert_eq!(audit["hash"].as_str(), folder.file_name().unwrap().to_str());
    assert_eq!(listed(&place, "security")["state"], "built-in");

    place.run(&["credentials", "configure", "--help"]).expect(0, &["AUDIT", "Read-only access for auditors"]);
    place.configure("audit", &[]).expect(0, &["ex-security-audit"]);
    assert!(!place.project.root.join("accounts.txt").exists(), "an output writes nothing just because it is there");
}

#[test]
fn wherever_a_plugin_runs_it_gives_the_same() {
    let outcome = |isolation: &str| {
        let place = Place::new();
        place.add("friendly", &["--isolation", isolation]);
        assert_eq!(listed(&place, "audit")["isolation"], isolation);
        let first = place.configure("AUDIT", &["--dry-run"]);
        first.expect(0, &["ex-security-audit"]);
        place.configure("AUDIT", &[]).expect(0, &[]);
        place.configure("AUDIT", &["--skip-access-keys-setup"]).expect(0, &["nothing was written"]);
        let config = fs::read_to_string(place.project.home.join(".aws/ex/config")).unwrap();
        (config, fs::read_to_string(place.project.root.join("config/common.tfvars")).unwrap())
    };
    let isolated = outcome("process");
    assert!(isolated.0.contains("role/Auditor"), "{}", isolated.0);
    assert_eq!(isolated, outcome("in-process"));
}

#[test]
fn what_needs_no_plugin_opens_none() {
    let place = Place::new();
    place.add("friendly", &[]);
    let copy = place.copy();
    assert!(place.was_opened(&copy), "adding tries it");
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["credentials", "configure", "--help"],
        &["plugin", "list"],
        &["plugin", "list", "--json"],
        &["plugin", "inspect", "audit"],
        &["plugin", "enable", "audit", "--isolation", "in-process"],
        &["plugin", "disable", "audit"],
        &["plugin", "enable", "audit"],
    ] {
        place.run(arguments).expect(0, &[]);
    }
    place.configure("MANAGEMENT", &[]).expect(0, &[]);
    assert!(!place.was_opened(&copy));
    place.configure("AUDIT", &[]).expect(0, &[]);
    assert!(place.was_opened(&copy), "the mark works");
}

#[test]
fn a_disabled_plugin_is_kept_and_never_opened() {
    let place = Place::new();
    place.add("friendly", &[]);
    place.was_opened(&place.copy());
    place.run(&["plugin", "disable", "audit"]).expect(0, &["disabled"]);
    assert_eq!(listed(&place, "audit")["state"], "disabled");
    assert!(!place.run(&["credentials", "configure", "--help"]).all().contains("AUDIT"));
    place.configure("AUDIT", &[]).expect(31, &["the plugin audit is disabled", "`leverage plugin enable audit`"]);
    assert!(!place.was_opened(&place.copy()));
    place.run(&["plugin", "enable", "audit"]).expect(0, &["enabled"]);
    place.configure("AUDIT", &[]).expect(0, &[]);
}

#[test]
fn a_removed_plugin_leaves_no_copy() {
    let place = Place::new();
    place.add("friendly", &[]);
    place.run(&["plugin", "remove", "audit"]).expect(0, &["removed"]);
    assert_eq!(place.copies().len(), 0);
    assert_eq!(listed(&place, "audit"), Value::Null);
    place.run(&["plugin", "remove", "audit"]).expect(2, &["there is no plugin \"audit\""]);
    place.run(&["plugin", "remove", "security"]).expect(2, &["built in"]);
    place.configure("AUDIT", &[]).expect(2, &["there is no credential type \"AUDIT\""]);
}

#[test]
fn an_id_is_taken_until_it_is_replaced() {
    let place = Place::new();
    place.add("friendly", &[]);
    let first = place.copy();
    let newer = place.folder.path().join("newer.so");
    // Bytes behind the end change nothing but the hash.
    fs::write(&newer, [fs::read(plugin("friendly")).unwrap(), vec![0; 8]].concat()).unwrap();
    let path = newer.to_str().unwrap();
    place.run(&["plugin", "add", "--yes", path]).expect(31, &["a plugin with the id audit already", "`--replace`"]);
    assert_eq!(place.copy(), first);
    let wrong = format!("sha256-{}", "0".repeat(64));
    place.run(&["plugin", "add", "--yes", "--replace", path, "--hash", &wrong]).expect(31, &["should be sha256-0000"]);
    assert_eq!(place.copy(), first);
    place.run(&["plugin", "add", "--yes", "--replace", path]).expect(0, &["replaces", "added"]);
    assert_ne!(place.copy(), first);
    place.configure("AUDIT", &[]).expect(0, &[]);
}

#[test]
fn the_lock_file_is_understood_or_refused() {
    let place = Place::new();
    place.add("friendly", &[]);
    let text = fs::read_to_string(place.lock_file()).unwrap();
    fs::write(place.lock_file(), text.replace("enabled = true", "enabld = true")).unwrap();
    place.run(&["plugin", "list"]).expect(31, &["plugins.toml, line ", "unknown field `enabld`"]);
    place.configure("AUDIT", &[]).expect(31, &["unknown field `enabld`"]);
    // What needs no plugin goes on.
    place.run(&["--help"]).expect(0, &[]);
    place.configure("MANAGEMENT", &[]).expect(0, &[]);
}

#[test]
fn an_addition_that_did_not_end_is_rolled_back_by_the_next_one() {
    let place = Place::new();
    place.run(&["plugin", "add", "--yes", &friendly()]).expect(0, &[]);
    let run = fs::read_dir(place.store().join("backups")).unwrap().next().unwrap().unwrap().path();
    // As if it had been killed at its end: its record is still its journal.
    fs::rename(run.join("run.json"), place.store().join(".journal")).unwrap();
    let told = "an unfinished run (plugin of ";
    place.run(&["plugin", "disable", "audit"]).expect(2, &[told, "was rolled back"]);
    assert!(!place.lock_file().exists());
    place.run(&["plugin", "add", "--yes", &friendly()]).expect(0, &["The plugin audit is added."]);
    assert_eq!(listed(&place, "audit")["id"], "audit");
}
