//! Accounts that change their names or go, in whole runs of the program, and what becomes of their profiles.

mod outputs_support;

use leverage::core::answers::Answer;
use leverage::error::Kind;
use leverage_tests::counterparts;
use outputs_support::World;
use std::fs;

/// A world whose profiles are set up, and in which `shared` is known by the file `config/common.tfvars`.
fn world() -> World {
    let world = World::new(&["aws-cli-files", "terraform-vars"]);
    world.configure().unwrap();
    world
}

fn profiles(world: &World) -> Vec<String> {
    let mut profiles = counterparts::profiles(&world.home().join(".aws/ex"));
    profiles.sort();
    profiles
}

/// Makes one of leverage's own profiles that of an account that the organization does not have.
fn close(world: &World, name: &str) {
    for (file, from) in [("config", "role_arn = arn:aws:iam::"), (".profiles.json", "\"account_id\": \"")] {
        let path = world.home().join(".aws/ex").join(file);
        let text = fs::read_to_string(&path).unwrap();
        let at = text.find(&format!("{name}-oaar")).unwrap();
        let id = at + text[at..].find(from).unwrap() + from.len();
        fs::write(
            &path,
            format!("{}999999999999{}", &text[..id], &text[id + 12..]).replace(&format!("{name}-oaar"), "ex-gone-oaar"),
        )
        .unwrap();
    }
}

#[test]
fn an_account_of_another_name_takes_its_profile_along() {
    let world = world();
    let config = world.home().join(".aws/ex/config");
    let before = fs::read_to_string(&config).unwrap();
    let edited = before
        .replace("[profile ex-shared-oaar]\n", "# the team's\n[profile ex-shared-oaar] # keep\ncli_pager = less\n");
    fs::write(&config, &edited).unwrap();
    let variables = world.project_file("config/common.tfvars");
    let text = fs::read_to_string(&variables).unwrap();
    fs::write(&variables, text.replace("shared = {", "common = {")).unwrap();

    let report = world.configure().unwrap();
    assert_eq!(fs::read_to_string(&config).unwrap(), edited.replace("ex-shared-oaar", "ex-common-oaar"));
    assert!(
        report
            .diagnostics
            .iter()
            .any(|one| one.message.contains("renamed profile `ex-shared-oaar` to `ex-common-oaar`"))
    );
    assert!(profiles(&world).contains(&"ex-common-oaar".to_owned()));
    assert!(world.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn profiles_without_an_account_go_once_that_is_agreed_to() {
    let mut world = world();
    close(&world, "ex-shared");
    let config = world.home().join(".aws/ex/config");
    let theirs = "\n[profile ex-old-oaar]\nrole_arn = arn:aws:iam::999999999999:role/OrganizationAccountAccessRole\n";
    fs::write(&config, fs::read_to_string(&config).unwrap() + theirs).unwrap();
    world.configure().unwrap();
    let before = profiles(&world);
    assert!(before.contains(&"ex-gone-oaar".to_owned()) && before.contains(&"ex-shared-oaar".to_owned()));

    world.options.prune = true;
    let error = world.configure().map(|_| ()).unwrap_err();
    assert_eq!((error.kind, profiles(&world)), (Kind::AnswerNeeded, before.clone()));
    assert!(
        error.message.contains("1 orphaned profile, whose account is gone or not active: ex-gone-oaar."),
        "{error}"
    );
    assert!(error.hint.unwrap().contains("--answer prune=remove"));

    world.options.dry_run = true;
    let report = world.configure().unwrap();
    let removed = |line: &leverage::core::diff::Line| line.to_string() == "-[profile ex-gone-oaar]";
    assert!(report.files.iter().flat_map(|file| &file.diff).any(removed), "the difference shows it");
    assert_eq!(profiles(&world), before);
    world.options.dry_run = false;

    world.options.answers.insert(Answer::new("prune", "keep"));
    assert!(world.configure().unwrap().files.is_empty());
    world.options.answers.insert(Answer::new("prune", "remove"));
    world.configure().unwrap();
    let after: Vec<String> = before.into_iter().filter(|name| name != "ex-gone-oaar").collect();
    assert_eq!(profiles(&world), after, "a person's own stays, though it is of the same account");
    assert!(fs::read_to_string(&config).unwrap().contains(theirs));
}
