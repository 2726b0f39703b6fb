//! The house rules that no compiler knows: what a file begins with, how long it is, and who may know whom.

use leverage_tests::tools::own_folder;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use toml::Table;

/// Aim for 400; more than this is refused.
const LONGEST_FILE: usize = 500;

/// A source file and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The lines that are neither tests nor comments, with their numbers.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test_file =
            self.path.components().any(|part| part.as_os_str() == "tests") || self.path.ends_with("tests.rs");
        let lines = self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        (1..).zip(lines).filter(move |(_, line)| !is_test_file && !line.trim_start().starts_with("//"))
    }

    fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

/// The workspace's root.
fn root() -> PathBuf {
    own_folder("..").canonicalize().expect("the workspace's root")
}

/// Every Rust file of the workspace, by its path from the root.
fn sources() -> Vec<Source> {
    let root = root();
    let mut folders = ["host", "plugin-api", "plugins", "tests"].map(|member| root.join(member)).to_vec();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the workspace") {
            let path = entry.expect("a folder of the workspace").path();
            if path.is_dir() {
                // `cargo fuzz` builds into a folder of its own.
                folders.extend(Some(path).filter(|path| !path.ends_with("target")));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                let path = path.strip_prefix(&root).expect("it is inside").to_owned();
                sources.push(Source { path, text });
            }
        }
    }
    assert!(sources.len() > 50, "the sources are found");
    sources
}

/// Fails with all `faults`, so that they can be mended at once.
#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Lines of `sources` that hold one of `words`, but for those that `may` hold them.
fn mentions(words: &[&str], may: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources() {
        for (number, line) in source.lines() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)).filter(|_| !may(&source, line)) {
                faults.push(format!("{}:{number} mentions {word}: {}", source.path.display(), line.trim()));
            }
        }
    }
    faults
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    for Source { path, text } in sources() {
        let lines = text.lines().count();
        if !text.starts_with("//! ") {
            faults.push(format!("{} does not begin with `//!`", path.display()));
        }
        if path.ends_with("mod.rs") {
            faults.push(format!("{} is a mod.rs: call it by the module's name", path.display()));
        }
        if lines > LONGEST_FILE {
            faults.push(format!("{} has {lines} lines: divide it", path.display()));
        }
    }
    none(faults);
}

#[test]
fn the_host_knows_no_credential_type_and_no_format() {
    let in_host = |source: &Source| source.is_below("host/src");
    // Examples in a help text, and the sandbox, whose users are there for the built-in types.
    let may = |source: &Source, line: &str| {
        !in_host(source)
            || source.is_below("host/src/sandbox")
            || line.contains("leverage credentials configure --type")
    };
    none(mentions(&["BOOTSTRAP", "MANAGEMENT", "SECURITY", "Bootstrap", "OrganizationAccountAccessRole"], may));

    let may = |source: &Source, _: &str| !in_host(source) || source.is_below("host/src/plugins/builtin.rs");
    let plugins: Vec<String> =
        plugin_folders().iter().map(|folder| format!("leverage_plugin_{}", folder.replace('-', "_"))).collect();
    none(mentions(&plugins.iter().map(String::as_str).collect::<Vec<_>>(), may));
}

#[test]
fn only_one_room_knows_how_plugins_are_loaded() {
    let may = |source: &Source, _: &str| !source.is_below("host/src") || source.is_below("host/src/plugins");
    none(mentions(&["abi_stable", "libloading"], may));
    // The boundary, the macros that make plugins of it, and the test kit, which calls them as a host does.
    let may = |source: &Source, _: &str| {
        let names = ["src/abi.rs", "src/sdk/plugin.rs", "src/sdk/plugin/definition.rs", "testkit/src/subject.rs"];
        !source.is_below("plugin-api") || names.iter().any(|name| source.path.ends_with(name))
    };
    none(mentions(&["abi_stable::"], may));
}

#[test]
fn the_core_does_not_reach_out() {
    let may = |source: &Source, _: &str| !source.is_below("host/src/core");
    none(mentions(&["crate::shell", "crate::ui", "std::fs", "std::env", "std::net", "std::process", "tokio"], may));
}

#[test]
fn only_the_ui_writes_to_the_terminal() {
    let may = |source: &Source, _: &str| !source.is_below("host/src") || source.is_below("host/src/ui.rs");
    none(mentions(&["println!", "print!("], may));
}

#[test]
fn only_the_boundary_of_plugins_is_unsafe_and_each_block_says_why_it_holds() {
    // Where libraries are opened, what they hand out is taken over, and the macro of what they export.
    let boundary =
        ["host/src/plugins/load.rs", "host/src/plugins/v1.rs", "plugin-api/src/abi.rs", "plugin-api/src/sdk/plugin.rs"];
    let is_code = |line: &str| {
        line.contains("unsafe {")
            || line.contains("unsafe fn")
            || line.contains("unsafe impl")
            || line.contains("unsafe(")
    };
    let mut found = BTreeSet::new();
    let mut faults = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in
            lines.iter().enumerate().filter(|(_, line)| is_code(line) && !line.trim_start().starts_with("//"))
        {
            let place = format!("{}:{}", source.path.display(), at + 1);
            // These lines look for the others.
            if source.is_below("tests/tests/tidy.rs") {
                continue;
            }
            if !source.is_below("tests") {
                found.insert(source.path.display().to_string());
            }
            let before = lines[..at].iter().rev().take_while(|line| line.trim_start().starts_with("//"));
            if line.contains("unsafe {") && !before.into_iter().any(|line| line.contains("SAFETY: ")) {
                faults.push(format!("{place} does not say why it is sound: add `// SAFETY: …` above it"));
            }
        }
    }
    none(faults);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), boundary, "files with unsafe code");
    for folder in plugin_folders() {
        let text = fs::read_to_string(root().join("plugins").join(&folder).join("src/lib.rs")).expect("a plugin");
        assert!(text.contains("#![forbid(unsafe_code)]"), "plugins/{folder}/src/lib.rs does not forbid unsafe code");
    }
}

/// The names of the plugins' folders.
fn plugin_folders() -> Vec<String> {
    let entries = fs::read_dir(root().join("plugins")).expect("the plugins");
    let names = entries.map(|entry| entry.expect("a plugin").file_name().into_string().expect("a plain name"));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The members of this workspace that a crate depends on, in whatever way.
fn members_behind(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
    let manifest: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", manifest.display()));
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"].map(|name| manifest.get(name));
    let names = tables.into_iter().flatten().filter_map(|table| table.as_table()).flat_map(Table::keys).cloned();
    // A crate's own tests may want features of it, and a crate may be wanted twice.
    let own = manifest["package"]["name"].as_str().expect("a package's name").to_owned();
    let members = names.filter(|name| (name == "leverage" || name.starts_with("leverage-")) && *name != own);
    members.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn plugins_depend_on_the_crates_of_plugin_api_alone() {
    let folders = plugin_folders();
    assert!(folders.len() >= 6, "the plugins are found");
    for folder in folders {
        let behind = members_behind(&Path::new("plugins").join(&folder).join("Cargo.toml"));
        let may = ["leverage-editors", "leverage-planner", "leverage-plugin-api", "leverage-testkit"];
        assert!(behind.iter().all(|name| may.contains(&name.as_str())), "{folder}: {behind:?}");
    }
    for (folder, expected) in [
        ("plugin-api", &[][..]),
        ("plugin-api/planner", &["leverage-plugin-api"]),
        ("plugin-api/editors", &["leverage-plugin-api"]),
        ("plugin-api/testkit", &["leverage-editors", "leverage-planner", "leverage-plugin-api"]),
    ] {
        assert_eq!(members_behind(&Path::new(folder).join("Cargo.toml")), expected, "{folder}");
    }
}

/// A type that holds a secret, by the field that does, says itself how it is shown, and leaves that field out.
#[test]
fn no_type_shows_the_secret_that_it_holds() {
    let mut holders = BTreeSet::new();
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| source.is_below("host/src") || source.is_below("plugin-api")) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("Zeroizing<")) {
            let declared = line.trim_start().trim_start_matches("pub ");
            let Some((field, _)) = declared.split_once(": ").filter(|(name, _)| !name.contains([' ', '(', '/'])) else {
                continue;
            };
            let Some(start) = lines[..at].iter().rposition(|line| line.contains("struct ") || line.contains("enum "))
            else {
                continue;
            };
            let name = lines[start].split(['{', '<', '(']).next().and_then(|head| head.split_whitespace().last());
            let name = name.expect("a type's name");
            let attributes = lines[..start].iter().rev().take_while(|line| line.starts_with(['#', '/']));
            let place = format!("{}:{}: {name}", source.path.display(), at + 1);
            holders.insert(name.to_owned());
            if attributes.into_iter().any(|line| line.contains("derive(") && line.contains("Debug")) {
                faults.push(format!("{place} derives `Debug`, which shows `{field}`"));
            }
            let shown =
                source.text.split_once(&format!("Debug for {name} {{")).and_then(|(_, rest)| rest.split_once("\n}\n"));
            if shown.is_some_and(|(shown, _)| shown.contains(&format!("&self.{field})"))) {
                faults.push(format!("{place} shows `{field}` in `Debug`"));
            }
        }
    }
    none(faults);
    assert_eq!(
        holders.iter().map(String::as_str).collect::<Vec<_>>(),
        ["AccessKeys", "Answer", "Answers", "Caller", "Invocation", "Row", "Snapshot", "SourceText", "Vault", "Write"]
    );
}
