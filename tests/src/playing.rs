//! The two ways to play a golden case: through the program, and through the library that a core CLI embeds.

use clap::Parser as _;
use jiff::Timestamp;
use leverage::cli::{Cli, Command, ConfigureArgs, CredentialsCommand};
use leverage::configure::{Effects, Options, configure};
use leverage::error::{Error, Result, exit_code};
use leverage::plugins::Registry;
use leverage::shell::aws::sdk::{Patience, Sdk};
use leverage::shell::interrupt::run_until_interrupted;
use leverage::shell::prompt::{Check, Prompt};
use leverage_plugin_api::model::AccessKeysMode;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zeroize::Zeroizing;

use crate::golden::Staged;
use crate::program::{Outcome, Run};

/// Plays one run of a case.
pub trait Player {
    /// Plays it.
    fn play(&self, staged: &Staged<'_>, arguments: &[String]) -> Outcome;
}

/// The program under test.
pub struct Program;

impl Player for Program {
    fn play(&self, staged: &Staged<'_>, arguments: &[String]) -> Outcome {
        let run = Run::leverage(&staged.place, &staged.endpoint_url()).args(arguments).folder(staged.folder());
        staged.environment().fold(run, |run, (name, value)| run.env(name, value)).outcome()
    }
}

/// The library, with these plugins.
pub struct Library(pub Registry);

impl Player for Library {
    fn play(&self, staged: &Staged<'_>, arguments: &[String]) -> Outcome {
        let parsed = Cli::try_parse_from(std::iter::once("leverage").chain(arguments.iter().map(String::as_str)));
        let command = match parsed {
            Ok(cli) => cli.command,
            Err(error) => return outcome(exit_code::USAGE, String::new(), error.render().to_string()),
        };
        let Command::Credentials { command: CredentialsCommand::Configure(args) } = command else {
            panic!("a golden case runs `credentials configure`")
        };
        let environment: BTreeMap<&str, String> = staged.environment().collect();
        let effects = Effects {
            registry: &self.0,
            aws: &Sdk::new(Some(staged.endpoint_url()), Patience::default()),
            prompt: &Nobody,
            progress: &|_| {},
            environment: &|name| environment.get(name).cloned(),
            home: staged.place.home(),
            folder: staged.folder(),
            now: Timestamp::now(),
        };
        match run_until_interrupted(configure(&options(args), &effects)) {
            Ok(report) => {
                let says: Vec<&str> = report.diagnostics.iter().map(|one| one.message.as_str()).collect();
                let stdout = serde_json::to_string(&report).expect("a report is JSON");
                outcome(exit_code::SUCCESS, stdout, says.join("\n"))
            }
            Err(error) => {
                let hint = error.hint.clone().unwrap_or_default();
                outcome(error.kind.exit_code(), String::new(), format!("{error}\n{hint}"))
            }
        }
    }
}

fn outcome(code: u8, stdout: String, stderr: String) -> Outcome {
    Outcome { code: code.into(), stdout, stderr }
}

fn options(args: ConfigureArgs) -> Options {
    let access_keys = match (args.overwrite_existing_credentials, args.skip_access_keys_setup) {
        (true, _) => AccessKeysMode::Overwrite,
        (_, true) => AccessKeysMode::Skip,
        _ => AccessKeysMode::Ask,
    };
    Options {
        credential_type: args.credential_type,
        credentials_file: args.credentials_file,
        fetch_mfa_device: args.fetch_mfa_device,
        mfa_serial: args.mfa_serial,
        access_keys,
        skip_assumable_roles: args.skip_assumable_roles_setup,
        dry_run: args.dry_run,
        answers: args.answers.into_iter().collect(),
    }
}

/// There is no terminal: nobody can be asked.
pub struct Nobody;

impl Prompt for Nobody {
    fn is_available(&self) -> bool {
        false
    }

    fn text(&self, _: &str, _: Option<&str>, _: Check) -> Result<String> {
        Err(Error::interrupted())
    }

    fn select(&self, _: &str, _: &[String]) -> Result<usize> {
        Err(Error::interrupted())
    }

    fn path(&self, _: &str) -> Result<PathBuf> {
        Err(Error::interrupted())
    }

    fn secret(&self, _: &str, _: Check) -> Result<Zeroizing<String>> {
        Err(Error::interrupted())
    }
}
