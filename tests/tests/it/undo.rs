//! `leverage credentials undo`, and recovery of a killed run: the real program, on the sandbox.

use leverage_tests::program::Outcome;
use leverage_tests::snapshot;
use leverage_tests::tree::Tree;
use leverage_tests::world::World;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A file's mode and contents, by its path.
type Files = BTreeMap<PathBuf, (u32, Vec<u8>)>;

struct Sample(World);

impl Sample {
    fn new() -> Self {
        Self(World::new())
    }

    fn undo(&self, arguments: &[&str]) -> Outcome {
        self.0.command().args(["credentials", "undo"]).args(arguments).outcome()
    }

    fn undo_json(&self, arguments: &[&str]) -> Value {
        self.0.command().args(["credentials", "undo"]).args(arguments).unrecorded().outcome().success().json()
    }

    fn configure(&self, credential_type: &str, arguments: &[&str]) -> Outcome {
        let keys = format!("../keys/{}_accessKeys.csv", credential_type.to_lowercase());
        self.0
            .command()
            .args(["credentials", "configure", "--type", credential_type, "--credentials-file", &keys])
            .args(arguments)
            .outcome()
    }

    /// The files that a run writes, without the lock, the backups and other state of leverage.
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

    /// Makes the newest run look as if it was killed at its end: the record is still the journal.
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
fn undo_restores_files_and_can_be_undone() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("BOOTSTRAP", &[]).success();
    let bootstrapped = sample.files();
    sample.configure("MANAGEMENT", &["--fetch-mfa-device"]).success();
    let managed = sample.files();
    assert!(fresh != bootstrapped && bootstrapped != managed);
    assert!(managed.contains_key(Path::new("home/.aws/ex/config")));
    let [management, bootstrap] = sample.runs().try_into().expect("two runs");
    sample.0.place.name(&management, "MANAGEMENT RUN");
    sample.0.place.name(&bootstrap, "BOOTSTRAP RUN");
    sample.0.place.transcript();

    sample.undo(&[]).success();
    assert_eq!(sample.files(), bootstrapped, "the newest run is undone");
    sample.undo(&[]).success();
    assert_eq!(sample.files(), managed, "undoing is undone, and brings back what was removed");
    sample.undo(&[&bootstrap]).exits(40);
    assert_eq!(sample.files(), managed);

    sample.undo(&[&management]).success();
    sample.undo(&[&bootstrap]).success();
    assert_eq!(sample.files(), fresh);
    let before = sample.0.tree();
    sample.undo(&[&bootstrap]).success();
    sample.untouched(&before);
    snapshot!(sample.0.place.transcript());
    // The backup of an interrupted run is not a run to undo.
    fs::create_dir_all(sample.aws().join("backups/20990101T000000Z/aws")).expect("a folder without a record");
    sample.undo(&[]).success();
    assert_eq!(sample.files(), bootstrapped);
    sample.undo(&[]).success();
    assert_eq!(sample.files(), fresh, "the newest is the undoing, though another folder is named after a later time");
}

#[test]
fn undo_list_shows_runs() {
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
    assert_eq!(runs[2]["not_restorable"], "the run has no record");

    sample.0.place.name(configured, "BOOTSTRAP RUN");
    sample.0.place.name("20200101T000000Z", "OLD RUN");
    sample.0.place.name("20200102T000000Z", "NO RUN");
    sample.0.place.transcript();
    sample.undo(&["--list"]).success();
    sample.undo(&["20200101T000000Z"]).exits(40);
    sample.undo(&["20200102T000000Z"]).exits(2);
    sample.undo(&["--list", "--dry-run"]).exits(2);
    sample.untouched(&before);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn undo_without_runs_writes_nothing() {
    let sample = Sample::new();
    let before = sample.0.tree();
    sample.undo(&[]).exits(40);
    sample.undo(&["--dry-run"]).exits(40);
    sample.undo(&["--list"]).success();
    assert_eq!(sample.undo(&["--json"]).exits(40).json()["error"]["kind"], "files");
    sample.untouched(&before);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn undo_refuses_files_changed_since() {
    let sample = Sample::new();
    sample.configure("BOOTSTRAP", &[]).success();
    sample.0.place.transcript();
    let variables = sample.0.project.root.join("config/common.tfvars");
    let credentials = sample.aws().join("credentials");
    for path in [&variables, &credentials] {
        let ours = fs::read(path).expect("a file that was written");
        fs::write(path, [ours.as_slice(), b"# mine\n"].concat()).expect("a file that can be written");
        let before = sample.0.tree();
        sample.undo(&[]).exits(40);
        sample.undo(&["--dry-run"]).exits(40);
        sample.untouched(&before);
        fs::write(path, ours).expect("a file that can be written");
    }
    fs::rename(&credentials, credentials.with_extension("moved")).expect("the owner may do that");
    std::os::unix::fs::symlink(credentials.with_extension("moved"), &credentials).expect("a link");
    sample.undo(&[]).exits(40);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn undo_refuses_a_damaged_backup() {
    let sample = Sample::new();
    sample.configure("BOOTSTRAP", &[]).success();
    let copy = sample.aws().join("backups").join(&sample.runs()[0]).join("project/config/common.tfvars");
    fs::write(&copy, "rotten").expect("the owner may do that");
    let before = sample.0.tree();
    sample.0.place.transcript();
    sample.undo(&[]).exits(40);
    sample.untouched(&before);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn undo_dry_run_shows_the_difference_without_secrets() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let before = sample.0.tree();
    sample.0.place.transcript();
    let outcome = sample.undo(&["--dry-run"]).success();
    sample.shows_no_secret(&outcome);
    snapshot!(sample.0.place.transcript());
    let outcome = sample.undo(&["--dry-run", "-vv"]).success();
    sample.shows_no_secret(&outcome);
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
fn undo_outside_a_project_needs_the_short_name() {
    let sample = Sample::new();
    let before = sample.files();
    sample.configure("BOOTSTRAP", &[]).success();
    let elsewhere = sample.0.project.home.clone();
    let undo = |answer: &str| {
        sample.0.command().args(["credentials", "undo", "--answer", answer]).folder(&elsewhere).outcome()
    };
    sample.0.place.transcript();
    undo("short-name=EX").exits(2);
    undo("short-name=zz").exits(40);
    undo("short-name=ex").success();
    assert_eq!(sample.files(), before);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn interrupted_run_is_rolled_back_by_the_next_that_writes() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("MANAGEMENT", &[]).success();
    let managed = sample.files();
    sample.unfinish();
    let before = sample.0.tree();
    sample.0.place.transcript();
    sample.configure("MANAGEMENT", &["--dry-run", "--overwrite-existing-credentials"]).success();
    sample.undo(&["--dry-run"]).success();
    sample.undo(&["--list"]).success();
    sample.untouched(&before);

    // The partly written keys are removed, so no question is asked.
    sample.configure("MANAGEMENT", &[]).success();
    assert_eq!(sample.files(), managed);
    assert_eq!(sample.runs().len(), 1);

    sample.unfinish();
    let outcome = sample.undo(&[]).success();
    assert_eq!((sample.files(), outcome.stdout.as_str()), (fresh, ""));
    snapshot!(sample.0.place.transcript());
}

#[test]
fn failing_run_says_what_it_rolled_back() {
    let sample = Sample::new();
    let fresh = sample.files();
    sample.configure("MANAGEMENT", &[]).success();
    sample.unfinish();
    let wrong = sample.0.project.home.join("wrong.csv");
    fs::write(&wrong, "not keys").expect("a file");
    let wrong = wrong.display().to_string();
    sample.0.place.transcript();
    let configure = ["credentials", "configure", "--type", "MANAGEMENT", "--credentials-file", &wrong];
    sample.0.command().args(configure).outcome().exits(12);
    snapshot!(sample.0.place.transcript());
    fs::remove_file(wrong).expect("a file");
    assert_eq!(sample.files(), fresh);
}

#[test]
fn unreadable_journal_stops_every_run() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let journal = sample.aws().join(".journal");
    sample.0.place.transcript();
    for text in ["{\"version\": 1, ", "{\"version\": 7}"] {
        fs::write(&journal, text).expect("a file");
        let before = sample.0.tree();
        sample.configure("MANAGEMENT", &["--overwrite-existing-credentials"]).exits(40);
        sample.undo(&[]).exits(40);
        sample.untouched(&before);
    }
    snapshot!(sample.0.place.transcript());
}

#[test]
fn run_that_cannot_write_leaves_files_unchanged() {
    let sample = Sample::new();
    let variables = sample.0.project.root.join("config/common.tfvars");
    fs::set_permissions(&variables, Permissions::from_mode(0o444)).expect("the owner may do that");
    let before = sample.0.tree();
    sample.configure("BOOTSTRAP", &[]).exits(40);
    sample.untouched(&before);
    snapshot!(sample.0.place.transcript());
}

#[test]
fn run_without_changes_leaves_no_journal_and_no_record() {
    let sample = Sample::new();
    sample.configure("MANAGEMENT", &[]).success();
    let before = sample.0.tree();
    sample.configure("MANAGEMENT", &["--overwrite-existing-credentials"]).success();
    sample.untouched(&before);
}
