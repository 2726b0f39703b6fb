//! Hostile texts from AWS, the project's files, the `.csv` file and the command line: each is refused with an error, or
//! written so that the real readers find exactly this text. None reaches the terminal unescaped.

use leverage::error::visible::{is_safe, safe};
use leverage::sandbox::Config;
use leverage_tests::counterparts::{profiles, read_state};
use leverage_tests::program::{Outcome, Run};
use leverage_tests::world::World;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;

/// Hostile values in place of a name.
const HOSTILE: [&str; 24] = [
    "x\n[evil]\naws_access_key_id = AKIAEVILEVILEVILEVIL",
    "x]\r\n[profile evil]\r\ncredential_process = evil",
    "]",
    "[evil]",
    "\"",
    "'",
    "\\",
    "\"\n}\nevil = {\n",
    "\" }, evil = { id = \"1",
    "${file(\"/etc/passwd\")}",
    "%{ if true }evil%{ endif }",
    "$${x}",
    "\u{1b}[2J\u{1b}]0;evil\u{7}",
    "\u{9b}31mevil",
    "evil\0",
    "\u{202e}live",
    "\u{2066}live\u{2069}",
    "\u{200f}\u{61c}live\u{200e}",
    "evil: {id: 1}\n- evil",
    "# evil",
    "; evil",
    "a\u{2028}evil = 1",
    "a\u{85}evil = 1",
    "<<EVIL\nevil\nEVIL",
];

/// A project and an AWS with a hostile text.
struct Scene(World);

impl Scene {
    fn new(config: Config) -> Self {
        Self(World::start(config))
    }

    fn put(&self, path: &str, text: &str) {
        self.0.put(path, text);
    }

    /// Runs `credentials configure`, and checks that it prints no control characters.
    fn configure(&self, arguments: &[&str]) -> Outcome {
        let keys = self.0.project.keys_of(&self.0.sandbox.users().management);
        let keys = ["--credentials-file".as_ref(), keys.as_os_str()];
        let own = arguments.contains(&"--credentials-file");
        let outcome = self
            .0
            .command()
            .args(["credentials", "configure"])
            .args(if arguments.contains(&"--type") { &[][..] } else { &["--type", "MANAGEMENT"] })
            .args(arguments)
            .args(keys.iter().copied().filter(|_| !own).collect::<Vec<&OsStr>>())
            .outcome();
        is_shown_safely(&outcome);
        outcome
    }

    /// What the real readers find, after a check that no unexpected profile exists.
    fn state(&self) -> Value {
        let aws = self.0.place.aws();
        let all = ["config", "credentials", "tfvars", "project_yaml"];
        let state = read_state(&aws, &self.0.project.root, &all);
        let sections = |file: &str| state[file].as_object().into_iter().flat_map(|sections| sections.keys()).cloned();
        for section in sections("config") {
            assert!(section.starts_with("profile ex-"), "{section:?} in {state}");
        }
        assert_eq!(sections("credentials").collect::<Vec<_>>(), ["ex-management"], "{state}");
        let evil = |value: &Value| value.to_string().contains("AKIAEVIL") || value.get("credential_process").is_some();
        for file in ["config", "credentials"] {
            let mut settings = state[file].as_object().into_iter().flat_map(|sections| sections.values());
            assert!(!settings.any(evil), "{state}");
        }
        // Botocore's list is another reader, which merges both files.
        assert!(profiles(&aws).iter().all(|name| name.starts_with("ex-")), "{state}");
        assert!(state["tfvars"].get("evil").is_none() && state["project_yaml"].get("evil").is_none(), "{state}");
        state
    }

    /// Whether no profile was written.
    fn is_untouched(&self) -> bool {
        self.0.credentials().is_none()
    }
}

#[track_caller]
fn is_shown_safely(outcome: &Outcome) {
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        assert!(is_safe(line), "{line:?}");
    }
    let panicked = outcome.stderr.contains("panicked") || outcome.code == 70;
    assert!(!panicked, "{outcome:?}");
}

/// The run succeeded, or failed with a documented exit code and a message.
#[track_caller]
fn is_done(outcome: &Outcome, scene: &Scene) -> bool {
    if outcome.code == 0 {
        return true;
    }
    assert!((2..=40).contains(&outcome.code), "{outcome:?}");
    assert!(outcome.stderr.contains("error: "), "{outcome:?}");
    assert!(scene.is_untouched(), "a run that fails writes nothing: {outcome:?}");
    false
}

#[test]
fn hostile_account_names_and_emails_are_inert() {
    let mut written = 0;
    for hostile in HOSTILE {
        let further = vec![(hostile.to_owned(), hostile.to_owned()), ("plain".to_owned(), format!("{hostile}@x"))];
        let scene = Scene::new(Config { further, ..Config::default() });
        let outcome = scene.configure(&[]);
        if !is_done(&outcome, &scene) {
            continue;
        }
        let state = scene.state();
        assert_eq!(state["config"].as_object().map(serde_json::Map::len), Some(6), "{hostile:?}: {state}");
        let accounts = state["tfvars"]["accounts"].as_object().expect("the accounts");
        assert_eq!(accounts.len(), 6, "{hostile:?}: {state}");
        let email = state["tfvars"]["accounts"]["plain"]["email"].as_str().expect("an email");
        assert_eq!(email, as_hcl2_gives(&format!("{hostile}@x")), "{state}");
        written += 1;
    }
    let inert = HOSTILE.iter().filter(|hostile| is_safe(hostile)).count();
    assert_eq!(written, inert, "what a terminal would not obey is written inertly");
}

/// A string as python-hcl2 returns it: unchanged if it could be a template.
fn as_hcl2_gives(text: &str) -> String {
    if !text.contains("${") && !text.contains("%{") {
        return text.to_owned();
    }
    text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{")
}

#[test]
fn account_name_of_a_megabyte_is_written_or_refused() {
    let name = "a".repeat(1 << 20);
    let scene = Scene::new(Config { further: vec![(name.clone(), name.clone())], ..Config::default() });
    let outcome = scene.configure(&[]);
    if is_done(&outcome, &scene) {
        let state = scene.state();
        assert!(state["config"].get(format!("profile ex-{name}-oaar")).is_some());
        assert!(state["tfvars"]["accounts"][&name]["email"] == name);
    }
}

#[test]
fn hostile_names_in_project_files_are_inert() {
    for hostile in HOSTILE {
        // JSON is also YAML, and HCL except for templates.
        let yaml = serde_json::to_string(hostile).expect("a string");
        let hcl = yaml.replace("${", "$${").replace("%{", "%%{");
        for (short, long, region, account) in [
            (yaml.as_str(), "\"example\"", "\"us-east-1\"", "\"shared\""),
            ("\"ex\"", yaml.as_str(), "\"us-east-1\"", "\"shared\""),
            ("\"ex\"", "\"example\"", yaml.as_str(), "\"shared\""),
            ("\"ex\"", "\"example\"", "\"us-east-1\"", yaml.as_str()),
        ] {
            let scene = Scene::new(Config::default());
            scene.put("build.env", "");
            scene.put(
                "project.yaml",
                &format!(
                    "short_name: {short}\nproject_name: {long}\nregion: {region}\norganization:\n  accounts:\n  - \
                     name: {account}\n    email: {yaml}\n    id: \"999999999999\"\n"
                ),
            );
            let accounts = if account == yaml { &hcl } else { account };
            scene.put("config/common.tfvars", &format!("accounts = {{\n  {accounts} = {{ email = {hcl} }}\n}}\n"));
            let outcome = scene.configure(&[]);
            if is_done(&outcome, &scene) {
                let state = scene.state();
                let accounts = state["tfvars"]["accounts"].as_object().expect("the accounts");
                // U+0085 ends a line in YAML but not in HCL, so the files then name two accounts.
                let one_name = !hostile.contains('\u{85}');
                assert!(!one_name || accounts.values().all(|account| account["id"].is_string()), "{state}");
            } else {
                assert!(!outcome.stderr.contains(hostile) || is_safe(hostile), "{outcome:?}");
            }
        }
    }
}

#[test]
fn hostile_short_names_in_build_env_are_refused() {
    let scene = Scene::new(Config::default());
    scene.put("project.yaml", "primary_region: us-east-1\n");
    scene.put("config/common.tfvars", "");
    for hostile in HOSTILE {
        for text in [
            format!("PROJECT={hostile}\n"),
            format!("PROJECT='{hostile}'\n"),
            format!("PROJECT=\"{hostile}\"\nexport X=${{HOME}}\n"),
            format!("{hostile}\nPROJECT=$HOME\n"),
        ] {
            scene.put("build.env", &text);
            let outcome = scene.configure(&[]);
            assert!(outcome.code != 0 && !is_done(&outcome, &scene), "{text:?}: {outcome:?}");
            let home = scene.0.project.home.to_string_lossy();
            assert!(!outcome.stderr.contains(&*home), "a variable is shown: {outcome:?}");
        }
    }
}

#[test]
fn hostile_csv_fields_are_refused() {
    for hostile in HOSTILE {
        let scene = Scene::new(Config::default());
        let key = &scene.0.sandbox.users().management.access_key;
        let quoted = format!("\"{}\"", hostile.replace('"', "\"\""));
        let (id, secret) = (&key.id, &key.secret);
        let path = scene.0.project.root.join("keys.csv");
        for (row, is_right) in [
            (format!("{quoted},{id},{secret}"), true),
            (format!("me,{quoted},{secret}"), false),
            (format!("me,{id},{quoted}"), false),
            (format!("me,\"{id}{}\",{secret}", &quoted[1..]), false),
        ] {
            fs::write(&path, format!("User name,Access key ID,Secret access key\r\n{row}\r\n")).expect("a file");
            let outcome = scene.configure(&["--credentials-file", path.to_str().expect("a path")]);
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(!shown.contains(secret.as_str()), "{shown}");
            if is_right {
                assert_eq!(outcome.code, 0, "{outcome:?}");
                scene.state();
                fs::remove_dir_all(scene.0.project.home.join(".aws")).expect("what was written");
            } else {
                assert_eq!(outcome.code, 12, "{outcome:?}");
                assert!(scene.is_untouched());
            }
        }
    }
}

#[test]
fn hostile_mfa_serials_are_inert() {
    for hostile in HOSTILE {
        let serial = format!("arn:aws:iam::111122223333:mfa/{hostile}");
        let scene = Scene::new(Config { mfa_serial: Some(serial.clone()), ..Config::default() });
        let outcome = scene.configure(&["--fetch-mfa-device"]);
        if is_done(&outcome, &scene) {
            let state = scene.state();
            for settings in state["config"].as_object().expect("profiles").values() {
                let read = settings["mfa_serial"].as_str().expect("a serial");
                // XML cannot contain every character, so the sandbox sends another.
                let sent = |text: &str| text.replace(['\0', '\u{1b}', '\u{7}'], "\u{fffd}");
                assert_eq!(read, sent(&serial), "{state}");
            }
        }
        // A serial from the command line must be one of the user's devices.
        let scene = Scene::new(Config::default());
        if !hostile.contains('\0') {
            let outcome = scene.configure(&["--fetch-mfa-device", "--mfa-serial", hostile]);
            assert!(outcome.code == 30 && scene.is_untouched(), "{outcome:?}");
        }
    }
}

#[test]
fn hostile_folder_names_are_escaped_in_traces() {
    for hostile in HOSTILE.iter().filter(|hostile| !hostile.contains(['\0', '/'])) {
        let scene = Scene::new(Config::default());
        let folder = scene.0.place.path(hostile);
        fs::rename(&scene.0.project.root, &folder).expect("a folder of any name");
        let keys = scene.0.project.keys_of(&scene.0.sandbox.users().management);
        let outcome = Run::leverage(&scene.0.place, &scene.0.sandbox.endpoint_url())
            .folder(&folder)
            .args(["credentials", "configure", "--type", "MANAGEMENT", "--dry-run", "-vv", "--credentials-file"])
            .args([keys])
            .outcome();
        is_shown_safely(&outcome);
        let reading = outcome.stderr.lines().find(|line| line.contains("reading the project"));
        let shown = reading.unwrap_or_else(|| panic!("{outcome:?}"));
        assert!(shown.ends_with(&safe(&format!("{hostile}/project.yaml"))), "{shown:?}");
    }
}

#[test]
fn hostile_arguments_are_refused() {
    let scene = Scene::new(Config::default());
    for name in ["project.yaml", "build.env", "config/common.tfvars"] {
        scene.put(name, "");
    }
    for hostile in HOSTILE.iter().filter(|hostile| !hostile.contains('\0')) {
        let (short, region) = (format!("short-name={hostile}"), format!("region={hostile}"));
        for arguments in [
            vec!["--answer", &short],
            vec!["--answer", "short-name=ex", "--answer", &region],
            vec!["--type", hostile],
            vec!["--answer", hostile],
            vec![hostile],
            vec!["--credentials-file", hostile, "--answer", "short-name=ex", "--answer", "region=us-east-1"],
        ] {
            let outcome = scene.configure(&arguments);
            assert!(outcome.code != 0 && !is_done(&outcome, &scene), "{arguments:?}: {outcome:?}");
        }
    }
}
