//! One project, several environments: what is written in each, and what the configuration's commands say.

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::core::answers::Answer;
use leverage::error::Kind;
use leverage::plugins::{Plugin, Registry, builtin};
use leverage::sandbox::{Config, Sandbox, project};
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::Refused;
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::Nobody;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk;
use leverage_tests::program::{self, code};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// An output that writes what it was told.
struct Echo;

impl OutputTarget for Echo {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("echo", "The options that it was given")
    }

    fn render(&self, request: &Request, _: &Plan, _: &Facts) -> Step<Changes> {
        let mut changes = Changes::none();
        let text = serde_json::to_string(&request.options.settings).expect("settings are JSON");
        changes.write(Root::Project, "echo.json", None, text);
        Ok(changes)
    }
}

define_plugin! {
    /// Writes what it was told.
    pub ECHO = "echo", outputs: [Echo], lookups: &[]
}

/// The environments of the project in these tests.
const ENVIRONMENTS: &str = r#"
[profiles]
name = "{short_name}-{account}-{suffix}"

[environments.laptop.types.MANAGEMENT.settings]
cli_auto_prompt = "on-partial"

[environments.ci]
outputs = ["aws-cli-files"]
profiles.name = "ci/{ou}/{account}"

[environments.ci.types.MANAGEMENT]
role = "ci/Deploy"
session_duration = 900
external_id = "pipeline-1"
regions = { network = "eu-west-1" }
accounts = { exclude = ["shared"], include_ous = ["Infra*", "Workloads/Prod"] }

[environments.restricted]
outputs = ["terraform-vars"]
"#;

/// A sandbox of six accounts and its sample project.
struct World {
    sandbox: Sandbox,
    project: project::Project,
    _folder: tempfile::TempDir,
}

/// What the program said, and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl World {
    fn new(configuration: &str) -> Self {
        let sandbox = Sandbox::start(Config { accounts: 6, ..Config::default() }).expect("a sandbox");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = project::write(folder.path(), &sandbox).expect("a sample project");
        fs::write(project.root.join("leverage.toml"), configuration).expect("a configuration");
        Self { sandbox, project, _folder: folder }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program::leverage());
        command.env_clear().envs(self.project.environment(&self.sandbox)).current_dir(&self.project.root);
        command
    }

    /// Runs the program under test.
    fn run(&self, arguments: &[&str]) -> Said {
        said(self.command().args(arguments))
    }

    /// Sets up MANAGEMENT.
    fn configure(&self, arguments: &[&str]) -> Said {
        let keys = self.project.keys_of(&self.sandbox.users().management);
        let mut command = self.command();
        command.args(["credentials", "configure", "--type", "management", "--overwrite-existing-credentials"]);
        said(command.arg("--credentials-file").arg(keys).args(arguments))
    }

    /// The text of the config file, if there is one.
    fn config(&self) -> Option<String> {
        fs::read_to_string(self.project.home.join(".aws/ex/config")).ok()
    }

    /// The names of the profiles in the config file.
    fn profiles(&self) -> BTreeSet<String> {
        let config = self.config().unwrap_or_default();
        let names = config.lines().filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']'));
        names.map(str::to_owned).collect()
    }

    fn variables(&self) -> String {
        fs::read_to_string(self.project.root.join("config/common.tfvars")).expect("the Terraform variables")
    }

    fn id(&self, aws_name: &str) -> &str {
        let mut accounts = self.sandbox.organization().accounts();
        &accounts.find(|account| account.name == aws_name).expect("an account of the sandbox").id
    }

    /// A profile as it is written.
    fn profile(&self, name: &str, region: &str, aws_name: &str, role: &str, more: &str) -> String {
        let id = self.id(aws_name);
        format!(
            "[profile {name}]\noutput = json\nregion = {region}\nrole_arn = arn:aws:iam::{id}:role/{role}\n\
             source_profile = ex-management\n{more}"
        )
    }
}

fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a program writes UTF-8");
    Said { code: code(output.status), out: text(output.stdout), err: text(output.stderr) }
}

impl Said {
    #[track_caller]
    fn expect(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in\n{}", self.err);
        }
        self
    }
}

#[test]
fn each_environment_writes_its_own_files() {
    let laptop = World::new(ENVIRONMENTS);
    let before = laptop.variables();
    laptop.configure(&["--env", "laptop"]).expect(0, &[]);
    let profile = |name: &str, aws_name: &str| {
        let name = format!("ex-{name}-oaar");
        let more = "cli_auto_prompt = on-partial\n";
        laptop.profile(&name, "us-east-1", aws_name, "OrganizationAccountAccessRole", more)
    };
    let expected = [
        ("management", "Example Inc."),
        ("security", "example-security"),
        ("shared", "example-shared"),
        ("network", "example-network"),
        ("app-001", "example-app-001"),
        ("app-002", "example-app-002"),
    ];
    assert_eq!(laptop.config().unwrap(), expected.map(|(name, aws_name)| profile(name, aws_name)).join("\n"));
    assert!(laptop.variables() != before, "the account ids are recorded");

    let ci = World::new(ENVIRONMENTS);
    said(ci.command().env("LEVERAGE_ENV", "ci").args([
        "credentials",
        "configure",
        "--type",
        "management",
        "--credentials-file",
        ci.project.keys_of(&ci.sandbox.users().management).to_str().unwrap(),
    ]))
    .expect(0, &[]);
    let more = "external_id = pipeline-1\nduration_seconds = 900\n";
    let profile = |name: &str, region: &str, aws_name: &str| ci.profile(name, region, aws_name, "ci/Deploy", more);
    let expected = [
        profile("ci/Infrastructure/network", "eu-west-1", "example-network"),
        profile("ci/Workloads-Prod/app-001", "us-east-1", "example-app-001"),
    ];
    assert_eq!(ci.config().unwrap(), expected.join("\n"));
    assert!(ci.variables() == before, "CI writes nothing into the project");

    let restricted = World::new(ENVIRONMENTS);
    // The flag wins over the variable.
    let keys = restricted.project.keys_of(&restricted.sandbox.users().management);
    let mut command = restricted.command();
    command.env("LEVERAGE_ENV", "ci").args(["credentials", "configure", "--type", "management", "--env", "restricted"]);
    said(command.arg("--credentials-file").arg(keys)).expect(0, &[]);
    assert!(!restricted.project.home.join(".aws/ex/config").exists(), "nothing is written outside of the project");
    assert!(!restricted.project.home.join(".aws/ex/credentials").exists(), "nor are the keys");
    assert_eq!(restricted.variables(), laptop.variables());
}

#[test]
fn without_a_choice_the_default_environment_runs_and_a_second_run_writes_nothing() {
    let plain = World::new("");
    plain.configure(&[]).expect(0, &[]);
    let world = World::new(ENVIRONMENTS);
    world.configure(&[]).expect(0, &[]);
    assert_eq!((world.config(), world.variables()), (plain.config(), plain.variables()));
    let again = world.configure(&[]).expect(0, &[]);
    assert!(again.out.contains("Every file is up to date"), "{}", again.out);
    // The organization's units cost requests: nobody asks who does not need them.
    assert!(!world.sandbox.requests().iter().any(|name| name.ends_with("ForParent")));
}

#[test]
fn a_single_run_overrides_what_the_environment_says() {
    let world = World::new(ENVIRONMENTS);
    let variables = world.variables();
    world.configure(&["--output", "aws-cli-files", "--role-name", "Auditor", "--account", "app-*"]).expect(0, &[]);
    assert_eq!(world.profiles(), ["ex-app-001-oaar", "ex-app-002-oaar"].map(str::to_owned).into());
    assert!(world.config().unwrap().contains(":role/Auditor\n"));
    assert_eq!(world.variables(), variables);

    world.configure(&["--account", "nope", "--account", "shared"]).expect(0, &["no account matches \"nope\""]);
    world.configure(&["--account", "nope"]).expect(30, &["all accounts are excluded", "management, security, shared"]);
    world.configure(&["--role-name", "a b"]).expect(2, &["no role's name"]);
}

#[test]
fn what_there_is_not_is_told_before_anything_is_asked() {
    let world = World::new(&format!("{ENVIRONMENTS}[environments.broken]\noutputs = [\"aws-cli-file\"]\n"));
    world.configure(&["--env", "restrict"]).expect(
        2,
        &[
            "no environment \"restrict\" (--env)",
            "did you mean `restricted`?",
            "default, broken, ci, laptop, restricted",
        ],
    );
    let add = "`leverage plugin add FILE`";
    world.configure(&["--env", "broken"]).expect(2, &["leverage.toml, line 22, column 1: ", "\"aws-cli-file\"", add]);
    world.configure(&["--output", "x"]).expect(2, &["--output: there is no output target \"x\"", "project-yaml", add]);

    let world = World::new("[types.MANAGMENT]\nrole = \"x\"\n");
    let words =
        ["leverage.toml, line 2, column 1: there is no credential type MANAGMENT", "did you mean `MANAGEMENT`?"];
    world.configure(&[]).expect(10, &words);
    let world = World::new("[environments.ci]\noutput = []\n");
    let words = ["leverage.toml, line 2, column 1: there is no key `output` here", "did you mean `outputs`?"];
    world.configure(&[]).expect(10, &words);
    world.run(&["config", "show"]).expect(10, &words);
    let world = World::new("[types.MANAGEMENT.settings]\ncredential_process = \"./evil\"\n");
    world.configure(&[]).expect(10, &["leverage.toml, line 2, column 1: a project may not set `credential_process`"]);
    assert_eq!(world.sandbox.requests(), Vec::<String>::new());
}

#[test]
fn units_that_may_not_be_read_stop_a_run_that_needs_them() {
    let faults = vec!["access-denied=1@ListAccountsForParent".parse().expect("a fault")];
    let sandbox = Sandbox::start(Config { accounts: 6, faults, ..Config::default() }).expect("a sandbox");
    let world = World { sandbox, ..World::new("") };
    // The project's keys are those of the first sandbox.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = project::write(folder.path(), &world.sandbox).expect("a sample project");
    let world = World { project, _folder: folder, ..world };
    fs::write(world.project.root.join("leverage.toml"), ENVIRONMENTS).expect("a configuration");
    let words = ["not allowed to read the organizational units", "AccessDenied", "ListAccountsForParent", "`{ou}`"];
    world.configure(&["--env", "ci"]).expect(30, &words);
    assert_eq!(world.config(), None);
    world.configure(&[]).expect(0, &[]);
}

#[test]
fn ones_own_configuration_lies_below_the_projects() {
    let world = World::new("[types.MANAGEMENT]\nsuffix = \"project\"\n");
    let own = world.project.home.join(".config/leverage");
    fs::create_dir_all(&own).unwrap();
    let text = "[types.MANAGEMENT]\nrole = \"Mine\"\nsuffix = \"mine\"\nsettings = { cli_pager = \"less\" }\n";
    fs::write(own.join("config.toml"), text).unwrap();
    world.configure(&["--account", "shared"]).expect(0, &[]);
    let expected = world.profile("ex-shared-project", "us-east-1", "example-shared", "Mine", "cli_pager = less\n");
    assert_eq!(world.config().unwrap(), expected);

    let shown = world.run(&["config", "show", "--json"]).expect(0, &[]);
    let shown: Value = serde_json::from_str(&shown.out).expect("JSON");
    let setting = |key: &str| {
        let mut settings = shown["settings"].as_array().expect("settings").iter();
        settings.find(|setting| setting["key"] == key).unwrap_or_else(|| panic!("{key}: {shown}")).clone()
    };
    assert_eq!(setting("types.MANAGEMENT.suffix")["from"], "leverage.toml:2");
    assert_eq!(setting("types.MANAGEMENT.role")["value"], "Mine");
    assert_eq!(setting("types.MANAGEMENT.role")["from"], format!("{}:2", own.join("config.toml").display()));
    assert_eq!(setting("environment")["from"], "default");
    assert_eq!(setting("outputs")["value"][0], "aws-cli-files");

    let text =
        said(world.command().env("LEVERAGE_ENV", "default").args(["config", "show", "--output", "project-yaml"]));
    let text = text.expect(0, &[]).out;
    assert!(text.contains("LEVERAGE_ENV") && text.contains("[\"project-yaml\"]  --output"), "{text}");
}

#[test]
fn a_new_configuration_is_written_once() {
    let world = World::new("");
    let path = world.project.root.join("leverage.toml");
    world.run(&["config", "init"]).expect(40, &["exists already"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    fs::remove_file(&path).unwrap();
    // At the repository's root, wherever the command runs.
    fs::create_dir(world.project.root.join(".git")).unwrap();
    said(world.command().current_dir(world.project.root.join("config")).args(["config", "init"])).expect(0, &[]);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("#[environments.default]\n"), "{text}");
    world.configure(&[]).expect(0, &[]);
}

/// Runs MANAGEMENT in the library, with plugins that are not built in.
fn embedded(world: &World, plugins: [sdk::Plugin; 2], options: Options) -> leverage::error::Result<()> {
    let mut all = builtin()?;
    for plugin in plugins {
        all.push(Plugin::admit(Box::leak(Box::new(plugin.header())), plugin.id())?);
    }
    let effects = Effects {
        registry: &Registry::new(all)?,
        aws: &Sdk::new(Some(world.sandbox.endpoint_url()), Patience::default()),
        prompt: &Nobody,
        progress: &|_| {},
        print: &|_| {},
        say: &|_| {},
        commands: &Refused,
        environment: &|_| None,
        home: world.project.home.clone(),
        folder: world.project.root.clone(),
        now: Timestamp::now(),
    };
    let options = Options {
        credential_type: "MANAGEMENT".to_owned(),
        credentials_file: Some(world.project.keys_of(&world.sandbox.users().management)),
        answers: [Answer::new("credential-process-command", "vault {profile}")].into_iter().collect(),
        fetch_mfa_device: true,
        mfa_serial: Some("arn:aws:iam::111122223333:mfa/management".to_owned()),
        ..options
    };
    run_until_interrupted(configure(&options, &effects)).map(|_| ())
}

#[test]
fn outputs_that_share_a_file_are_chained_and_get_their_own_options_alone() {
    let plugins = [ECHO, leverage_plugin_credential_process::PLUGIN];
    let world = World::new(
        "[environments.default]\noutputs = [\n  \"credential-process\",\n  \"aws-cli-files\",\n  \
         { name = \"echo\", path = \"x\", deep = { on = true } },\n]\n",
    );
    embedded(&world, plugins, Options::default()).unwrap();
    let config = world.config().unwrap();
    assert!(config.contains("[profile ex-management]\ncredential_process = vault ex-management\n"), "{config}");
    assert_eq!(config.matches("[profile ex-shared-oaar]").count(), 1, "{config}");
    assert!(fs::read_to_string(world.project.home.join(".aws/ex/credentials")).unwrap().contains("[ex-management]"));
    let echo = || fs::read_to_string(world.project.root.join("echo.json")).unwrap();
    assert_eq!(echo(), r#"{"deep":{"on":true},"path":"x"}"#);

    let alone = |output: &str| Options { outputs: vec![output.to_owned()], ..Options::default() };
    fs::write(world.project.root.join("leverage.toml"), "").unwrap();
    fs::remove_dir_all(world.project.home.join(".aws")).unwrap();
    embedded(&world, plugins, alone("echo")).unwrap();
    assert_eq!(echo(), "{}", "what the type is told is not an output's");
    assert_eq!(embedded(&world, plugins, alone("none")).unwrap_err().kind, Kind::Usage);
}
