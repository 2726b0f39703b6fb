//! Plays a golden case, and compares the state afterwards with the expected one.

use leverage::effects::run_until_interrupted;
use leverage_aws::SdkProfiles;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{Case, Listed, Values};
use crate::counterparts::{self, STATE};
use crate::moto::{DEFAULT_ACCOUNT, Keys, Moto, NewUser};
use crate::place::Place;
use crate::program::{Outcome, Run};
use crate::tree::Tree;

/// The access key id in Amazon's documentation, which no user of moto has.
const DOCUMENTED_KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// The settings that are written.
const WRITTEN: [&str; 7] =
    ["aws_access_key_id", "aws_secret_access_key", "mfa_serial", "output", "region", "role_arn", "source_profile"];

/// Plays one run of a case.
pub trait Player {
    /// Plays it.
    fn play(&self, staged: &Staged<'_>, arguments: &[String]) -> Outcome;
}

/// A prepared case: moto and the files are set up.
pub struct Staged<'a> {
    case: &'a Case,
    moto: Server,
    /// Where it is played.
    pub place: Place,
    /// The values of the placeholders.
    pub values: Values,
}

/// The server that all cases share, or a separate one.
enum Server {
    Shared(&'static Moto),
    Own(Moto),
}

impl<'a> Staged<'a> {
    /// Prepares everything for the case.
    pub fn new(case: &'a Case) -> Self {
        // Moto assigns unknown keys to its default account, which only one case at a time can use.
        let documented = case.aws_files.values().any(|text| text.contains(DOCUMENTED_KEY));
        let (moto, management) = if documented {
            (Server::Own(Moto::start()), DEFAULT_ACCOUNT.to_owned())
        } else {
            (Server::Shared(Moto::shared()), Moto::fresh_account())
        };
        let mut values = Values::default();
        values.set("management", management);
        let mut staged = Self { case, moto, place: Place::new(), values };
        staged.make_accounts();
        staged.make_users();
        staged.write_files();
        for (name, value) in staged.values.public() {
            staged.place.name(value, name);
        }
        staged
    }

    /// The endpoint of AWS.
    pub fn endpoint_url(&self) -> String {
        self.moto().endpoint_url()
    }

    /// The working folder.
    pub fn folder(&self) -> PathBuf {
        self.place.project().join(&self.case.folder)
    }

    /// The environment's variables that the case sets.
    pub fn environment(&self) -> impl Iterator<Item = (&str, String)> {
        self.case.environment.iter().map(|(name, value)| (name.as_str(), self.values.fill(value)))
    }

    fn moto(&self) -> &Moto {
        match &self.moto {
            Server::Shared(moto) => moto,
            Server::Own(moto) => moto,
        }
    }

    fn make_accounts(&mut self) {
        let Some(listed) = &self.case.organization_accounts else { return };
        let members: Vec<_> = listed.iter().map(Listed::member).collect();
        let management = self.values.get("management");
        for (name, id) in self.moto().create_organization(management, &self.case.region, &members) {
            self.values.set(name, id);
        }
    }

    fn make_users(&mut self) {
        for (at, user) in self.case.users().iter().enumerate() {
            let mfa_devices: Vec<String> = user.mfa_devices.iter().map(|device| self.values.fill(device)).collect();
            let new = NewUser {
                account: self.values.get(&user.account),
                name: &user.name,
                path: &user.path,
                mfa_devices: &mfa_devices,
            };
            let Keys { id, secret } = self.moto().create_user(&new, &self.case.region);
            if at == 0 {
                self.values.set("key-id", &id);
                self.values.set("secret", &secret);
            }
            self.values.set(format!("key-id:{}", user.name), id);
            self.values.set(format!("secret:{}", user.name), secret);
        }
    }

    fn write_files(&mut self) {
        let csv = self.case.csv.as_deref().unwrap_or("Access key ID,Secret access key\n{key-id},{secret}\n");
        let csv = self.place.put_csv(&self.values.fill(csv));
        self.values.set("csv", csv.display().to_string());
        for (path, text) in &self.case.project_files {
            self.place.put(path, &self.values.fill(text));
        }
        for (name, text) in &self.case.aws_files {
            self.place.put_aws(name, &self.values.fill(text));
        }
        if self.case.no_repository {
            fs::remove_dir(self.place.project().join(".git")).expect("an empty folder");
        }
        fs::create_dir_all(self.folder()).expect("a temporary folder can be written");
    }

    /// Plays the case and compares the state afterwards with the expected one.
    ///
    /// # Panics
    ///
    /// They differ.
    pub fn play(&self, player: &dyn Player) {
        let expected = &self.case.expected;
        let before = self.place.tree();
        let mut last = None;
        for (arguments, succeeds) in self.case.runs.iter().zip(&expected.succeeded) {
            let outcome = self.run(player, arguments);
            assert_eq!(outcome.code == 0, *succeeds, "{arguments:?} {outcome:#?}");
            last = Some(outcome);
        }
        assert_eq!(self.case.runs.len(), expected.succeeded.len(), "the number of runs");
        self.compare_state();
        self.compare_outcome(&last.expect("a case has a run"));
        if expected.untouched {
            assert_eq!(before.touched(&self.place.tree()), Vec::<&Path>::new(), "what was to stay as it was");
        }
    }

    /// Plays the runs of the case without comparing the state.
    pub fn run_only(&self, player: &dyn Player) {
        for arguments in &self.case.runs {
            self.run(player, arguments);
        }
    }

    /// Plays one run. If it fails, it must not touch a file.
    fn run(&self, player: &dyn Player, arguments: &[String]) -> Outcome {
        let arguments: Vec<String> = arguments.iter().map(|argument| self.values.fill(argument)).collect();
        let before = self.place.tree();
        let outcome = player.play(self, &arguments);
        if outcome.code != 0 {
            let after = self.place.tree();
            let mut touched = before.touched(&after);
            // The lock file is empty.
            touched.retain(|path| !path.ends_with(".lock"));
            assert_eq!(touched, Vec::<&Path>::new(), "a run failed and touched files: {outcome:#?}");
        }
        outcome
    }

    fn compare_outcome(&self, outcome: &Outcome) {
        let expected = &self.case.expected;
        if let Some(code) = expected.exit_code {
            assert_eq!(outcome.code, code, "the exit code: {outcome:#?}");
        }
        for said in [&outcome.stdout, &outcome.stderr] {
            assert!(!said.contains(self.values.get("secret")), "a secret is shown:\n{said}");
        }
    }

    fn compare_state(&self) {
        let expected = &self.case.expected;
        let documents = [&expected.config, &expected.credentials, &expected.tfvars, &expected.project_yaml];
        let documents: Vec<_> =
            std::iter::zip(STATE, documents).filter_map(|(name, document)| Some((name, document.as_ref()?))).collect();
        let state = self.state(&documents.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, document) in documents {
            let document = self.values.expect_document(document);
            assert!(state[name] == document, "{name} is\n{:#}\nand not\n{document:#}", state[name]);
        }
        for (path, text) in &expected.texts {
            assert_eq!(self.place.text(path), self.values.expect(text), "{path}");
        }
    }

    fn state(&self, wanted: &[&str]) -> Value {
        counterparts::read_state(&self.place.aws(), &self.place.project(), wanted)
    }

    /// Repeats the last run until nothing is left to do, and then once more, which must touch nothing.
    ///
    /// # Panics
    ///
    /// It does.
    pub fn play_again(&self, player: &dyn Player) {
        let last = self.case.runs.last().expect("a case has a run");
        let mut arguments = last.clone();
        let says = |text: &str| last.iter().any(|argument| argument.contains(text));
        if !says("existing-credentials") && !says("--skip-access-keys-setup") {
            // The keys exist now, and no prompt is available.
            arguments.push("--overwrite-existing-credentials".to_owned());
        }
        let after_one = self.place.tree();
        self.run(player, &arguments).success();
        // The profile of BOOTSTRAP exists now, so this run adds the profiles of the accounts.
        let starts_project = arguments.iter().any(|argument| argument == "BOOTSTRAP")
            && !arguments.iter().any(|argument| argument.starts_with("--skip-"));
        let after_two = self.place.tree();
        if !starts_project {
            assert_eq!(after_one.touched(&after_two), Vec::<&Path>::new(), "a second run has nothing to do");
        }
        self.run(player, &arguments).success();
        let after_three = self.place.tree();
        assert_eq!(after_two.touched(&after_three), Vec::<&Path>::new(), "a third run has nothing to do");
    }

    /// The real `aws` command and botocore find exactly the profiles in the files.
    ///
    /// # Panics
    ///
    /// They find others.
    pub fn check_profiles(&self) {
        let state = self.state(&["config", "credentials"]);
        let names = |file: &Value| file.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        let config: Vec<String> = names(&state["config"]);
        let sections = config.iter().map(|section| section.strip_prefix("profile ").unwrap_or(section).to_owned());
        let expected: BTreeSet<String> = sections.chain(names(&state["credentials"])).collect();
        let known: BTreeSet<String> = counterparts::profiles(&self.place.aws()).into_iter().collect();
        assert_eq!(known, expected);
        self.check_with_sdk(&state);
        for profile in known.iter().take(1) {
            let listed = Run::aws(&self.place, &self.endpoint_url()).args(["configure", "list", "--profile", profile]);
            let listed = listed.outcome().success();
            assert!(listed.stdout.contains(profile), "{listed:#?}");
        }
    }

    /// The AWS SDK and botocore read the same from the files.
    fn check_with_sdk(&self, state: &Value) {
        let text = |name| fs::read_to_string(self.place.aws().join(name)).unwrap_or_default();
        let (config, credentials) = (text("config"), text("credentials"));
        let profiles =
            run_until_interrupted(SdkProfiles::parse(&config, &credentials)).expect("files that the SDK reads");
        let sections = ["config", "credentials"].into_iter().filter_map(|file| state[file].as_object()).flatten();
        for (section, settings) in sections {
            let name = section.strip_prefix("profile ").unwrap_or(section);
            let read =
                profiles.get(name).unwrap_or_else(|| panic!("the SDK does not find the profile {name}")).settings;
            for (key, value) in settings.as_object().expect("settings") {
                if let Some(read) = read.get(key) {
                    assert_eq!(Some(read.as_str()), value.as_str(), "{key} of {name}");
                } else {
                    let unread = !WRITTEN.contains(&key.as_str());
                    assert!(unread, "the SDK does not find {key} of {name}");
                }
            }
        }
    }

    /// Only the owner can read the files in `~/.aws`.
    ///
    /// # Panics
    ///
    /// Another user can read one.
    pub fn check_modes(&self) {
        let tree = Tree::of(&self.place.home());
        for (path, entry) in tree.entries() {
            let mode = if entry.contents.is_some() { 0o600 } else { 0o700 };
            assert_eq!(entry.mode, mode, "the mode of {} is {:o}", path.display(), entry.mode);
        }
    }
}
