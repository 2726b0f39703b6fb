//! How another program embeds `leverage`: options in, report out, every effect its own.
//!
//! It brings its own answers, its own clock and its own folders; here also its own AWS, the sandbox.

use jiff::Timestamp;
use leverage::configure::{Effects, Options, configure};
use leverage::error::Result;
use leverage::plugins::Registry;
use leverage::sandbox::{Config, Sandbox, project};
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::command::Refused;
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::Nobody;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(Config::default())?;
    let folder = tempfile::tempdir()?;
    let project = project::write(folder.path(), &sandbox)?;

    let options = Options {
        credential_type: "management".to_owned(),
        credentials_file: Some(project.keys_of(&sandbox.users().management)),
        fetch_mfa_device: true,
        ..Options::default()
    };
    let effects = Effects {
        registry: &Registry::builtin()?,
        aws: &Sdk::new(Some(sandbox.endpoint_url()), Patience::default()),
        prompt: &Nobody,
        progress: &|accounts| eprintln!("{accounts} accounts so far"),
        print: &|text| println!("{text}"),
        say: &|line| eprintln!("{line}"),
        commands: &Refused,
        environment: &|_| None,
        home: project.home.clone(),
        folder: project.root.clone(),
        now: Timestamp::now(),
    };
    let report = run_until_interrupted(configure(&options, &effects))?;
    println!("{} profiles in {} files", report.profiles.len(), report.files.len());
    Ok(())
}
