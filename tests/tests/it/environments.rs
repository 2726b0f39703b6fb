//! One project with several environments: the written files of each, and the output of the `config` commands.

use leverage::ConfigureOptions;
use leverage::answers::Answer;
use leverage::builtin::plugins as builtin;
use leverage::error::Kind;
use leverage::plugins::{Plugin, Registry};
use leverage::sandbox::Config;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk;
use leverage_tests::program::Outcome;
use leverage_tests::snapshot;
use leverage_tests::world::World;
use std::collections::BTreeSet;
use std::fs;

/// An output that writes its options.
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
    /// Writes its options.
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

/// A world of six accounts.
struct Environments(World);

impl Environments {
    fn new(configuration: &str) -> Self {
        Self::start(Config::default(), configuration)
    }

    fn start(config: Config, configuration: &str) -> Self {
        let world = World::start(Config { accounts: 6, ..config });
        world.put("leverage.toml", configuration);
        Self(world)
    }

    /// Sets up MANAGEMENT.
    fn configure(&self, arguments: &[&str]) -> Outcome {
        self.0.configure("management", &[&["--overwrite-existing-credentials"], arguments].concat())
    }

    /// Sets up MANAGEMENT, with a choice in the environment.
    fn configure_with(&self, environment: &str, arguments: &[&str]) -> Outcome {
        let keys = self.0.project.keys_of(&self.0.sandbox.users().management);
        let run = self.0.command().env("LEVERAGE_ENV", environment).args(["credentials", "configure"]);
        run.args(["--type", "management", "--credentials-file"]).args([keys]).args(arguments).outcome()
    }

    /// The names of the profiles in the config file.
    fn profiles(&self) -> BTreeSet<String> {
        let config = self.0.config().unwrap_or_default();
        let names = config.lines().filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']'));
        names.map(str::to_owned).collect()
    }

    fn variables(&self) -> String {
        self.0.project_text("config/common.tfvars")
    }

    /// A profile as it is written.
    fn profile(&self, name: &str, region: &str, aws_name: &str, role: &str, more: &str) -> String {
        let mut accounts = self.0.sandbox.organization().accounts();
        let id = &accounts.find(|account| account.name == aws_name).expect("an account of the sandbox").id;
        format!(
            "[profile {name}]\noutput = json\nregion = {region}\nrole_arn = arn:aws:iam::{id}:role/{role}\n\
             source_profile = ex-management\n{more}"
        )
    }
}

#[test]
fn each_environment_writes_its_own_files() {
    let laptop = Environments::new(ENVIRONMENTS);
    let before = laptop.variables();
    laptop.configure(&["--env", "laptop"]).exits(0);
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
    assert_eq!(laptop.0.config().unwrap(), expected.map(|(name, aws_name)| profile(name, aws_name)).join("\n"));
    assert!(laptop.variables() != before, "the account ids are recorded");

    let ci = Environments::new(ENVIRONMENTS);
    ci.configure_with("ci", &[]).exits(0);
    let more = "external_id = pipeline-1\nduration_seconds = 900\n";
    let profile = |name: &str, region: &str, aws_name: &str| ci.profile(name, region, aws_name, "ci/Deploy", more);
    let expected = [
        profile("ci/Infrastructure/network", "eu-west-1", "example-network"),
        profile("ci/Workloads-Prod/app-001", "us-east-1", "example-app-001"),
    ];
    assert_eq!(ci.0.config().unwrap(), expected.join("\n"));
    assert!(ci.variables() == before, "CI writes nothing into the project");

    let restricted = Environments::new(ENVIRONMENTS);
    // The option overrides the variable.
    restricted.configure_with("ci", &["--env", "restricted"]).exits(0);
    assert_eq!(restricted.0.config(), None, "nothing is written outside of the project");
    assert_eq!(restricted.0.credentials(), None, "nor are the keys");
    assert_eq!(restricted.variables(), laptop.variables());
}

#[test]
fn default_environment_runs_without_a_choice_and_is_idempotent() {
    let plain = Environments::new("");
    plain.configure(&[]).exits(0);
    let world = Environments::new(ENVIRONMENTS);
    world.configure(&[]).exits(0);
    assert_eq!((world.0.config(), world.variables()), (plain.0.config(), plain.variables()));
    let again = world.configure(&[]).exits(0);
    snapshot!("configure_with_nothing_to_do", world.0.place.filter(&again.stdout));
    // Units cost requests, so they are read only if they are needed.
    assert!(!world.0.sandbox.requests().iter().any(|name| name.ends_with("ForParent")));
}

#[test]
fn options_override_the_environment_for_one_run() {
    let world = Environments::new(ENVIRONMENTS);
    let variables = world.variables();
    world.configure(&["--output", "aws-cli-files", "--role-name", "Auditor", "--account", "app-*"]).exits(0);
    assert_eq!(world.profiles(), ["ex-app-001-oaar", "ex-app-002-oaar"].map(str::to_owned).into());
    assert!(world.0.config().unwrap().contains(":role/Auditor\n"));
    assert_eq!(world.variables(), variables);

    world.configure(&["--account", "nope", "--account", "shared"]).exits(0);
    world.configure(&["--account", "nope"]).exits(30);
    world.configure(&["--role-name", "a b"]).exits(2);
    snapshot!(world.0.place.transcript());
}

#[test]
fn unknown_names_in_the_configuration_are_refused_before_any_request() {
    let world = Environments::new(&format!("{ENVIRONMENTS}[environments.broken]\noutputs = [\"aws-cli-file\"]\n"));
    world.configure(&["--env", "restrict"]).exits(2);
    world.configure(&["--env", "broken"]).exits(2);
    world.configure(&["--output", "x"]).exits(2);
    snapshot!("unknown_environments_and_outputs", world.0.place.transcript());

    let world = Environments::new("[types.MANAGMENT]\nrole = \"x\"\n");
    world.configure(&[]).exits(10);
    snapshot!("unknown_credential_type", world.0.place.transcript());
    let world = Environments::new("[environments.ci]\noutput = []\n");
    world.configure(&[]).exits(10);
    world.0.run(&["config", "show"]).exits(10);
    snapshot!("unknown_key", world.0.place.transcript());
    let world = Environments::new("[types.MANAGEMENT.settings]\ncredential_process = \"./evil\"\n");
    world.configure(&[]).exits(10);
    snapshot!("forbidden_setting", world.0.place.transcript());
    assert_eq!(world.0.sandbox.requests(), Vec::<String>::new());
}

#[test]
fn run_that_needs_units_fails_if_they_cannot_be_read() {
    let faults = vec!["access-denied=1@ListAccountsForParent".parse().expect("a fault")];
    let world = Environments::start(Config { faults, ..Config::default() }, ENVIRONMENTS);
    world.configure(&["--env", "ci"]).exits(30);
    snapshot!(world.0.place.transcript());
    assert_eq!(world.0.config(), None);
    world.configure(&[]).exits(0);
}

#[test]
fn project_configuration_overrides_the_users_own() {
    let world = Environments::new("[types.MANAGEMENT]\nsuffix = \"project\"\n");
    let own = world.0.project.home.join(".config/leverage");
    fs::create_dir_all(&own).unwrap();
    let text = "[types.MANAGEMENT]\nrole = \"Mine\"\nsuffix = \"mine\"\nsettings = { cli_pager = \"less\" }\n";
    fs::write(own.join("config.toml"), text).unwrap();
    world.configure(&["--account", "shared"]).exits(0);
    let expected = world.profile("ex-shared-project", "us-east-1", "example-shared", "Mine", "cli_pager = less\n");
    assert_eq!(world.0.config().unwrap(), expected);

    let shown = world.0.run(&["config", "show", "--json"]).exits(0);
    let shown = shown.json();
    let setting = |key: &str| {
        let mut settings = shown["settings"].as_array().expect("settings").iter();
        settings.find(|setting| setting["key"] == key).unwrap_or_else(|| panic!("{key}: {shown}")).clone()
    };
    assert_eq!(setting("types.MANAGEMENT.suffix")["from"], "leverage.toml:2");
    assert_eq!(setting("types.MANAGEMENT.role")["value"], "Mine");
    assert_eq!(setting("types.MANAGEMENT.role")["from"], format!("{}:2", own.join("config.toml").display()));
    assert_eq!(setting("environment")["from"], "default");
    assert_eq!(setting("outputs")["value"][0], "aws-cli-files");

    world.0.place.transcript();
    let show = ["config", "show", "--output", "project-yaml"];
    world.0.command().env("LEVERAGE_ENV", "default").args(show).outcome().success();
    snapshot!(world.0.place.transcript());
}

#[test]
fn config_init_refuses_an_existing_file() {
    let world = Environments::new("");
    let path = world.0.project.root.join("leverage.toml");
    world.0.run(&["config", "init"]).exits(40);
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    fs::remove_file(&path).unwrap();
    // At the repository's root, whatever the working folder.
    world.0.command().folder(world.0.project.root.join("config")).args(["config", "init"]).outcome().success();
    snapshot!(world.0.place.transcript());
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("#[environments.default]\n"), "{text}");
    world.configure(&[]).exits(0);
}

/// Runs MANAGEMENT in the library, with plugins that are not built in.
fn embedded(world: &World, plugins: [sdk::Plugin; 2], options: ConfigureOptions) -> leverage::error::Result<()> {
    let mut all = builtin()?;
    for plugin in plugins {
        all.push(Plugin::built_in(&plugin)?);
    }
    let options = ConfigureOptions {
        credential_type: "MANAGEMENT".to_owned(),
        credentials_file: Some(world.project.keys_of(&world.sandbox.users().management)),
        answers: [Answer::new("credential-process-command", "vault {profile}")].into_iter().collect(),
        fetch_mfa_device: true,
        mfa_serial: Some("arn:aws:iam::111122223333:mfa/management".to_owned()),
        ..options
    };
    world.embedding(&Registry::new(all)?).configure(&options).map(|_| ())
}

#[test]
fn outputs_of_one_file_are_chained_and_get_their_own_options() {
    let plugins = [ECHO, leverage_plugin_credential_process::PLUGIN];
    let Environments(world) = Environments::new(
        "[environments.default]\noutputs = [\n  \"credential-process\",\n  \"aws-cli-files\",\n  \
         { name = \"echo\", path = \"x\", deep = { on = true } },\n]\n",
    );
    embedded(&world, plugins, ConfigureOptions::default()).unwrap();
    let config = world.config().unwrap();
    assert!(config.contains("[profile ex-management]\ncredential_process = vault ex-management\n"), "{config}");
    assert_eq!(config.matches("[profile ex-shared-oaar]").count(), 1, "{config}");
    assert!(world.credentials().unwrap().contains("[ex-management]"));
    let echo = || world.project_text("echo.json");
    assert_eq!(echo(), r#"{"deep":{"on":true},"path":"x"}"#);

    let alone = |output: &str| ConfigureOptions { outputs: vec![output.to_owned()], ..ConfigureOptions::default() };
    world.put("leverage.toml", "");
    fs::remove_dir_all(world.project.home.join(".aws")).unwrap();
    embedded(&world, plugins, alone("echo")).unwrap();
    assert_eq!(echo(), "{}", "an output does not get the settings of a type");
    assert_eq!(embedded(&world, plugins, alone("none")).unwrap_err().kind, Kind::Usage);
}
