//! How another program embeds `leverage`: options in, report out, every effect its own.
//!
//! It brings its own clock and its own folders; here also its own AWS, the sandbox.

use jiff::Timestamp;
use leverage::effects::{Disk, RequestLimits, Sdk, interrupt::run_until_interrupted};
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
    let progress = |accounts| eprintln!("{accounts} accounts so far");
    let effects =
        Effects::new(&registry, &aws, &Disk, &project.home, &project.root, Timestamp::now()).progress(&progress);

    let report = run_until_interrupted(configure(&options, &effects))?;
    println!("{} profiles in {} files", report.profiles.len(), report.files.len());
    Ok(())
}
