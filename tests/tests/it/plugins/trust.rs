//! Which libraries are opened: only the agreed copy, and only if no other user could have changed it.

use leverage_tests::plugins::{mode, plugin, set_mode};
use leverage_tests::snapshot;
use leverage_tests::world::World;
use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;

/// A world with the friendly plugin added.
fn with_plugin() -> World {
    let world = World::new();
    world.add("friendly", &[]);
    assert!(world.was_opened(&world.copy()), "adding tries it");
    world
}

/// The plugin is listed as broken with its reason, is not opened, and harms nothing else.
#[track_caller]
fn is_not_opened(world: &World, copy: &Path) {
    let document = world.command().args(["plugin", "list", "--json"]).unrecorded().outcome().success().json();
    let plugins = document["plugins"].as_array().unwrap();
    let audit = plugins.iter().find(|plugin| plugin["id"] == "audit").expect("it is listed all the same");
    assert_eq!(audit["state"], "broken");
    let listed = world.run(&["plugin", "inspect", "audit"]).success();
    assert!(listed.stdout.contains(audit["reason"].as_str().unwrap()), "{audit}");
    world.run(&["plugin", "enable", "audit"]).exits(31);

    let before = world.files();
    world.configure("AUDIT", &[]).exits(31);
    assert!(world.files() == before);
    assert!(!world.was_opened(copy), "it was opened");
    let keys = world.project.keys_of(&world.sandbox.users().management);
    let other = ["credentials", "configure", "--type", "MANAGEMENT", "--dry-run", "--credentials-file"];
    world.command().args(other).args([keys]).unrecorded().outcome().success();
}

#[test]
fn changed_library_is_not_opened() {
    let world = with_plugin();
    let copy = world.copy();
    set_mode(&copy, 0o700);
    let mut bytes = fs::read(&copy).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&copy, bytes).unwrap();
    set_mode(&copy, 0o500);
    is_not_opened(&world, &copy);
    snapshot!(world.place.transcript());
    // Adding it again from a good file repairs it.
    world.add("friendly", &["--replace"]);
    world.configure("AUDIT", &[]).exits(0);
}

#[test]
fn missing_library_is_reported() {
    let world = with_plugin();
    let copy = world.copy();
    fs::remove_dir_all(copy.parent().unwrap()).unwrap();
    is_not_opened(&world, &copy);
    world.run(&["plugin", "remove", "audit"]).exits(0);
    snapshot!(world.place.transcript());
}

#[test]
fn symbolic_link_is_not_followed() {
    let world = with_plugin();
    let copy = world.copy();
    let elsewhere = world.place.path("elsewhere.so");
    fs::rename(&copy, &elsewhere).unwrap();
    symlink(&elsewhere, &copy).unwrap();
    is_not_opened(&world, &copy);
    assert!(!world.was_opened(&elsewhere));
    snapshot!(world.place.transcript());

    let world = with_plugin();
    let copy = world.copy();
    let folder = copy.parent().unwrap();
    let elsewhere = world.place.path("elsewhere");
    fs::rename(folder, &elsewhere).unwrap();
    symlink(&elsewhere, folder).unwrap();
    is_not_opened(&world, &copy);
    assert!(!world.was_opened(&elsewhere.join("plugin.so")));
    snapshot!(world.place.transcript());
}

#[test]
fn library_or_folder_writable_by_others_is_not_opened() {
    for wrong in [0o502, 0o520] {
        let world = with_plugin();
        let copy = world.copy();
        set_mode(&copy, wrong);
        is_not_opened(&world, &copy);
        snapshot!(world.place.transcript());
    }
    for depth in 1..=2 {
        let world = with_plugin();
        let copy = world.copy();
        let folder = copy.ancestors().nth(depth).unwrap();
        let right = mode(folder);
        set_mode(folder, 0o770);
        if depth == 1 {
            is_not_opened(&world, &copy);
        } else {
            // In the folder of the lock file, which is then refused too.
            world.configure("AUDIT", &[]).exits(31);
            world.run(&["plugin", "list"]).exits(31);
            assert!(!world.was_opened(&copy));
        }
        snapshot!(world.place.transcript());
        set_mode(folder, right);
        world.configure("AUDIT", &[]).exits(0);
    }
}

#[test]
fn parent_folder_writable_by_others_is_refused_unless_sticky() {
    let world = with_plugin();
    let copy = world.copy();
    set_mode(&world.data(), 0o777);
    world.configure("AUDIT", &[]).exits(31);
    snapshot!(world.place.transcript());
    assert!(!world.was_opened(&copy));
    // With the sticky bit nobody can replace what is in it.
    set_mode(&world.data(), 0o1777);
    world.configure("AUDIT", &[]).exits(0);
}

#[test]
fn lock_file_writable_by_others_is_refused() {
    let world = with_plugin();
    set_mode(&world.lock_file(), 0o622);
    world.configure("AUDIT", &[]).exits(31);
    assert!(!world.was_opened(&world.copy()));
    snapshot!(world.place.transcript());
}

/// Tests that need root. `.ci/run` runs them as root.
mod as_root {
    use super::*;

    #[test]
    #[ignore = "needs root: `.ci/run` as root runs it"]
    fn library_of_another_owner_is_not_opened() {
        let world = with_plugin();
        let copy = world.copy();
        chown(&copy, Some(12345), None).unwrap();
        is_not_opened(&world, &copy);
        snapshot!(world.place.transcript());
    }
}

#[test]
fn data_folder_behind_own_link_is_used() {
    let world = with_plugin();
    let link = world.place.path("link-to-data");
    symlink(world.data(), &link).unwrap();
    let listed = world.command().env("XDG_DATA_HOME", &link).args(["plugin", "list"]).outcome().success();
    assert!(listed.stdout.contains("enabled"), "{}", listed.stdout);
}

/// The hash under which the plugin was added.
fn hash(world: &World) -> String {
    world.copy().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn project_requires_plugins_by_id_and_hash() {
    let world = World::new();
    let file = world.project.root.join("leverage.toml");
    let require = |hash: &str| fs::write(&file, format!("[plugins.require]\naudit = \"{hash}\"\n")).unwrap();
    let wrong = format!("sha256-{}", "0".repeat(64));

    require(&wrong);
    // Whatever the type: the project was made for it.
    for kind in ["AUDIT", "MANAGEMENT"] {
        let refused = world.configure(kind, &[]).exits(31);
        assert!(refused.stderr.contains(&format!("--hash {wrong}")), "{}", refused.stderr);
    }
    world.add("friendly", &[]);
    let refused = world.configure("AUDIT", &[]).exits(31);
    assert!(refused.stderr.contains(&format!("--hash {wrong}")), "{}", refused.stderr);
    require(&hash(&world));
    world.configure("AUDIT", &[]).exits(0);
    world.run(&["plugin", "disable", "audit"]).exits(0);
    world.configure("MANAGEMENT", &[]).exits(31);

    fs::write(&file, format!("[plugins.require]\nsecurity = \"{wrong}\"\n")).unwrap();
    world.configure("MANAGEMENT", &[]).exits(31);
    for text in ["[plugins]\npath = \"x.so\"\n", "[plugins.require]\naudit = \"./x.so\"\n"] {
        fs::write(&file, text).unwrap();
        world.configure("MANAGEMENT", &[]).exits(10);
    }
    fs::write(&file, "plugin = 1\n").unwrap();
    world.configure("MANAGEMENT", &[]).exits(10);
    snapshot!(world.place.transcript());
}

/// An untrusted project contains libraries in every likely place, and names them in every file that is read. Each library
/// leaves a mark when it is opened.
#[test]
fn libraries_in_a_project_are_never_opened() {
    // A copy of a plugin store, with a lock file and correct modes.
    let donor = with_plugin();
    let world = World::new();
    let root = &world.project.root;
    let library = plugin("friendly");
    let mut planted = Vec::new();
    let names =
        ["libaudit.so", "plugins/libaudit.so", "plugins/audit.so", ".leverage/plugins/audit.so", "lib/libc.so.6"];
    for name in names.iter().chain(&["libm.so.6", "libgcc_s.so.1", "x86_64-linux-gnu/libc.so.6", "link/libaudit.so"]) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(&library, &path).unwrap();
        planted.push(path);
    }
    let id = hash(&donor);
    for folder in [".local/share/leverage/plugins", "leverage/plugins", "data/leverage/plugins"] {
        let copy = root.join(folder).join(&id);
        fs::create_dir_all(&copy).unwrap();
        fs::copy(donor.copy(), copy.join("plugin.so")).unwrap();
        fs::copy(donor.lock_file(), root.join(folder).join("plugins.toml")).unwrap();
        for folder in copy.ancestors().take_while(|folder| *folder != root) {
            set_mode(folder, 0o700);
        }
        planted.push(copy.join("plugin.so"));
    }
    let variables = "XDG_DATA_HOME=data\nLEVERAGE_PLUGINS=plugins\nLD_PRELOAD=./libaudit.so\nLD_LIBRARY_PATH=lib\n";
    fs::write(root.join("build.env"), format!("PROJECT=ex\n{variables}")).unwrap();
    fs::write(root.join(".env"), variables).unwrap();
    fs::write(root.join("leverage.toml"), format!("[plugins.require]\naudit = \"{id}\"\n")).unwrap();

    for toml in [
        format!("[plugins.require]\naudit = \"{id}\"\n"),
        "[plugins]\npath = \"libaudit.so\"\n".to_owned(),
        String::new(),
    ] {
        fs::write(root.join("leverage.toml"), toml).unwrap();
        for relative in [None, Some("data"), Some("."), Some(".local/share")] {
            for arguments in [
                &["--help"][..],
                &["--version"],
                &["credentials", "configure", "--help"],
                &["credentials", "configure", "--type", "AUDIT", "--dry-run"],
                &["credentials", "configure", "--type", "audit", "--skip-access-keys-setup"],
                &["credentials", "configure", "--type", "MANAGEMENT", "--skip-access-keys-setup"],
                &["plugin", "list"],
                &["plugin", "inspect", "audit"],
                &["plugin", "inspect", "libaudit.so"],
                &["plugin", "enable", "audit"],
                &["plugin", "disable", "audit"],
                &["plugin", "remove", "audit"],
                &["plugin", "add", "libaudit.so"],
            ] {
                let mut command = world.command();
                if let Some(relative) = relative {
                    // A relative path in the environment would depend on the working folder.
                    command = command.env("XDG_DATA_HOME", relative);
                }
                command.args(arguments).outcome().all();
            }
        }
    }
    for path in &planted {
        assert!(!world.was_opened(path), "{} was opened", path.display());
    }
    // The test would notice: a process that opens a library leaves the mark.
    world.run(&["plugin", "add", "--yes", "libaudit.so"]).exits(0);
    assert!(world.was_opened(&world.copy()));
}

#[test]
fn plugin_process_gets_no_environment() {
    let world = with_plugin();
    // The environment of the plugin's process.
    let keys = world.project.keys_of(&world.sandbox.users().management);
    let arguments = ["credentials", "configure", "--type", "AUDIT", "--dry-run", "--credentials-file"];
    let said = world.command().env("LD_DEBUG", "files").args(arguments).args([keys]).outcome().success();
    // Only the dynamic linker of this process prints, because the plugin's process has no environment.
    assert!(said.stderr.contains("calling init"), "LD_DEBUG works here");
    assert!(!said.stderr.contains("plugin.so"), "{}", said.stderr);
}
