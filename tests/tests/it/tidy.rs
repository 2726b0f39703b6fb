//! The rules that neither a crate boundary nor a lint can enforce: the start and length of files, the dependencies between
//! crates, and that no type shows a secret.

use leverage_tests::tools::own_folder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The maximal number of lines. Aim for 400.
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
                // `cargo fuzz` has its own build folder.
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

/// Fails with all `faults`, so that they can be fixed together.
#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
fn host_names_no_credential_type() {
    let words = ["BOOTSTRAP", "MANAGEMENT", "SECURITY", "Bootstrap", "OrganizationAccountAccessRole"];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| source.is_below("host")) {
        let path = source.path.to_string_lossy();
        // The sandbox has users for the built-in types, and help texts contain examples.
        if !path.contains("/src/") || path.contains("sandbox") {
            continue;
        }
        for (number, line) in source.lines().filter(|(_, line)| !line.contains("leverage credentials configure --type"))
        {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{path}:{number} names {word}: {}", line.trim()));
            }
        }
    }
    none(faults);
}

/// The crates that only test.
const TESTS: [&str; 4] = ["leverage-benches", "leverage-slow-tests", "leverage-test-plugins", "leverage-tests"];

/// The crates that plugins may use.
const API: [&str; 4] = ["leverage-plugin-api", "leverage-planner", "leverage-editors", "leverage-testkit"];

/// The crates of this workspace that a crate may depend on. `None`: all except the tests.
fn allowed(name: &str) -> Option<Vec<&'static str>> {
    let host: &[&str] = match name {
        "leverage-cli" => return None,
        "leverage-error" | "leverage-sandbox" | "leverage-plugin-api" => return Some(Vec::new()),
        "leverage-files" => return Some(vec!["leverage-error"]),
        "leverage-core" => &["leverage-error"],
        "leverage-aws" => &["leverage-error", "leverage-core"],
        "leverage-loader" => &["leverage-error", "leverage-core", "leverage-files"],
        "leverage-run" => &["leverage-error", "leverage-core", "leverage-files", "leverage-aws", "leverage-loader"],
        name if API.contains(&name) || name.starts_with("leverage-plugin-") => &[],
        other => panic!("{other} is a new crate: add to this table which crates it may depend on"),
    };
    Some([host, &API].concat())
}

#[test]
fn crates_depend_only_on_crates_that_they_may_know() {
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--no-deps", "--offline", "--format-version=1"]).current_dir(root());
    let output = metadata.output().expect("cargo starts");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo describes the workspace");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let mut faults = Vec::new();
    for package in packages {
        let name = text(&package["name"]);
        if TESTS.contains(&name.as_str()) {
            continue;
        }
        let is_plugin = text(&package["manifest_path"]).contains("/plugins/");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let on = text(&dependency["name"]);
            // The tests of a crate may use more than the crate does; a plugin shows how plugins elsewhere are written.
            let is_for_tests = dependency["kind"] == "dev" && !is_plugin;
            let may = allowed(&name).map_or(!TESTS.contains(&on.as_str()), |allowed| allowed.contains(&on.as_str()));
            let opens_libraries = ["abi_stable", "libloading"].contains(&on.as_str());
            if opens_libraries && !["leverage-loader", "leverage-plugin-api"].contains(&name.as_str()) {
                faults.push(format!("{name} must not depend on {on}: only leverage-loader opens libraries"));
            }
            if names.contains(&on) && on != name && !is_for_tests && !may {
                faults.push(format!("{name} must not depend on {on}"));
            }
        }
    }
    none(faults);
    assert!(names.len() > 15, "the crates are found: {names:?}");
}

/// A type with a secret field implements `Debug` by hand, without this field.
#[test]
fn no_type_shows_its_secret_in_debug() {
    let mut holders = BTreeSet::new();
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| source.is_below("host") || source.is_below("plugin-api")) {
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
            let head = lines[start].split_once("struct ").or_else(|| lines[start].split_once("enum "));
            let name = head.and_then(|(_, head)| head.split(['{', '<', '(', ' ']).next());
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
        [
            "AccessKeys",
            "Answer",
            "Answers",
            "Invocation",
            "KeyHolder",
            "Row",
            "Snapshot",
            "SourceFile",
            "Vault",
            "Write"
        ]
    );
}
