//! `leverage credentials undo`, and what becomes of a run that was killed: the real program, on the sandbox.

use leverage::sandbox::Config;
use leverage_tests::embedded::Embedded;
use leverage_tests::program::Outcome;
use leverage_tests::tree::Tree;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A file's mode and contents, by its path.
type Files = BTreeMap<PathBuf, (u32, Vec<u8>)>;

struct Sample(Embedded);

impl Sample {
    fn new() -> Self {
        Self(Embedded::start(Config::default()))
    }

    fn undo(&self, arguments: &[&str]) -> Outcome {
        self.0.leverage(&["credentials", "undo"]).args(arguments).outcome()
    }

    fn undo_json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.undo(arguments).success().stdout).expect("one JSON document")
    }

    fn configure(&self, credential_type: &str, arguments: &[&str]) -> Outcome {
        let keys = format!("../keys/{}_accessKeys.csv", credential_type.to_lowercase());
        self.0
            .leverage(&["credentials", "configure", "--type", credential_type, "--credentials-file", &keys])
            .args(arguments)
            .outcome()
    }

    /// The files that a run is about: not the lock, and not what runs keep for themselves.
    fn files(&self) -> Files {
        let tree = self.0.tree();
        let kept = |path: &Path| {
            path.file_name() == Some(".lock".as_ref()) || path.components().any(|part| part.as_os_str() == "backups")
        };
        let files = tree.entries().filter(|(path, _)| !kept(path));
        files.filter_map(|(path, entry)| Some((path.to_owned(), (entry.mode, entry.contents.clone()?)))).collect()
    }

    fn aws(&self) -> PathBuf {
        self.0.project.home.join(".aws/ex")
    }

    /// The names of the runs, newest first.
    fn runs(&self) -> Vec<String> {
        let list = self.undo_json(&["--list", "--json"]);
        let runs = list["runs"].as_array().expect("a list of runs").iter();
        runs.map(|run| run["run"].as_str().expect("a name").to_owned()).collect()
    }

    /// Makes the newest run one that was killed at its end: its record is still its journal.
    fn unfinish(&self) {
        let run = self.aws().join("backups").join(&self.runs()[0]);
        fs::rename(run.join("run.json"), self.aws().join(".journal")).expect("the record of a run");
    }

    fn untouched(&self, before: &Tree) {
        assert_eq!(before.touched(&self.0.tree()), Vec::<&Path>::new());
    }

    /// The secrets in the files of the sample project.
    fn shows_no_secret(&self, outcome: &Outcome) {
        let users = self.0.sandbox.users();
        for user in [&users.bootstrap, &users.management, &users.security] {
            let csv = fs::read_to_string(self.0.project.keys_of(user)).expect("a .csv file");
            let secret = csv.trim_end().rsplit(',').next().expect("a secret");
            assert!(secret.len() >= 40 && !outcome.stdout.contains(secret) && !outcome.stderr.contains(secret));
        }
    }
}

#[test]
fn a_run_is_undone_and_done_again() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("BOOTSTRAP", &[]).success();
    let bootstrapped = sample.files();
    sample.configure("MANAGEMENT", &["--fetch-mfa-device"]).success();
    let managed = sample.files();
    assert!(fresh != bootstrapped && bootstrapped != managed);
    assert!(managed.contains_key(Path::new("sandbox/home/.aws/ex/config")));
    let [management, bootstrap] = sample.runs().try_into().expect("two runs");

    sample.undo(&[]).success();
    assert_eq!(sample.files(), bootstrapped, "the newest run is undone");
    sample.undo(&[]).success();
    assert_eq!(sample.files(), managed, "undoing is undone, and brings back what was removed");
    let said = sample.undo(&[&bootstrap]).exits(40).says(&[&format!("was changed after the run {bootstrap}")]);
    assert!(said.stderr.contains("undo the runs after it first"), "{}", said.stderr);
    assert_eq!(sample.files(), managed);

    sample.undo(&[&management]).success();
    let outcome = sample.undo(&[&bootstrap]).success();
    assert_eq!(sample.files(), fresh);
    let credentials = sample.aws().join("credentials");
    assert!(outcome.stdout.contains(&format!("Removed  {}", credentials.display())), "{}", outcome.stdout);
    let before = sample.0.tree();
    let outcome = sample.undo(&[&bootstrap]).success();
    assert!(outcome.stdout.contains("Every file is as it was before that run; nothing was written."));
    sample.untouched(&before);
    // What a run that did not end had in its way is no run to be undone.
    fs::create_dir_all(sample.aws().join("backups/20990101T000000Z/aws")).expect("a folder without a record");
    sample.undo(&[]).success();
    assert_eq!(sample.files(), bootstrapped);
    sample.undo(&[]).success();
    assert_eq!(sample.files(), fresh, "the newest is the undoing, though another folder is named after a later time");
}

#[test]
fn runs_are_listed_with_what_they_were() {
    let sample = Sample::new();
    sample.configure("BOOTSTRAP", &[]).success();
    sample.undo(&[]).success();
    let old = sample.aws().join("backups/20200101T000000Z");
    fs::create_dir_all(old.join("aws")).expect("a folder of an old version");
    fs::write(old.join("aws/config"), "old").expect("a file of an old version");
    let before = sample.0.tree();

    let list = sample.undo_json(&["--list", "--json"]);
    let runs = list["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), 3);
    let configured = runs[1]["run"].as_str().expect("a name");
    assert_eq!(runs[0]["command"], format!("undo {configured}"));
    assert_eq!(runs[1]["command"], "configure BOOTSTRAP");
    assert_eq!(runs[1]["time"].as_str().map(str::len), Some("2026-11-23T19:58:00Z".len()));
    let credentials = sample.aws().join("credentials").display().to_string();
    let file = |run: &Value| {
        run["files"].as_array().and_then(|files| files.iter().find(|f| f["path"] == credentials).cloned())
    };
    assert_eq!(file(&runs[1]).expect("the credentials")["created"], true);
    assert_eq!(file(&runs[0]).expect("the credentials")["removed"], true);
    assert_eq!(runs[2]["not_restorable"], "it has no record");

    let shown = sample.undo(&["--list"]).success().stdout;
    let folder = old.display();
    for line in [
        "configure BOOTSTRAP",
        &format!("  removed  {credentials}"),
        &format!("  created  {credentials}"),
        &format!("20200101T000000Z  can't be undone: it has no record; its copies are in {folder}"),
    ] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
    let refused = "the run 20200101T000000Z can't be undone: it has no record";
    let hint = format!("the files as they were before it are in {folder}");
    sample.undo(&["20200101T000000Z"]).exits(40).says(&[refused, &hint]);
    sample.undo(&["20200102T000000Z"]).exits(2).says(&["there is no run 20200102T000000Z"]);
    sample.undo(&["--list", "--dry-run"]).exits(2);
    sample.untouched(&before);
}

#[test]
fn nothing_to_undo_is_said_and_makes_nothing() {
    let sample = Sample::new();
    let before = sample.0.tree();
    sample.undo(&[]).exits(40).says(&["there is no run to undo"]);
    sample.undo(&["--dry-run"]).exits(40);
    assert!(sample.undo(&["--list"]).success().stdout.contains("There is no run to undo."));
    let error: Value = serde_json::from_str(&sample.undo(&["--json"]).exits(40).stdout).expect("one JSON document");
    assert_eq!(error["error"]["kind"], "files");
    sample.untouched(&before);
}

#[test]
fn a_file_that_was_changed_since_stops_it() {
    let sample = Sample::new();
    sample.configure("BOOTSTRAP", &[]).success();
    let variables = sample.0.project.root.join("config/common.tfvars");
    let credentials = sample.aws().join("credentials");
    for path in [&variables, &credentials] {
        let ours = fs::read(path).expect("a file that was written");
        fs::write(path, [ours.as_slice(), b"# mine\n"].concat()).expect("a file that can be written");
        let before = sample.0.tree();
        sample.undo(&[]).exits(40).says(&[&format!("{} was changed after the run", path.display())]);
        sample.undo(&["--dry-run"]).exits(40);
        sample.untouched(&before);
        fs::write(path, ours).expect("a file that can be written");
    }
    fs::rename(&credentials, credentials.with_extension("moved")).expect("the owner may do that");
    std::os::unix::fs::symlink(credentials.with_extension("moved"), &credentials).expect("a link");
    sample.undo(&[]).exits(40).says(&["credentials was changed after the run"]);
}

#[test]
fn a_damaged_copy_stops_it() {
    let sample = Sample::new();
    sample.configure("BOOTSTRAP", &[]).success();
    let copy = sample.aws().join("backups").join(&sample.runs()[0]).join("project/config/common.tfvars");
    fs::write(&copy, "rotten").expect("the owner may do that");
    let before = sample.0.tree();
    sample.undo(&[]).exits(40).says(&[&format!("{} is damaged or missing", copy.display())]);
    sample.untouched(&before);
}

#[test]
fn a_dry_run_shows_the_difference_without_secrets() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let before = sample.0.tree();
    let outcome = sample.undo(&["--dry-run", "-vv"]).success();
    sample.shows_no_secret(&outcome);
    let credentials = sample.aws().join("credentials");
    for shown in [
        &format!("Would remove {}", credentials.display()),
        "-aws_secret_access_key = ********",
        "Would update",
        "This was a dry run; nothing was written.",
    ] {
        assert!(outcome.stdout.contains(shown), "{shown:?} is not in\n{}", outcome.stdout);
    }
    let document = sample.undo_json(&["--dry-run", "--json"]);
    assert_eq!((&document["command"], &document["dry_run"]), (&"configure MANAGEMENT".into(), &true.into()));
    let files = document["files"].as_array().expect("files");
    let removed = files.iter().filter(|file| file["removed"] == true).count();
    assert!(removed == 3 && files.len() > 3, "{document:#}");
    sample.untouched(&before);

    let outcome = sample.undo(&["--json", "-vv"]).success();
    sample.shows_no_secret(&outcome);
}

#[test]
fn a_run_without_a_project_needs_only_its_name() {
    let sample = Sample::new();
    let before = sample.files();
    sample.configure("BOOTSTRAP", &[]).success();
    let elsewhere = sample.0.project.home.clone();
    let undo =
        |answer: &str| sample.0.leverage(&["credentials", "undo", "--answer", answer]).folder(&elsewhere).outcome();
    undo("short-name=EX").exits(2);
    undo("short-name=zz").exits(40).says(&["there is no run to undo"]);
    undo("short-name=ex").success();
    assert_eq!(sample.files(), before);
}

#[test]
fn an_unfinished_run_is_told_and_rolled_back_by_the_next_that_writes() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("MANAGEMENT", &[]).success();
    let managed = sample.files();
    sample.unfinish();
    let before = sample.0.tree();
    let told = ["a run (configure MANAGEMENT of ", "did not end", "without `--dry-run` first puts them back"];
    sample.configure("MANAGEMENT", &["--dry-run", "--overwrite-existing-credentials"]).success().says(&told);
    sample.undo(&["--dry-run"]).success().says(&told);
    sample.undo(&["--list"]).success().says(&told);
    sample.untouched(&before);

    // The keys that were half written are gone again, so that there is nothing to be asked.
    let rolled_back = ["an unfinished run (configure MANAGEMENT of ", "was rolled back: its files are as they were"];
    sample.configure("MANAGEMENT", &[]).success().says(&rolled_back);
    assert_eq!(sample.files(), managed);
    assert_eq!(sample.runs().len(), 1);

    sample.unfinish();
    let outcome = sample.undo(&[]).success().says(&rolled_back);
    assert_eq!((sample.files(), outcome.stdout.as_str()), (fresh, ""));
}

#[test]
fn a_run_that_fails_tells_what_it_rolled_back_all_the_same() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("MANAGEMENT", &[]).success();
    sample.unfinish();
    let wrong = sample.0.project.home.join("wrong.csv");
    fs::write(&wrong, "not keys").expect("a file");
    let wrong = wrong.display().to_string();
    let outcome =
        sample.0.leverage(&["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file", &wrong]);
    outcome.outcome().exits(12).says(&["besides, an unfinished run (configure MANAGEMENT of"]);
    fs::remove_file(wrong).expect("a file");
    assert_eq!(sample.files(), fresh);
}

#[test]
fn a_journal_that_cannot_be_read_stops_every_run() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let journal = sample.aws().join(".journal");
    for (text, says) in [("{\"version\": 1, ", "it is damaged"), ("{\"version\": 7}", "it has the format 7 of another")]
    {
        fs::write(&journal, text).expect("a file");
        let before = sample.0.tree();
        let named = format!("failed to read the journal {}", journal.display());
        sample.configure("MANAGEMENT", &["--overwrite-existing-credentials"]).exits(40).says(&[&named, says, "hint:"]);
        sample.undo(&[]).exits(40).says(&[&named, says, "hint:"]);
        sample.untouched(&before);
    }
}

#[test]
fn a_run_that_fails_at_its_files_leaves_nothing_behind() {
    let sample = Sample::new();
    let variables = sample.0.project.root.join("config/common.tfvars");
    fs::set_permissions(&variables, Permissions::from_mode(0o444)).expect("the owner may do that");
    let before = sample.0.tree();
    sample.configure("BOOTSTRAP", &[]).exits(40).says(&["it is read-only"]);
    sample.untouched(&before);
}

#[test]
fn a_run_that_changes_nothing_leaves_no_journal_and_no_record() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let before = sample.0.tree();
    sample.configure("MANAGEMENT", &["--overwrite-existing-credentials"]).success();
    sample.untouched(&before);
}
