//! Embeds `leverage` in another program: options in, report out, with effects of that program.
//!
//! Here the effects are the sandbox's AWS and folders, and the real files and clock.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program has the effects"
)]

use jiff::Timestamp;
use leverage::effects::{Disk, RequestLimits, Sdk, run_until_interrupted};
use leverage::sandbox::{Config, Sandbox, project};
use leverage::{ConfigureOptions, Effects, builtin, configure};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(Config::default())?;
    let folder = tempfile::tempdir()?;
    let project = project::write(folder.path(), &sandbox)?;

    let options = ConfigureOptions {
        credential_type: "management".to_owned(),
        credentials_file: Some(project.keys_of(&sandbox.users().management)),
        fetch_mfa_device: true,
        ..ConfigureOptions::default()
    };
    let registry = builtin::registry()?;
    let aws = Sdk::new(Some(sandbox.endpoint_url()), RequestLimits::default());
    let progress = |accounts| eprintln!("{accounts} accounts read");
    let effects =
        Effects::new(&registry, &aws, &Disk, &project.home, &project.root, Timestamp::now()).progress(&progress);

    let report = run_until_interrupted(configure(&options, &effects))?;
    println!("{} profiles in {} files", report.profiles.len(), report.files.len());
    Ok(())
}
