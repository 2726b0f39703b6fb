//! The interface of plugins is stable: a library that was built with any version 1.x of
//! `leverage-plugin-api`, released or yet to come, by whichever compiler, loads into the host of today,
//! in any company and order, and does what it did. One of a changed interface is refused in one sentence.

use leverage::builtin::plugins as builtin;
use leverage_loader::load;
use leverage_plugin_api::model::{Changes, Plan, Root};
use leverage_testkit::{Fixtures, Kit};
use leverage_tests::interfaces::{Interface, RELEASED, fingerprint};
use leverage_tests::nested::{Toolchain, nightly};
use leverage_tests::world::World;
use leverage_tests::{snapshot, transcript};
use libtest_mimic::{Arguments, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The word that makes this program load the libraries that the other arguments name, in their order.
const LOAD: &str = "load";

/// Runs the tests, or loads the libraries that the arguments name.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, libraries @ ..] = arguments.as_slice()
        && word == LOAD
    {
        load_all(libraries);
        return ExitCode::SUCCESS;
    }
    let mut trials: Vec<Trial> = RELEASED
        .iter()
        .map(|(version, print)| trial(format!("released_{version}_is_unchanged"), || is_frozen(version, print)))
        .collect();
    for isolation in ["process", "in-process"] {
        for (version, _) in RELEASED {
            let run = move || works(&Interface::Released(version).library(Toolchain::Own), version, isolation);
            trials.push(trial(format!("plugin_of_{version}_works_({isolation})"), run));
        }
        trials.push(trial(format!("plugin_of_tomorrow_works_({isolation})"), || of_tomorrow(isolation)));
    }
    for (patch, reason) in [("changed-signature", "mismatched type"), ("changed-layout", "unexpected field")] {
        trials.push(trial(format!("plugin_with_a_{patch}_is_refused"), move || is_refused(patch, reason)));
    }
    trials.push(trial("unknown_fields_of_a_plan_reach_the_outputs".to_owned(), fields_travel));
    for order in orders() {
        let names = order.map(Interface::name).join("_then_");
        trials.push(trial(format!("plugins_share_a_process_{names}"), move || together(order)));
    }
    trials.push(by_nightly());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: String, run: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

/// A released version never changes.
fn is_frozen(version: &str, print: &str) {
    assert_eq!(
        fingerprint(version),
        print,
        "tests/abi/v{version} is what was released, and plugins in use were built with it: undo the change. A new \
         version gets its own folder, and its fingerprint an entry in tests/src/interfaces.rs"
    );
}

/// Every order of three versions.
fn orders() -> [[Interface; 3]; 6] {
    let [a, b, c] = [Interface::Released(RELEASED[0].0), Interface::Today, Interface::Tomorrow];
    [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
}

/// Adds the plugin and runs its type: the profiles of every account are there.
fn plans(world: &World, library: &Path, isolation: &str, kind: &str, note: &str) {
    let path = library.to_str().expect("UTF-8");
    world.run(&["plugin", "add", "--yes", "--isolation", isolation, path]).success();
    let lower = kind.to_lowercase();
    let said = world.configure(kind, &[]).success().all();
    assert!(said.contains(note), "{said}");
    let config = fs::read_to_string(world.project.home.join(".aws/ex/config")).unwrap();
    let role = config.lines().find(|line| line.starts_with("role_arn = ")).unwrap_or_default();
    let capital = &kind[..1];
    assert!(role.ends_with(&format!(":role/{capital}{}", &lower[1..])), "{config}");
    assert!(config.contains(&format!("[profile ex-security-{lower}]\nregion = us-east-1\nrole_arn = arn:aws:iam::")));
    assert!(config.contains(&format!("source_profile = ex-{lower}\n")), "{config}");
    let before = world.files();
    world.configure(kind, &["--overwrite-existing-credentials"]).success();
    assert!(world.files() == before, "the second run wrote something");
}

/// The tiny plugin, which was built with this version of leverage-plugin-api.
fn works(library: &Path, version: &str, isolation: &str) {
    plans(&World::new(), library, isolation, "TINY", &format!("planned with leverage-plugin-api {version}"));
}

fn of_tomorrow(isolation: &str) {
    let world = World::new();
    let library = Interface::Tomorrow.library(Toolchain::Own);
    world.place.name(library.to_str().unwrap(), "LIBRARY");
    world.run(&["plugin", "inspect", library.to_str().unwrap()]).success();
    snapshot!("inspect_plugin_of_tomorrow", world.place.transcript());
    plans(&world, &library, isolation, "POLITE", "planned with leverage-plugin-api 1.2.0, no budget");

    let before = world.files();
    world.place.transcript();
    world.configure("CURIOUS", &[]).exits(31);
    snapshot!("plugin_with_an_unknown_lookup", world.place.transcript());
    assert!(world.files() == before);
}

/// A library whose version is right and whose root module is not.
fn is_refused(patch: &'static str, reason: &str) {
    let library = Interface::Changed(patch).library(Toolchain::Own);
    let path = library.to_str().unwrap();
    let error = load(&library, "the plugin tiny").map(|_| ()).unwrap_err();
    snapshot!(format!("load_{patch}"), transcript::error(&error));

    let world = World::new();
    world.place.name(path, "LIBRARY");
    world.run(&["plugin", "inspect", path]).success();
    let said = world.run(&["plugin", "add", "--yes", path]).exits(31);
    assert!(said.stderr.len() < 500, "the long reason is for -vv: {}", said.stderr);
    snapshot!(format!("add_{patch}"), world.place.transcript());
    assert_eq!(world.copies().len(), 0, "a copy was left behind");
    assert!(!world.lock_file().exists(), "it was recorded");
    let said = world.run(&["-vv", "plugin", "add", "--yes", path]).exits(31).stderr;
    for part in [&format!("Error:{reason}"), "Layout of expected type"] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(!said.contains("Error:mismatched package"), "something else is the reason: {said}");
}

/// Fields of a plan that today's host does not know are passed to the outputs.
fn fields_travel() {
    let library = load(&Interface::Tomorrow.library(Toolchain::Own), "tomorrow").unwrap();
    let module = library.module();
    let plan = Kit::new(&module).plan("POLITE").unwrap();
    assert_eq!(plan.extra["tags"], serde_json::json!(["tomorrow"]));
    let mut fixtures = Fixtures::new();
    fixtures.plan = plan;
    let changes = Kit::new(&module).fixtures(fixtures).changes("colors").unwrap();
    assert!(changes.files[0].text.contains("ex-security-polite green [\"tomorrow\"]\n"), "{changes:?}");
}

/// Loads all three into one fresh process, in this order, beside the built-in ones.
fn together(order: [Interface; 3]) {
    let libraries: Vec<PathBuf> = order.iter().map(|interface| interface.library(Toolchain::Own)).collect();
    let own = std::env::current_exe().expect("the path of this test program");
    let output = Command::new(own).arg(LOAD).args(&libraries).output().expect("this test program starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let expected = order.map(|interface| match interface {
        Interface::Released(version) => format!("planned with leverage-plugin-api {version}"),
        Interface::Tomorrow => "planned with leverage-plugin-api 1.2.0, no budget".to_owned(),
        _ => format!("planned with leverage-plugin-api {}", leverage_plugin_api::VERSION),
    });
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

/// Loads libraries, calls each twice, and prints the results.
fn load_all(libraries: &[String]) {
    let before = builtin().expect("the built-in plugins");
    let loaded: Vec<_> =
        libraries.iter().map(|path| load(Path::new(path), path).unwrap_or_else(|error| panic!("{error}"))).collect();
    for round in 0..2 {
        for plugin in loaded.iter().chain(&before) {
            let manifest = plugin.manifest();
            let module = plugin.module();
            let kit = Kit::new(&module);
            for info in manifest.types.iter().filter(|info| info.name != "CURIOUS") {
                let plan = kit.plan(&info.name).unwrap_or_else(|failure| panic!("{}: {}", info.name, failure.message));
                check(&plan, &info.name);
                if let (1, Some(note)) =
                    (round, plan.diagnostics.iter().find(|note| note.message.starts_with("planned")))
                {
                    println!("{}", note.message);
                }
            }
            for info in &manifest.outputs {
                let changes: Changes =
                    kit.changes(&info.name).unwrap_or_else(|failure| panic!("{}: {}", info.name, failure.message));
                assert!(
                    changes.files.iter().all(|file| matches!(file.root, Root::Aws | Root::AwsHome | Root::Project))
                );
            }
        }
    }
}

/// A plan for the standard fixtures, from any version.
fn check(plan: &Plan, kind: &str) {
    assert!(plan.keys.is_some(), "{kind} plans no keys");
    let has = |account: &str| plan.profiles.iter().any(|profile| profile.name.starts_with(&format!("ex-{account}-")));
    assert!(kind == "BOOTSTRAP" || has("security"), "{kind} plans no profile of an account");
}

/// Needs a nightly toolchain, and prints whether it found one.
fn by_nightly() -> Trial {
    let Some(toolchain) = nightly() else {
        return Trial::test("plugin_of_the_nightly_toolchain_works", || Err("rustup has no nightly toolchain".into()))
            .with_kind("not run: rustup has no nightly toolchain")
            .with_ignored_flag(true);
    };
    let kind = format!("run with {toolchain}");
    let run = move || {
        let library = Interface::Today.library(Toolchain::Named(&toolchain));
        let holds = |library: &Path, words: &[u8]| {
            fs::read(library).unwrap().windows(words.len()).any(|window| window == words)
        };
        // The compiler's version in the section `.comment` of the library.
        assert!(holds(&library, b"-nightly ("), "{} was built by another toolchain", library.display());
        for isolation in ["process", "in-process"] {
            works(&library, leverage_plugin_api::VERSION, isolation);
        }
    };
    trial("plugin_of_the_nightly_toolchain_works".to_owned(), run).with_kind(kind)
}
