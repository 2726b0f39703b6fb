//! Access keys of another organization than the project's: refused before anything is written.

use leverage_tests::snapshot;
use leverage_tests::terminal::{DOWN, ENTER, Terminal};
use leverage_tests::world::World;

/// The management account that the project's files record.
const RECORDED: &str = "123412341234";

/// A world whose project records another management account.
fn other_organization() -> World {
    let world = World::new();
    let variables = world.project_text("config/common.tfvars");
    let recorded = variables
        .replace("management_account_id = \"XXXXXXXXXXXX\"", &format!("management_account_id = \"{RECORDED}\""));
    assert_ne!(recorded, variables);
    world.put("config/common.tfvars", &recorded);
    world
}

#[test]
fn keys_of_another_organization_are_refused_before_anything_is_written() {
    let world = other_organization();
    let before = world.files();
    let outcome = world.configure("MANAGEMENT", &[]).exits(23);
    snapshot!(world.place.filter(&outcome.all()));
    for options in [&["--overwrite-existing-credentials"][..], &["--skip-assumable-roles-setup"], &["--dry-run"]] {
        world.configure("MANAGEMENT", options).exits(23);
        world.configure("BOOTSTRAP", options).exits(23);
    }
    assert_eq!(world.files(), before);
}

#[test]
fn allowed_account_replaces_the_recorded_ids() {
    let world = other_organization();
    world.configure("MANAGEMENT", &["--allow-account", "999988887777"]).exits(23);
    world.configure("MANAGEMENT", &["--allow-account", &world.sandbox.organization().management.id]).success();
    assert!(!world.project_text("config/common.tfvars").contains(RECORDED));
}

#[test]
fn terminal_asks_about_another_organization_and_stops_by_default() {
    let world = other_organization();
    let start = || {
        let keys = world.project.keys_of(&world.sandbox.users().management);
        let arguments = ["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file"];
        Terminal::start(world.command().args(arguments).args([keys]))
    };
    let before = world.files();
    let mut terminal = start();
    terminal.answer("Continue?", ENTER);
    assert_eq!(terminal.left().code, 23);
    assert_eq!(world.files(), before);

    let mut terminal = start();
    terminal.answer("Continue?", &format!("{DOWN}{ENTER}"));
    let left = terminal.left();
    assert_eq!(left.code, 0, "{}", left.transcript);
    assert!(!world.project_text("config/common.tfvars").contains(RECORDED));
}
