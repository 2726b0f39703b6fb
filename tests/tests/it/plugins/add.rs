//! Adding, using, disabling and removing plugins that work.

use leverage_tests::plugins::{mode, plugin};
use leverage_tests::snapshot;
use leverage_tests::world::World;
use serde_json::Value;
use std::fs;

fn friendly() -> String {
    plugin("friendly").display().to_string()
}

/// What `plugin list --json` says of a plugin.
fn listed(world: &World, id: &str) -> Value {
    let document = world.command().args(["plugin", "list", "--json"]).unrecorded().outcome().success().json();
    let plugins = document["plugins"].as_array().expect("a list");
    plugins.iter().find(|plugin| plugin["id"] == id).cloned().unwrap_or(Value::Null)
}

#[test]
fn inspect_shows_a_file_without_opening_it() {
    let world = World::new();
    let library = world.place.path("audit.so");
    fs::copy(plugin("friendly"), &library).unwrap();
    let path = library.to_str().unwrap();
    world.run(&["plugin", "inspect", path]).exits(0);
    let document = world.run(&["plugin", "inspect", path, "--json"]).json();
    assert_eq!(document["plugin"]["id"], "audit");
    assert_eq!(document["plugin"]["types"], Value::Null, "only running it tells");
    assert!(!world.was_opened(&library));
    assert!(!world.store().exists(), "looking leaves no trace");
    snapshot!(world.place.transcript());
}

#[test]
fn add_needs_consent() {
    let world = World::new();
    let library = world.place.path("audit.so");
    fs::copy(plugin("friendly"), &library).unwrap();
    let path = library.to_str().unwrap();
    world.run(&["plugin", "add", path]).exits(11);
    let said = world.run(&["plugin", "add", path, "--json"]);
    assert_eq!((said.code, &said.json()["error"]["kind"]), (11, &Value::from("answer-needed")));
    assert!(!world.was_opened(&library));
    assert_eq!(world.copies().len(), 0);
    snapshot!(world.place.transcript());
}

#[test]
fn add_keeps_a_private_copy_and_offers_its_types() {
    let world = World::new();
    world.run(&["plugin", "add", "--yes", &friendly()]).exits(0);
    let copy = world.copy();
    let folder = copy.parent().unwrap();
    assert_eq!((mode(&copy), mode(folder), mode(&world.store())), (0o500, 0o700, 0o700));
    assert_eq!(mode(&world.lock_file()), 0o600);
    assert_eq!(fs::read(&copy).unwrap(), fs::read(plugin("friendly")).unwrap());

    let audit = listed(&world, "audit");
    assert_eq!(audit["state"], "enabled");
    assert_eq!(audit["isolation"], "process");
    assert_eq!(audit["origin"], friendly());
    assert_eq!(audit["types"][0]["name"], "AUDIT");
    assert_eq!(audit["hash"].as_str(), folder.file_name().unwrap().to_str());
    assert_eq!(listed(&world, "security")["state"], "built-in");

    world.run(&["credentials", "configure", "--help"]).exits(0);
    world.configure("audit", &[]).exits(0);
    assert!(!world.project.root.join("accounts.txt").exists(), "an output writes nothing just because it is there");
    snapshot!(world.place.transcript());
}

#[test]
fn isolation_does_not_change_what_is_written() {
    let outcome = |isolation: &str| {
        let world = World::new();
        world.add("friendly", &["--isolation", isolation]);
        assert_eq!(listed(&world, "audit")["isolation"], isolation);
        let first = world.configure("AUDIT", &["--dry-run"]);
        first.exits(0);
        world.configure("AUDIT", &[]).exits(0);
        world.configure("AUDIT", &["--skip-access-keys-setup"]).exits(0);
        let config = fs::read_to_string(world.project.home.join(".aws/ex/config")).unwrap();
        (config, fs::read_to_string(world.project.root.join("config/common.tfvars")).unwrap())
    };
    let isolated = outcome("process");
    assert!(isolated.0.contains("role/Auditor"), "{}", isolated.0);
    assert_eq!(isolated, outcome("in-process"));
}

#[test]
fn commands_without_plugins_open_no_plugin() {
    let world = World::new();
    world.add("friendly", &[]);
    let copy = world.copy();
    assert!(world.was_opened(&copy), "adding tries it");
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
        world.run(arguments).exits(0);
    }
    world.configure("MANAGEMENT", &[]).exits(0);
    assert!(!world.was_opened(&copy));
    world.configure("AUDIT", &[]).exits(0);
    assert!(world.was_opened(&copy), "the mark works");
}

#[test]
fn disable_keeps_a_plugin_and_never_opens_it() {
    let world = World::new();
    world.add("friendly", &[]);
    world.was_opened(&world.copy());
    world.run(&["plugin", "disable", "audit"]).exits(0);
    assert_eq!(listed(&world, "audit")["state"], "disabled");
    assert!(!world.run(&["credentials", "configure", "--help"]).all().contains("AUDIT"));
    world.configure("AUDIT", &[]).exits(31);
    assert!(!world.was_opened(&world.copy()));
    world.run(&["plugin", "enable", "audit"]).exits(0);
    world.configure("AUDIT", &[]).exits(0);
    snapshot!(world.place.transcript());
}

#[test]
fn remove_deletes_the_copy() {
    let world = World::new();
    world.add("friendly", &[]);
    world.run(&["plugin", "remove", "audit"]).exits(0);
    assert_eq!(world.copies().len(), 0);
    assert_eq!(listed(&world, "audit"), Value::Null);
    world.run(&["plugin", "remove", "audit"]).exits(2);
    world.run(&["plugin", "remove", "security"]).exits(2);
    world.configure("AUDIT", &[]).exits(2);
    snapshot!(world.place.transcript());
}

#[test]
fn add_refuses_a_taken_id_without_replace() {
    let world = World::new();
    world.add("friendly", &[]);
    let first = world.copy();
    let newer = world.place.path("newer.so");
    // Appended bytes change only the hash.
    fs::write(&newer, [fs::read(plugin("friendly")).unwrap(), vec![0; 8]].concat()).unwrap();
    let path = newer.to_str().unwrap();
    world.run(&["plugin", "add", "--yes", path]).exits(31);
    assert_eq!(world.copy(), first);
    let wrong = format!("sha256-{}", "0".repeat(64));
    world.run(&["plugin", "add", "--yes", "--replace", path, "--hash", &wrong]).exits(31);
    assert_eq!(world.copy(), first);
    world.run(&["plugin", "add", "--yes", "--replace", path]).exits(0);
    assert_ne!(world.copy(), first);
    world.configure("AUDIT", &[]).exits(0);
    snapshot!(world.place.transcript());
}

#[test]
fn replacing_keeps_state_and_isolation() {
    let world = World::new();
    world.add("friendly", &["--isolation", "in-process"]);
    world.run(&["plugin", "disable", "audit"]).exits(0);
    let newer = world.place.path("newer.so");
    fs::write(&newer, [fs::read(plugin("friendly")).unwrap(), vec![0; 8]].concat()).unwrap();
    // As if the older version had no lookups.
    let text = fs::read_to_string(world.lock_file()).unwrap();
    let start = text.find("lookups = [").unwrap();
    let end = start + text[start..].find(']').unwrap();
    fs::write(world.lock_file(), [&text[..start], "lookups = [", &text[end..]].concat()).unwrap();
    let path = newer.to_str().unwrap();
    world.run(&["plugin", "add", "--yes", "--replace", path]).exits(0);
    assert_eq!(listed(&world, "audit")["state"], "disabled");
    assert_eq!(listed(&world, "audit")["isolation"], "in-process");
    world.run(&["plugin", "add", "--yes", "--replace", "--isolation", "process", path]).exits(0);
    assert_eq!(listed(&world, "audit")["isolation"], "process");
    snapshot!(world.place.transcript());
}

#[test]
fn lock_file_with_an_unknown_field_is_refused() {
    let world = World::new();
    world.add("friendly", &[]);
    let text = fs::read_to_string(world.lock_file()).unwrap();
    fs::write(world.lock_file(), text.replace("enabled = true", "enabld = true")).unwrap();
    world.run(&["plugin", "list"]).exits(31);
    world.configure("AUDIT", &[]).exits(31);
    // Commands that need no plugin still work.
    world.run(&["--help"]).exits(0);
    world.configure("MANAGEMENT", &[]).exits(0);
    snapshot!(world.place.transcript());
}

#[test]
fn interrupted_add_is_rolled_back_by_the_next_command() {
    let world = World::new();
    world.run(&["plugin", "add", "--yes", &friendly()]).exits(0);
    let run = fs::read_dir(world.store().join("backups")).unwrap().next().unwrap().unwrap().path();
    // As if it was killed at its end: the record is still the journal.
    fs::rename(run.join("run.json"), world.store().join(".journal")).unwrap();
    world.run(&["plugin", "disable", "audit"]).exits(2);
    assert!(!world.lock_file().exists());
    world.run(&["plugin", "add", "--yes", &friendly()]).exits(0);
    assert_eq!(listed(&world, "audit")["id"], "audit");
    snapshot!(world.place.transcript());
}
