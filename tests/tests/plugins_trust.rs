//! What is opened: the copy that was agreed to, if nobody else could have touched it, and nothing else.

#[path = "plugins_support/place.rs"]
mod place;

use place::{Place, mode, plugin, said, set_mode};
use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;

/// A place in which the friendly plugin was added.
fn with_plugin() -> Place {
    let place = Place::new();
    place.add("friendly", &[]);
    assert!(place.was_opened(&place.copy()), "adding tries it");
    place
}

/// The plugin is listed as broken with its reason, is not opened, and harms nothing else.
#[track_caller]
fn is_not_opened(place: &Place, copy: &Path, words: &str) {
    let document = place.run(&["plugin", "list", "--json"]).expect(0, &[]).json();
    let plugins = document["plugins"].as_array().unwrap();
    let audit = plugins.iter().find(|plugin| plugin["id"] == "audit").expect("it is listed all the same");
    assert_eq!(audit["state"], "broken");
    assert!(audit["reason"].as_str().unwrap().contains(words), "{audit}");
    place.run(&["plugin", "list"]).expect(0, &["audit", "broken", words]);
    place.run(&["plugin", "inspect", "audit"]).expect(0, &["broken", words]);
    place.run(&["plugin", "enable", "audit"]).expect(31, &[words]);

    let before = place.files();
    place.configure("AUDIT", &[]).expect(31, &["the plugin audit was not opened", words]);
    assert!(place.files() == before);
    assert!(!place.was_opened(copy), "it was opened");
    place.configure("MANAGEMENT", &["--dry-run"]).expect(0, &[]);
}

#[test]
fn a_changed_library() {
    let place = with_plugin();
    let copy = place.copy();
    set_mode(&copy, 0o700);
    let mut bytes = fs::read(&copy).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&copy, bytes).unwrap();
    set_mode(&copy, 0o500);
    is_not_opened(&place, &copy, "has changed: its hash is sha256-");
    // Adding it again from a good file repairs it.
    place.add("friendly", &["--replace"]);
    place.configure("AUDIT", &[]).expect(0, &[]);
}

#[test]
fn a_missing_library() {
    let place = with_plugin();
    let copy = place.copy();
    fs::remove_dir_all(copy.parent().unwrap()).unwrap();
    is_not_opened(&place, &copy, "is missing");
    place.run(&["plugin", "remove", "audit"]).expect(0, &[]);
}

#[test]
fn a_symbolic_link() {
    let place = with_plugin();
    let copy = place.copy();
    let elsewhere = place.folder.path().join("elsewhere.so");
    fs::rename(&copy, &elsewhere).unwrap();
    symlink(&elsewhere, &copy).unwrap();
    is_not_opened(&place, &copy, "is a symbolic link");
    assert!(!place.was_opened(&elsewhere));

    let place = with_plugin();
    let copy = place.copy();
    let folder = copy.parent().unwrap();
    let elsewhere = place.folder.path().join("elsewhere");
    fs::rename(folder, &elsewhere).unwrap();
    symlink(&elsewhere, folder).unwrap();
    is_not_opened(&place, &copy, "is a symbolic link");
    assert!(!place.was_opened(&elsewhere.join("plugin.so")));
}

#[test]
fn a_library_or_a_folder_that_others_may_write() {
    for wrong in [0o502, 0o520] {
        let place = with_plugin();
        let copy = place.copy();
        set_mode(&copy, wrong);
        is_not_opened(&place, &copy, &format!("may be written by others (mode {wrong:04o})"));
    }
    for depth in 1..=2 {
        let place = with_plugin();
        let copy = place.copy();
        let folder = copy.ancestors().nth(depth).unwrap();
        let right = mode(folder);
        set_mode(folder, 0o770);
        if depth == 1 {
            is_not_opened(&place, &copy, "may be written by others (mode 0770)");
        } else {
            // Where the lock file lies: then not even that is believed.
            place.configure("AUDIT", &[]).expect(31, &["may be written by others (mode 0770)", "chmod go-w"]);
            place.run(&["plugin", "list"]).expect(31, &["may be written by others"]);
            assert!(!place.was_opened(&copy));
        }
        set_mode(folder, right);
        place.configure("AUDIT", &[]).expect(0, &[]);
    }
}

#[test]
fn a_folder_above_that_others_may_write() {
    let place = with_plugin();
    let copy = place.copy();
    set_mode(&place.data(), 0o777);
    place.configure("AUDIT", &[]).expect(31, &["may be written by others (mode 0777)"]);
    assert!(!place.was_opened(&copy));
    // With the sticky bit nobody can replace what is in it.
    set_mode(&place.data(), 0o1777);
    place.configure("AUDIT", &[]).expect(0, &[]);
}

#[test]
fn a_lock_file_that_others_may_write() {
    let place = with_plugin();
    set_mode(&place.lock_file(), 0o622);
    place.configure("AUDIT", &[]).expect(31, &["plugins.toml may be written by others"]);
    assert!(!place.was_opened(&place.copy()));
}

/// Only the superuser can give files away; for others the verdict itself is tested beside its code.
#[test]
fn a_library_of_another_owner() {
    let place = with_plugin();
    let copy = place.copy();
    if fs::metadata(&copy).unwrap().uid() == 0 {
        chown(&copy, Some(12345), None).unwrap();
        is_not_opened(&place, &copy, "belongs to another user (id 12345)");
    }
}

#[test]
fn a_data_folder_behind_a_link_of_the_users_own_is_fine() {
    let place = with_plugin();
    let link = place.folder.path().join("link-to-data");
    symlink(place.data(), &link).unwrap();
    said(place.command().env("XDG_DATA_HOME", &link).args(["plugin", "list"])).expect(0, &["enabled"]);
}

/// The hash under which the plugin was added.
fn hash(place: &Place) -> String {
    place.copy().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_project_requires_plugins_by_id_and_hash() {
    let place = Place::new();
    let file = place.project.root.join("leverage.toml");
    let require = |hash: &str| fs::write(&file, format!("[plugins.require]\naudit = \"{hash}\"\n")).unwrap();
    let wrong = format!("sha256-{}", "0".repeat(64));

    require(&wrong);
    // Whatever the type: the project was made for it.
    for kind in ["AUDIT", "MANAGEMENT"] {
        let command = format!("`leverage plugin add FILE --hash {wrong}`");
        place.configure(kind, &[]).expect(31, &["requires the plugin \"audit\"", "not installed", &command]);
    }
    place.add("friendly", &[]);
    place.configure("AUDIT", &[]).expect(31, &["is installed", &format!("--replace --hash {wrong}`")]);
    require(&hash(&place));
    place.configure("AUDIT", &[]).expect(0, &[]);
    place.run(&["plugin", "disable", "audit"]).expect(0, &[]);
    place.configure("MANAGEMENT", &[]).expect(31, &["which is disabled", "`leverage plugin enable audit`"]);

    fs::write(&file, format!("[plugins.require]\nsecurity = \"{wrong}\"\n")).unwrap();
    place.configure("MANAGEMENT", &[]).expect(31, &["\"security\", which is built in"]);
    for text in ["[plugins]\npath = \"x.so\"\n", "[plugins.require]\naudit = \"./x.so\"\n"] {
        fs::write(&file, text).unwrap();
        place.configure("MANAGEMENT", &[]).expect(10, &["leverage.toml, line ", "by id and hash alone"]);
    }
    fs::write(&file, "plugin = 1\n").unwrap();
    place.configure("MANAGEMENT", &[]).expect(10, &["leverage.toml, line 1, column 1", "did you mean `plugins`?"]);
}

/// A stranger's project holds libraries wherever one might be looked for, and says so in every file that
/// is read; each library leaves a mark when it is opened.
#[test]
fn nothing_in_a_cloned_project_is_ever_loaded() {
    // What a store looks like, with a lock file and right modes, as a project could carry it.
    let donor = with_plugin();
    let place = Place::new();
    let root = &place.project.root;
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
                let mut command = place.command();
                if let Some(relative) = relative {
                    // A relative path in the environment would mean whichever folder one stands in.
                    command.env("XDG_DATA_HOME", relative);
                }
                said(command.args(arguments)).all();
            }
        }
    }
    for path in &planted {
        assert!(!place.was_opened(path), "{} was opened", path.display());
    }
    // The marks would be there: a process that opens one leaves it.
    place.run(&["plugin", "add", "--yes", "libaudit.so"]).expect(0, &[]);
    assert!(place.was_opened(&place.copy()));
}

#[test]
fn a_plugin_learns_nothing_from_the_environment() {
    let place = with_plugin();
    // What a plugin's process would be told, as its own memory of it shows.
    let keys = place.project.keys_of(&place.sandbox.users().management);
    let said =
        said(place.command().env("LD_DEBUG", "files").args(["credentials", "configure", "--type", "AUDIT"]).args([
            "--credentials-file",
            keys.to_str().unwrap(),
            "--dry-run",
        ]));
    assert_eq!(said.code, 0);
    // The linker of this process speaks, that of the plugin's process does not: it has no environment.
    assert!(said.err.contains("calling init"), "LD_DEBUG works here");
    assert!(!said.err.contains("plugin.so"), "{}", said.err);
}
