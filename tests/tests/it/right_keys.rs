//! Access keys of another organization or account than the project's: refused before anything is written.

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

#[test]
fn security_keys_of_another_account_are_refused_before_anything_is_written() {
    let world = World::new();
    let before = world.files();
    let keys = world.project.keys_of(&world.sandbox.users().management);
    let run = |options: &[&str]| {
        let run = world.command().args(["credentials", "configure", "--type", "SECURITY", "--credentials-file"]);
        run.args([&keys]).args(options).outcome()
    };
    // Only the organization, which the keys of the management account may read, knows the security account here.
    let outcome = run(&[]).exits(30);
    snapshot!(world.place.filter(&outcome.all()));
    run(&["--skip-assumable-roles-setup"]).exits(30);
    assert_eq!(world.files(), before);
}

#[test]
fn security_is_set_up_after_the_bootstrap_user_was_deleted() {
    let world = World::new();
    world.configure("BOOTSTRAP", &[]).success();
    world.configure("MANAGEMENT", &[]).success();
    let credentials = world.credentials().unwrap();
    // Nobody has these keys any more.
    let users = world.sandbox.users();
    let gone = credentials.replace(&users.bootstrap.access_key.id, "AKIAIOSFODNN7DELETED");
    let all_gone = gone.replace(&users.management.access_key.id, "AKIAIOSFODNN7REMOVED");
    world.place.put_aws("credentials", &gone);
    world.configure("SECURITY", &[]).success();
    world.place.put_aws("credentials", &all_gone);
    let outcome = world.configure("SECURITY", &["--overwrite-existing-credentials"]).success();
    snapshot!(world.place.filter(&outcome.all()));
}
