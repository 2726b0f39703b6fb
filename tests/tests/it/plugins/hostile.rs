//! Plugins that misbehave while they run: each gives a specific error, and changes no file.

use leverage::ConfigureOptions;
use leverage::error::{Kind, Result};
use leverage::plugins::Store;
use leverage_tests::program::leverage;
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use std::fs;
use std::path::Path;

fn world(isolation: &str) -> World {
    let world = World::new();
    world.add("hostile", &["--isolation", isolation]);
    // A link to a folder outside the project.
    fs::create_dir(world.project.home.join(".ssh")).unwrap();
    fs::write(world.project.home.join(".ssh/id_rsa"), "private").unwrap();
    std::os::unix::fs::symlink(world.project.home.join(".ssh"), world.project.root.join("link")).unwrap();
    world.place.transcript();
    world
}

/// Runs a type. No file may change, and no control character may reach the terminal, as text or as JSON.
#[track_caller]
fn misbehaves(world: &World, kind: &str, code: i32) {
    let before = world.files();
    world.configure(kind, &[]).exits(code).all();
    assert!(world.files() == before, "{kind} changed a file");
    let said = world.configure(kind, &["--json"]).exits(code);
    said.all();
    assert_eq!(said.json()["error"]["exit_code"], code);
    assert!(world.files() == before, "{kind} changed a file");
}

/// Misbehavior in either isolation: type and exit code.
const EVERYWHERE: [(&str, i32); 17] = [
    ("PANICS", 31),
    ("GRENADE", 31),
    ("FAILS", 30),
    ("WARNS", 31),
    ("ACCOUNTS", 31),
    ("TEMPLATE", 31),
    ("ASKS", 11),
    ("UNDECLARED", 31),
    ("SAME", 31),
    ("ENDLESS", 31),
    ("OUTSIDE", 31),
    ("LINK", 31),
    ("FORGES", 31),
    ("DEFAULT", 31),
    ("GARBAGE", 31),
    ("LATIN-1", 31),
    ("FORM", 31),
];

#[test]
fn misbehaviour_has_the_same_error_in_every_isolation() {
    let said = ["process", "in-process"].map(|isolation| {
        let world = world(isolation);
        for (kind, code) in EVERYWHERE {
            misbehaves(&world, kind, code);
        }
        world.place.transcript()
    });
    assert_eq!(said[0], said[1]);
    snapshot!(said[0]);
}

/// A correct plugin's messages are shown, and what it prints with the highest verbosity.
#[test]
fn control_characters_of_a_plugin_are_escaped() {
    let world = world("process");
    world.configure("WORKS", &["--dry-run"]).success().all();
    let said = world.configure("WORKS", &["--dry-run", "-vv"]).success().all();
    assert!(said.contains(r"printed \u{1b}[2J"), "{said}");
    let said = world.configure("WORKS", &["--dry-run", "--json"]).success().all();
    assert!(said.contains(r"warning \u001b[2J"), "{said}");
    world.place.transcript();
    world.configure("WORKS", &[]).success().all();
    snapshot!(world.place.transcript());
}

#[test]
fn crash_of_a_plugin_process_is_one_error() {
    let world = world("process");
    misbehaves(&world, "EXITS", 31);
    misbehaves(&world, "ABORTS", 31);
    misbehaves(&world, "ALLOCATES", 31);
    snapshot!(world.place.transcript());
}

#[test]
fn response_over_the_limit_is_refused() {
    for isolation in ["process", "in-process"] {
        let world = world(isolation);
        misbehaves(&world, "HUGE", 31);
        snapshot!("response_over_the_limit", world.place.transcript());
    }
}

#[test]
fn endless_loop_in_a_plugin_process_times_out() {
    let world = world("process");
    misbehaves(&world, "LOOPS", 31);
    snapshot!("endless_loop", world.place.transcript());
}

#[test]
fn endless_loop_in_process_times_out() {
    let world = world("in-process");
    misbehaves(&world, "LOOPS", 31);
    snapshot!("endless_loop", world.place.transcript());
}

/// Runs MANAGEMENT with these outputs, as a program that embeds the library chooses them.
fn render(world: &World, outputs: &[&str], dry_run: bool) -> Result<leverage::report::Report> {
    let store = Store::new(world.data());
    let registry = leverage::builtin::registry()?.with_store(store, leverage()).select_outputs(outputs)?;
    let options = ConfigureOptions {
        credential_type: "management".to_owned(),
        credentials_file: Some(world.project.keys_of(&world.sandbox.users().management)),
        dry_run,
        ..ConfigureOptions::default()
    };
    world.embedding(&registry).configure(&options)
}

#[test]
fn output_outside_its_root_or_with_a_forged_secret_is_refused() {
    let elsewhere = Path::new("/tmp/leverage-hostile-authorized-keys");
    for isolation in ["process", "in-process"] {
        let world = world(isolation);
        let before = world.files();
        for output in ["dot-dot", "absolute", "absolute-aws", "link", "forged", "colourful"] {
            for dry_run in [true, false] {
                let error = render(&world, &["aws-cli-files", output], dry_run).map(|_| ()).unwrap_err();
                assert_eq!(error.kind, Kind::Plugin, "{output}: {error}");
                snapshot!(format!("output_{output}"), world.place.filter(&transcript::error(&error)));
                assert!(world.files() == before, "{output} changed a file");
            }
        }
        assert!(!elsewhere.exists());
    }
}

/// The state of leverage, files of other projects, and what other programs execute.
#[test]
fn output_that_writes_what_is_out_of_reach_is_refused() {
    let outputs = [
        "record",
        "journal",
        "ledger",
        "other-journal",
        "other-project",
        "alias",
        "shared",
        "git",
        "hook",
        "envrc",
        "toml",
        "script",
        "twice",
    ];
    let world = world("process");
    let before = world.files();
    let mut said = String::new();
    for output in outputs {
        for dry_run in [true, false] {
            let error = render(&world, &["aws-cli-files", output], dry_run).map(|_| ()).unwrap_err();
            assert_eq!(error.kind, Kind::Plugin, "{output}: {error}");
            assert!(world.files() == before, "{output} changed a file");
            if dry_run {
                said += &transcript::error(&error);
            }
        }
    }
    snapshot!(world.place.filter(&said));
}

#[test]
fn chosen_output_of_a_plugin_writes_its_file() {
    let world = World::new();
    world.add("friendly", &[]);
    render(&world, &["aws-cli-files", "account-list"], false).unwrap();
    let accounts = fs::read_to_string(world.project.root.join("accounts.txt")).unwrap();
    assert!(accounts.contains(" security\n"), "{accounts}");
    assert!(render(&world, &["none-such"], false).is_err());
}

#[test]
fn plugin_processes_end_with_the_run() {
    let world = world("process");
    for kind in ["PANICS", "HUGE", "SAME"] {
        world.configure(kind, &[]).exits(31);
    }
    let store = world.store();
    let left = fs::read_dir("/proc").unwrap().flatten().filter(|process| {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(store.to_str().unwrap())
    });
    assert_eq!(left.count(), 0);
}
