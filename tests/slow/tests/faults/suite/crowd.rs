//! Many writers at once: every acknowledged change must be in the files, and a reader must never see a partial change.

use leverage::effects::run_until_interrupted;
use leverage::sandbox::{Config, FaultKind, Sandbox, User};
use leverage_aws::SdkProfiles;
use leverage_tests::moto::Keys;
use leverage_tests::place::Place;
use leverage_tests::program::{Outcome, Run, code};
use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::figures;

/// The number of concurrent writers.
const WRITERS: usize = 64;

/// The settings of a role's profile.
const SETTINGS: [&str; 4] = ["output", "region", "role_arn", "source_profile"];

/// Starts all writers in the same folder, while a reader reads continuously. Each writes its own account, and half of them
/// use another type.
pub fn check() {
    // Each project's files define the accounts.
    let faults = vec![FaultKind::NoOrganization.into()];
    let sandbox = Sandbox::start(Config { faults, seed: Some(64), ..Config::default() }).expect("a sandbox");
    let place = Place::new();
    let done = AtomicBool::new(false);
    let (acknowledged, reads) = thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(&place, &done));
        let children: Vec<Child> = (0..WRITERS).map(|number| start(&place, &sandbox, number)).collect();
        let outcomes: Vec<Outcome> = children.into_iter().map(outcome).collect();
        done.store(true, Ordering::Relaxed);
        let mut acknowledged = 0;
        let last = fs::read_to_string(place.aws().join("config")).expect("somebody wrote it");
        for (number, outcome) in outcomes.iter().enumerate() {
            match outcome.code {
                0 => {
                    acknowledged += 1;
                    let profile = profile_of(number);
                    assert!(
                        names(&last).contains(&profile.as_str()),
                        "{profile} was acknowledged and is lost:\n{last}"
                    );
                }
                // A writer that waited too long reports it, and has written nothing.
                40 if outcome.stderr.contains(".lock") => {}
                _ => panic!("writer {number}: {outcome:#?}"),
            }
        }
        (acknowledged, reader.join().expect("a reader that finds nothing torn"))
    });
    let read = |name| fs::read_to_string(place.aws().join(name)).expect("somebody wrote it");
    let profiles =
        run_until_interrupted(SdkProfiles::parse(&read("config"), &read("credentials"))).expect("valid files");
    for name in names(&read("config")) {
        assert!(profiles.get(name).is_some(), "the AWS SDK finds {name}");
    }
    assert!(acknowledged > WRITERS / 2, "{acknowledged} of {WRITERS} only");
    figures::add("writers at once that were acknowledged", acknowledged);
    println!(
        "{WRITERS} writers at once: {acknowledged} acknowledged, {} waited too long and said so, {reads} reads; \
         0 lost, 0 torn",
        WRITERS - acknowledged
    );
}

fn is_security(number: usize) -> bool {
    number % 2 == 1
}

fn profile_of(number: usize) -> String {
    format!("ex-w{number:02}-{}", if is_security(number) { "devops" } else { "oaar" })
}

/// Starts a writer in its own project.
fn start(place: &Place, sandbox: &Sandbox, number: usize) -> Child {
    let folder = format!("projects/{number}");
    let project = place.path(&folder);
    fs::create_dir_all(project.join(".git")).expect("a temporary folder can be written");
    let account = format!("2000000000{number:02}");
    let (management, security) = (&sandbox.organization().management.id, &sandbox.organization().security.id);
    let yaml = format!(
        "project_name: example\nshort_name: ex\nprimary_region: us-east-1\norganization:\n  accounts:\n  \
         - name: management\n    email: aws@example.com\n    id: \"{management}\"\n  \
         - name: security\n    email: aws+security@example.com\n    id: \"{security}\"\n  \
         - name: w{number:02}\n    email: aws+w{number:02}@example.com\n    id: \"{account}\"\n"
    );
    fs::write(project.join("project.yaml"), yaml).expect("a temporary folder can be written");
    let users = sandbox.users();
    let (kind, user) =
        if is_security(number) { ("SECURITY", &users.security) } else { ("MANAGEMENT", &users.management) };
    let csv = project.join("keys.csv");
    fs::write(&csv, keys(user)).expect("a temporary folder can be written");
    let run = Run::leverage(place, &sandbox.endpoint_url()).folder(&project);
    let run = run.args(["credentials", "configure", "--type", kind, "--overwrite-existing-credentials"]);
    let mut command = run.args(["--credentials-file"]).args([csv]).into_command();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// The `.csv` file with a user's keys, as the console writes it.
pub fn keys(user: &User) -> String {
    let Keys { id, secret } = Keys { id: user.access_key.id.clone(), secret: user.access_key.secret.clone() };
    format!("Access key ID,Secret access key\n{id},{secret}\n")
}

fn outcome(child: Child) -> Outcome {
    let output = child.wait_with_output().expect("a child can be waited for");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Outcome { code: code(output.status), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The profiles in the text of a config file.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']')).collect()
}

/// Reads the config file until `done`: each profile is complete, and none disappears. Returns the number of reads.
fn read_until(place: &Place, done: &AtomicBool) -> usize {
    let config = place.aws().join("config");
    let (mut reads, mut seen) = (0, BTreeSet::new());
    while !done.load(Ordering::Relaxed) {
        let Ok(text) = fs::read_to_string(&config) else { continue };
        reads += 1;
        assert!(text.ends_with('\n'), "torn:\n{text}");
        for profile in text.split("[profile ").skip(1) {
            let whole = SETTINGS.iter().all(|setting| profile.contains(&format!("\n{setting} = ")));
            assert!(whole, "torn: {profile}");
        }
        let now: BTreeSet<String> = names(&text).into_iter().map(str::to_owned).collect();
        assert!(now.is_superset(&seen), "{:?} are lost", seen.difference(&now));
        seen = now;
    }
    reads
}
