//! Renamed and removed accounts, and their profiles, in complete runs of the program.

use leverage::answers::Answer;
use leverage::error::Kind;
use leverage_tests::counterparts;
use leverage_tests::outputs::Outputs;
use leverage_tests::{snapshot, transcript};
use std::fs;

/// Outputs with existing profiles, and in which `shared` is known by the file `config/common.tfvars`.
fn outputs() -> Outputs {
    let outputs = Outputs::new(&["aws-cli-files", "terraform-vars"]);
    outputs.configure().unwrap();
    outputs
}

fn profiles(outputs: &Outputs) -> Vec<String> {
    let mut profiles = counterparts::profiles(&outputs.home().join(".aws/ex"));
    profiles.sort();
    profiles
}

/// Makes one of leverage's own profiles that of an account that the organization does not have.
fn close(outputs: &Outputs, name: &str) {
    for (file, from) in [("config", "role_arn = arn:aws:iam::"), (".profiles.json", "\"account_id\": \"")] {
        let path = outputs.home().join(".aws/ex").join(file);
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
fn renamed_account_renames_its_profile() {
    let outputs = outputs();
    let config = outputs.home().join(".aws/ex/config");
    let before = fs::read_to_string(&config).unwrap();
    let edited = before
        .replace("[profile ex-shared-oaar]\n", "# the team's\n[profile ex-shared-oaar] # keep\ncli_pager = less\n");
    fs::write(&config, &edited).unwrap();
    let variables = outputs.project_file("config/common.tfvars");
    let text = fs::read_to_string(&variables).unwrap();
    fs::write(&variables, text.replace("shared = {", "common = {")).unwrap();

    let report = outputs.configure().unwrap();
    assert_eq!(fs::read_to_string(&config).unwrap(), edited.replace("ex-shared-oaar", "ex-common-oaar"));
    snapshot!(transcript::diagnostics(&report));
    assert!(profiles(&outputs).contains(&"ex-common-oaar".to_owned()));
    assert!(outputs.configure().unwrap().files.is_empty(), "a second run has nothing to do");
}

#[test]
fn prune_removes_orphaned_profiles_after_consent() {
    let mut outputs = outputs();
    close(&outputs, "ex-shared");
    let config = outputs.home().join(".aws/ex/config");
    let theirs = "\n[profile ex-old-oaar]\nrole_arn = arn:aws:iam::999999999999:role/OrganizationAccountAccessRole\n";
    fs::write(&config, fs::read_to_string(&config).unwrap() + theirs).unwrap();
    outputs.configure().unwrap();
    let before = profiles(&outputs);
    assert!(before.contains(&"ex-gone-oaar".to_owned()) && before.contains(&"ex-shared-oaar".to_owned()));

    outputs.options.prune = true;
    let error = outputs.error();
    assert_eq!((error.kind, profiles(&outputs)), (Kind::AnswerNeeded, before.clone()));
    snapshot!(transcript::error(&error));

    outputs.options.dry_run = true;
    let report = outputs.configure().unwrap();
    let removed = |line: &leverage_core::diff::Line| line.to_string() == "-[profile ex-gone-oaar]";
    assert!(report.files.iter().flat_map(|file| &file.diff).any(removed), "the difference shows it");
    assert_eq!(profiles(&outputs), before);
    outputs.options.dry_run = false;

    outputs.options.answers.insert(Answer::new("prune", "keep"));
    assert!(outputs.configure().unwrap().files.is_empty());
    outputs.options.answers.insert(Answer::new("prune", "remove"));
    outputs.configure().unwrap();
    let after: Vec<String> = before.into_iter().filter(|name| name != "ex-gone-oaar").collect();
    assert_eq!(profiles(&outputs), after, "the user's own profile stays, although it reaches the same account");
    assert!(fs::read_to_string(&config).unwrap().contains(theirs));
}

#[test]
fn prune_removes_profiles_of_accounts_that_only_the_variables_still_list() {
    let mut outputs = outputs();
    let variables = outputs.project_file("config/common.tfvars");
    let gone = "accounts = {\n  gone = {\n    email = \"gone@example.com\"\n    id = \"999999999999\"\n  }\n  \
                lost = {\n    email = \"lost@example.com\"\n    id = \"999999999998\"\n  }\n";
    let text = fs::read_to_string(&variables).unwrap();
    assert!(text.contains("accounts = {\n"), "{text}");
    fs::write(&variables, text.replacen("accounts = {\n", gone, 1)).unwrap();
    outputs.configure().unwrap();
    let before = profiles(&outputs);
    assert!(before.contains(&"ex-gone-oaar".to_owned()) && before.contains(&"ex-lost-oaar".to_owned()));
    let text = fs::read_to_string(&variables).unwrap();

    outputs.options.prune = true;
    outputs.options.answers.insert(Answer::new("prune", "remove"));
    let report = outputs.configure().unwrap();
    snapshot!("pruned_accounts_of_the_variables", transcript::diagnostics(&report));
    let json = serde_json::to_value(&report).unwrap();
    assert!(json["diagnostics"].to_string().contains("ex-gone-oaar, ex-lost-oaar"), "{json}");
    let after: Vec<String> =
        before.into_iter().filter(|name| !["ex-gone-oaar", "ex-lost-oaar"].contains(&&**name)).collect();
    assert_eq!(profiles(&outputs), after);
    assert_eq!(fs::read_to_string(&variables).unwrap(), text, "the variables are left alone");

    let report = outputs.configure().unwrap();
    assert!(report.files.is_empty());
    snapshot!("nothing_to_prune", transcript::diagnostics(&report));
}
