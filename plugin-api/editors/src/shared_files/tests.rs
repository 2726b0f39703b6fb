//! What becomes of profiles, over several runs: each test writes what the run before it gave.

use super::*;
use crate::ini::Profiles;
use leverage_plugin_api::model::{
    Diagnostic, Fact, Failure, Lookup, PlannedAccount, PlannedProfile, Project, PruneMode,
};
use leverage_plugin_api::sdk::Pause;
use serde_json::value::to_raw_value;

/// The files between runs.
#[derive(Default)]
struct World {
    config: Option<String>,
    ledger: Option<String>,
    answer: Option<&'static str>,
    told: Vec<Diagnostic>,
}

fn plan(accounts: &[(&str, &str)]) -> Plan {
    plan_of(accounts, "devops", "DevOps")
}

fn plan_of(accounts: &[(&str, &str)], suffix: &str, role: &str) -> Plan {
    let mut plan = Plan::new();
    for (name, id) in accounts {
        let profile = PlannedProfile::new(format!("ex-{name}-{suffix}"))
            .reaches(*id)
            .set("role_arn", format!("arn:aws:iam::{id}:role/{role}"))
            .set("source_profile", "ex-security");
        plan.profiles.push(profile);
        plan.accounts.push(PlannedAccount::new(*name, *id));
    }
    plan.organization_accounts = Some(accounts.iter().map(|(_, id)| (*id).to_owned()).collect());
    plan
}

impl World {
    fn file(root: Root, path: &str, text: Option<&String>) -> Fact {
        let input = serde_json::to_value(ReadFile { root, path: path.to_owned() }).unwrap();
        Fact::new(Lookup::new(ReadFile::NAME, input), to_raw_value(&text).unwrap())
    }

    fn run(&mut self, plan: &Plan, prune: PruneMode) -> Result<(), Failure> {
        let mut request =
            Request::new(Project::new("ex", "us-east-1"), leverage_plugin_api::model::Options::default(), None);
        request.options.prune = prune;
        let facts = || {
            let config = Self::file(Root::Aws, "config", self.config.as_ref());
            vec![config, Self::file(Root::Aws, ".profiles.json", self.ledger.as_ref())]
        };
        let mut result = SharedFiles::PROJECT.render(&request, plan, &Facts::new(facts()));
        if let Err(Pause::Need(lookups)) = &result {
            let [question] = lookups.as_slice() else { panic!("{lookups:?}") };
            assert_eq!((question.name.as_str(), &question.input["id"]), (Ask::NAME, &"prune".into()));
            let answer = to_raw_value(self.answer.expect("a question was asked")).unwrap();
            let mut facts = facts();
            facts.push(Fact::new(question.clone(), answer));
            result = SharedFiles::PROJECT.render(&request, plan, &Facts::new(facts));
        }
        match result {
            Ok(changes) => {
                self.told = changes.diagnostics;
                for file in changes.files {
                    match file.path.as_str() {
                        "config" => self.config = Some(file.text),
                        _ => self.ledger = Some(file.text),
                    }
                }
                Ok(())
            }
            Err(Pause::Failed(failure)) => Err(failure),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn runs(&mut self, plan: &Plan) {
        self.run(plan, PruneMode::Keep).unwrap();
    }

    fn config(&self) -> &str {
        self.config.as_deref().unwrap_or_default()
    }

    fn has(&self, names: &[&str]) {
        let mut found: Vec<&str> = Profiles::read(SharedFile::Config, self.config()).unwrap().names().collect();
        found.sort_unstable();
        assert_eq!(found, names, "{}", self.config());
    }

    /// An edit by the user.
    fn edit(&mut self, from: &str, to: &str) {
        assert!(self.config().contains(from), "{}", self.config());
        self.config = Some(self.config().replacen(from, to, 1));
    }
}

const SHARED: (&str, &str) = ("shared", "000000000013");
const SECURITY: (&str, &str) = ("security", "000000000012");

#[test]
fn profile_of_a_renamed_account_is_renamed_in_place() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    world.edit("[profile ex-shared-devops]\n", "# mine\n[profile ex-shared-devops] # ours\ncli_pager =\n# also mine\n");
    let expected = world.config().replace("ex-shared-devops", "ex-common-devops");
    world.runs(&plan(&[("common", SHARED.1), SECURITY]));
    assert_eq!(world.config(), expected);
    assert!(
        world.told[0].message.contains("renamed profile `ex-shared-devops` to `ex-common-devops`"),
        "{:?}",
        world.told
    );
    let before = (world.config.clone(), world.ledger.clone());
    world.runs(&plan(&[("common", SHARED.1), SECURITY]));
    assert_eq!((world.config.clone(), world.ledger.clone()), before, "a second run changes nothing");
    world.runs(&plan(&[("again", SHARED.1), SECURITY]));
    world.has(&["ex-again-devops", "ex-security-devops"]);
}

#[test]
fn accounts_that_swap_names_swap_profiles() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    world.runs(&plan(&[("shared", SECURITY.1), ("security", SHARED.1)]));
    world.has(&["ex-security-devops", "ex-shared-devops"]);
    world.run(&plan(&[("shared", SECURITY.1)]), PruneMode::Remove).unwrap();
    world.has(&["ex-shared-devops"]);
}

#[test]
fn only_profiles_with_the_same_role_are_renamed() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED]));
    world.runs(&plan_of(&[SHARED], "oaar", "Admin"));
    world.runs(&plan(&[("common", SHARED.1)]));
    world.has(&["ex-common-devops", "ex-shared-oaar"]);
}

#[test]
fn profile_of_an_account_with_the_same_name_keeps_its_name() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED]));
    let mut elsewhere = plan(&[SHARED]);
    elsewhere.profiles[0].name = "ci/shared".to_owned();
    world.runs(&elsewhere);
    world.has(&["ci/shared", "ex-shared-devops"]);
}

#[test]
fn profile_of_the_user_is_never_renamed_or_removed() {
    let theirs =
        "[profile ex-shared-devops]\nrole_arn = arn:aws:iam::000000000013:role/DevOps\nsource_profile = ex-security\n";
    let mut world = World { config: Some(theirs.to_owned()), ..World::default() };
    // A run finds it as it should be, and that makes it no more leverage's own.
    world.runs(&plan(&[SHARED]));
    assert_eq!((world.config(), &world.ledger), (theirs, &None));
    world.runs(&plan(&[("common", SHARED.1)]));
    world.has(&["ex-common-devops", "ex-shared-devops"]);
    world.run(&plan(&[SECURITY]), PruneMode::Remove).unwrap();
    world.has(&["ex-security-devops", "ex-shared-devops"]);
}

#[test]
fn profile_changed_by_the_user_is_kept() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    world.edit("000000000013", "000000000099");
    world.run(&plan(&[SECURITY]), PruneMode::Remove).unwrap();
    world.has(&["ex-security-devops", "ex-shared-devops"]);
}

#[test]
fn orphaned_profile_is_removed_after_confirmation() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    world.runs(&plan_of(&[SHARED], "oaar", "Admin"));
    world.edit("[profile ex-shared-devops]", "# mine\n[profile ex-shared-devops]");
    let before = world.config.clone();
    world.runs(&plan(&[SECURITY]));
    assert_eq!(world.config, before, "without --prune nothing goes");
    world.answer = Some("keep");
    world.run(&plan(&[SECURITY]), PruneMode::Ask).unwrap();
    assert_eq!(world.config, before);
    world.answer = Some("remove");
    world.run(&plan(&[SECURITY]), PruneMode::Ask).unwrap();
    world.has(&["ex-security-devops"]);
    assert!(world.config().starts_with("# mine\n[profile ex-security-devops]\n"), "{}", world.config());
    assert!(!world.ledger.as_ref().unwrap().contains("shared"));
    world.answer = None;
    world.run(&plan(&[SECURITY]), PruneMode::Ask).unwrap();
}

#[test]
fn orphaned_profiles_at_the_end_of_the_file_are_all_removed_and_named() {
    let mut world = World::default();
    let more = [("audit", "000000000014"), ("data", "000000000015")];
    world.runs(&plan(&[SECURITY, SHARED, more[0], more[1]]));
    // The project's files still have the accounts, but the organization does not.
    let mut left = plan(&[SECURITY]);
    left.accounts.extend([SHARED, more[0], more[1]].map(|(name, id)| PlannedAccount::new(name, id)));
    world.run(&left, PruneMode::Remove).unwrap();
    world.has(&["ex-security-devops"]);
    assert!(world.config().ends_with("source_profile = ex-security\n"), "{:?}", world.config());
    assert_eq!(
        world.told[0].message,
        "removing 3 orphaned profiles: ex-audit-devops, ex-data-devops, ex-shared-devops"
    );
    world.run(&left, PruneMode::Remove).unwrap();
    assert_eq!(world.told[0].message, "no orphaned profiles to remove");
}

#[test]
fn profile_of_an_account_excluded_in_this_run_is_kept() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    let mut filtered = plan(&[SECURITY]);
    filtered.organization_accounts = Some(vec![SHARED.1.to_owned(), SECURITY.1.to_owned()]);
    world.run(&filtered, PruneMode::Remove).unwrap();
    world.has(&["ex-security-devops", "ex-shared-devops"]);
}

#[test]
fn unread_organization_removes_no_profiles() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    let mut unread = plan(&[SECURITY]);
    unread.organization_accounts = None;
    world.run(&unread, PruneMode::Remove).unwrap();
    world.has(&["ex-security-devops", "ex-shared-devops"]);
    assert!(world.told[0].message.starts_with("no profiles removed"), "{:?}", world.told);
}

#[test]
fn profile_with_a_removed_or_renamed_source_is_reported() {
    let mut world = World::default();
    world.runs(&plan(&[SHARED, SECURITY]));
    let chained = "[profile mine]\nrole_arn = arn:aws:iam::000000000077:role/X\nsource_profile = ex-shared-devops\n";
    world.config = Some(format!("{}\n{chained}", world.config()));
    world.run(&plan(&[SECURITY]), PruneMode::Remove).unwrap();
    assert!(world.told[0].message.starts_with("keeping orphaned profile `ex-shared-devops`"), "{:?}", world.told);
    world.runs(&plan(&[("common", SHARED.1), SECURITY]));
    assert!(
        world.told[1].message.starts_with("the `source_profile` of `mine` is `ex-shared-devops`"),
        "{:?}",
        world.told
    );
    assert!(world.config().ends_with(chained));
}

#[test]
fn damaged_ledger_fails_the_run() {
    for (text, part) in [("{", "is damaged"), ("{\"version\":2,\"profiles\":{}}", "has version 2")] {
        let mut world = World { ledger: Some(text.to_owned()), ..World::default() };
        let failure = world.run(&plan(&[SHARED]), PruneMode::Keep).unwrap_err();
        assert!(failure.message.starts_with(".profiles.json, the record of") && failure.message.contains(part));
    }
}
