//! The commands of the guide for authors, run outside the repository: new, test, build, verify, add, and use.

use leverage_tests::nested::{self, Toolchain};
use leverage_tests::place::Place;
use leverage_tests::program::{self, Outcome, Run};
use leverage_tests::snapshot;
use leverage_tests::world::World;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, iter};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository")
}

/// `leverage` in a place's project, which needs no AWS for this.
fn leverage(place: &Place, arguments: &[&str]) -> Outcome {
    Run::leverage(place, "http://127.0.0.1:9").args(arguments).outcome()
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

/// The shell of an author: offline, with the tools of this machine, and with the place's home, AWS and plugins.
struct Shell<'a> {
    world: &'a World,
    bin: PathBuf,
}

impl<'a> Shell<'a> {
    fn new(world: &'a World) -> Self {
        let bin = world.place.path("bin");
        fs::create_dir(&bin).unwrap();
        symlink(program::leverage(), bin.join("leverage")).unwrap();
        Self { world, bin }
    }

    /// Runs commands that must all succeed. Returns their output.
    #[track_caller]
    fn run(&self, folder: &Path, commands: &str) -> String {
        let home = PathBuf::from(std::env::var_os("HOME").expect("a home"));
        let of_home = |variable: &str, folder: &str| std::env::var_os(variable).unwrap_or(home.join(folder).into());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(iter::once(self.bin.clone()).chain(std::env::split_paths(&path))).unwrap();
        let mut command = Command::new("sh");
        nested::forget_outer_crate(&mut command);
        command.args(["-euc", commands]).current_dir(folder).stdin(Stdio::null());
        command.envs(self.world.project.environment(&self.world.sandbox)).env("XDG_DATA_HOME", self.world.data());
        command
            .env("CARGO_HOME", of_home("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", of_home("RUSTUP_HOME", ".rustup"));
        command.env("PATH", path).env("CARGO_NET_OFFLINE", "true").env("RUSTUP_AUTO_INSTALL", "0");
        let output = command.output().expect("a shell");
        assert!(output.status.success(), "{commands}\n{}", text(&output));
        text(&output)
    }
}

/// Runs each command of the guide in a folder outside the repository. Three things differ: the path of the checkout, `--yes`
/// in place of the prompt, and a build folder that is kept.
#[test]
fn guide_leads_to_profiles_of_a_new_type() {
    let world = World::new();
    let shell = Shell::new(&world);
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
    shell.run(&package, &build);
    shell.run(&package, &add.replace("plugin add", "plugin add --yes"));

    let downloads = world.project.home.join("Downloads");
    fs::create_dir(&downloads).unwrap();
    fs::copy(world.project.keys_of(&world.sandbox.users().management), downloads.join("accessKeys.csv")).unwrap();
    shell.run(&world.project.root, &configure);
    let config = fs::read_to_string(world.project.home.join(".aws/ex/config")).unwrap();
    assert!(
        config.contains("[profile ex-security-audit]\noutput = json\nregion = us-east-1\nrole_arn = arn:aws:iam::"),
        "{config}"
    );
    assert!(config.contains(":role/ReadOnly\nsource_profile = ex-audit\n"), "{config}");
}

#[test]
fn new_output_builds_and_can_be_added() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let api = repository().join("plugin-api");
    let new = ["plugin", "new", "listing", "--output", "--api-path", api.to_str().unwrap()];
    world.command().folder(folder.path()).args(new).unrecorded().outcome().success();
    let package = folder.path().join("leverage-plugin-listing");
    nested::cargo(Toolchain::Own, &package, &["test"]);
    nested::cargo(Toolchain::Own, &package, &["build", "--release"]);
    let formatted = Command::new(env!("CARGO")).args(["fmt", "--check"]).current_dir(&package).output().unwrap();
    assert!(formatted.status.success(), "the crate is not formatted:\n{}", text(&formatted));

    let library = nested::target(Toolchain::Own).join("release/libleverage_plugin_listing.so");
    let library = library.to_str().unwrap();
    world.place.name(library, "LIBRARY");
    world.run(&["plugin", "verify", library]).success();
    world.run(&["plugin", "add", "--yes", library]).success();
    world.run(&["plugin", "list"]).success();
    snapshot!(world.place.transcript());
}

#[test]
fn new_plugin_overwrites_nothing() {
    let place = Place::new();
    let taken = place.project().join("mine");
    fs::create_dir(&taken).unwrap();
    leverage(&place, &["plugin", "new", "audit", "--output", "--path", "mine"]).exits(40);
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 0);

    symlink("nowhere", place.project().join("dangling")).unwrap();
    leverage(&place, &["plugin", "new", "audit", "--output", "--path", "dangling"]).exits(40);
    snapshot!(place.transcript());
}

#[test]
fn new_plugin_refuses_unusable_names_and_options() {
    let place = Place::new();
    let before = place.tree();
    for name in ["Audit", "../audit", "security", "aws-cli-files", "a_b"] {
        leverage(&place, &["plugin", "new", name, "--output"]).exits(2);
    }
    leverage(&place, &["plugin", "new", "audit"]).exits(2);
    leverage(&place, &["plugin", "new", "audit", "--output", "--credential-type"]).exits(2);
    let code = leverage(&place, &["plugin", "new", "audit", "--output", "--api-path", "/"]).code;
    assert_ne!(code, 0);
    assert_eq!(before.touched(&place.tree()), Vec::<&Path>::new(), "something was written");
    snapshot!(place.transcript());
}
