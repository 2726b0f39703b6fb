//! An author's way, as the guide describes it, from a folder outside the repository: new, test, build,
//! verify, add, and use.

#[path = "plugins_support/place.rs"]
mod place;

use leverage_tests::nested::{self, Toolchain};
use place::Place;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, iter};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository")
}

fn leverage(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverage-under-test"));
    command.args(arguments).current_dir(folder).output().expect("leverage starts")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The shell commands of the guide, block by block.
fn guide() -> Vec<String> {
    let guide = fs::read_to_string(repository().join("plugin-api/docs/WRITING-A-PLUGIN.md")).expect("the guide");
    let blocks = guide.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// An author's shell: the tools of this machine, offline, and a home, an AWS and plugins of the place's own.
struct Shell<'a> {
    place: &'a Place,
    bin: PathBuf,
}

impl<'a> Shell<'a> {
    fn new(place: &'a Place) -> Self {
        let bin = place.folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        symlink(place::PROGRAM, bin.join("leverage")).unwrap();
        Self { place, bin }
    }

    /// Runs commands, each of which must succeed; gives what they said.
    #[track_caller]
    fn run(&self, folder: &Path, commands: &str) -> String {
        let home = PathBuf::from(std::env::var_os("HOME").expect("a home"));
        let of_home = |variable: &str, folder: &str| std::env::var_os(variable).unwrap_or(home.join(folder).into());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(iter::once(self.bin.clone()).chain(std::env::split_paths(&path))).unwrap();
        let mut command = Command::new("sh");
        nested::forget_outer_crate(&mut command);
        command.args(["-euc", commands]).current_dir(folder).stdin(Stdio::null());
        command.envs(self.place.project.environment(&self.place.sandbox)).env("XDG_DATA_HOME", self.place.data());
        command
            .env("CARGO_HOME", of_home("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", of_home("RUSTUP_HOME", ".rustup"));
        command.env("PATH", path).env("CARGO_NET_OFFLINE", "true").env("RUSTUP_AUTO_INSTALL", "0");
        let output = command.output().expect("a shell");
        assert!(output.status.success(), "{commands}\n{}", text(&output));
        text(&output)
    }
}

/// What the guide has an author do, command by command, from a folder outside the repository. It differs in three
/// things: where the checkout is, that nobody is there to say yes, and that the build folder is one that is kept.
#[test]
fn the_guide_leads_from_nothing_to_profiles_of_a_new_type() {
    let place = Place::new();
    let shell = Shell::new(&place);
    let folder = tempfile::tempdir().unwrap();
    let [begin, from_checkout, test, build, add, configure] = <[String; 6]>::try_from(guide()).expect("six blocks");
    assert!(begin.starts_with("leverage plugin new audit --credential-type\ncd leverage-plugin-audit"), "{begin}");
    let checkout = repository().to_str().unwrap();
    assert!(from_checkout.contains("PATH/TO/leverage"), "{from_checkout}");
    shell.run(folder.path(), &from_checkout.replace("PATH/TO/leverage", &format!("'{checkout}'")));

    let package = folder.path().join("leverage-plugin-audit");
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
    let dependencies = manifest.lines().filter(|line| line.contains(" = { path = ")).count();
    assert_eq!(dependencies, 3, "the planner, the contract and the test kit: {manifest}");
    assert!(package.join(".github/workflows/ci.yml").is_file());

    let _alone = nested::prepare(&package);
    symlink(nested::target(Toolchain::Own), package.join("target")).unwrap();
    let said = shell.run(&package, &test);
    assert!(said.contains("test result: ok. 2 passed"), "{said}");
    assert!(shell.run(&package, &build).contains("The plugin keeps the rules."));
    shell.run(&package, &add.replace("plugin add", "plugin add --yes"));

    let downloads = place.project.home.join("Downloads");
    fs::create_dir(&downloads).unwrap();
    fs::copy(place.project.keys_of(&place.sandbox.users().management), downloads.join("accessKeys.csv")).unwrap();
    shell.run(&place.project.root, &configure);
    let config = fs::read_to_string(place.project.home.join(".aws/ex/config")).unwrap();
    assert!(
        config.contains("[profile ex-security-audit]\noutput = json\nregion = us-east-1\nrole_arn = arn:aws:iam::"),
        "{config}"
    );
    assert!(config.contains(":role/ReadOnly\nsource_profile = ex-audit\n"), "{config}");
}

#[test]
fn a_new_output_can_be_added() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let api = repository().join("plugin-api");
    let new = leverage(folder.path(), &["plugin", "new", "listing", "--output", "--api-path", api.to_str().unwrap()]);
    assert!(new.status.success(), "{}", text(&new));
    let package = folder.path().join("leverage-plugin-listing");
    nested::cargo(Toolchain::Own, &package, &["test"]);
    nested::cargo(Toolchain::Own, &package, &["build", "--release"]);
    let formatted = Command::new(env!("CARGO")).args(["fmt", "--check"]).current_dir(&package).output().unwrap();
    assert!(formatted.status.success(), "the crate is not formatted:\n{}", text(&formatted));

    let library = nested::target(Toolchain::Own).join("release/libleverage_plugin_listing.so");
    let library = library.to_str().unwrap();
    let verify = leverage(folder.path(), &["plugin", "verify", library]);
    assert!(verify.status.success(), "{}", text(&verify));
    place.run(&["plugin", "add", "--yes", library]).expect(0, &["is added"]);
    place.run(&["plugin", "list"]).expect(0, &["listing"]);
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("mine");
    fs::create_dir(&taken).unwrap();
    let new = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--path", "mine"]);
    assert_eq!(new.status.code(), Some(40), "{}", text(&new));
    assert!(text(&new).contains("mine exists already"), "{}", text(&new));
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 0);

    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    let new = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--path", "dangling"]);
    assert_eq!(new.status.code(), Some(40), "{}", text(&new));
}

#[test]
fn a_name_that_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Audit", "../audit", "security", "aws-cli-files", "a_b"] {
        let new = leverage(folder.path(), &["plugin", "new", name, "--output"]);
        assert_eq!(new.status.code(), Some(2), "{name}: {}", text(&new));
    }
    let neither = leverage(folder.path(), &["plugin", "new", "audit"]);
    let both = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--credential-type"]);
    assert_eq!((neither.status.code(), both.status.code()), (Some(2), Some(2)));
    let elsewhere = leverage(folder.path(), &["plugin", "new", "audit", "--output", "--api-path", "/"]);
    assert!(text(&elsewhere).contains("not the folder of leverage-plugin-api"), "{}", text(&elsewhere));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was written");
}
