//! The two ways to play a golden case: through the program, and through the library that a core CLI embeds.

use clap::Parser as _;
use leverage::ConfigureOptions;
use leverage::cli::{Cli, Command, CredentialsCommand};
use leverage::error::exit_code;
use leverage::plugins::Registry;

use crate::embedding::Embedding;
use crate::golden::{Player, Staged};
use crate::program::{Outcome, Run};

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
        let mut embedding = Embedding::new(&self.0, staged.endpoint_url(), staged.place.home(), staged.folder());
        embedding.environment = staged.environment().map(|(name, value)| (name.to_owned(), value)).collect();
        match embedding.configure(&ConfigureOptions::from(args)) {
            Ok(report) => {
                let says: Vec<&str> = report.diagnostics.iter().map(|one| one.message.as_str()).collect();
                let stdout = serde_json::to_string(&report).expect("a report is JSON");
                outcome(exit_code::SUCCESS, stdout, says.join("\n"))
            }
            Err(error) => {
                let hint = error.hints.join("\n");
                outcome(error.kind.exit_code(), String::new(), format!("{error}\n{hint}"))
            }
        }
    }
}

fn outcome(code: u8, stdout: String, stderr: String) -> Outcome {
    Outcome { code: code.into(), stdout, stderr }
}
