//! What outputs want once the files are written: texts to print, and commands to run. Takes it from the plugins, refuses
//! what they may not want, and gives it with secrets masked for people, and in their places for whom they are for.

use leverage_plugin_api::model::PlannedCommand;
use leverage_plugin_api::sdk::lookup::RUN;
use zeroize::Zeroizing;

use super::report::CommandReport;
use super::secrets::{Vault, has_token, mask};
use crate::protocol::Contribution;
use leverage_error::{Error, Kind, Result};

/// The start of a line that tells the runner of GitHub Actions what to hide. The runner shows it to nobody.
const HIDE: &str = "::add-mask::";

/// What is to be done once the files are written.
#[derive(Default)]
pub struct PostCommitActions {
    print: Vec<String>,
    commands: Vec<(String, PlannedCommand)>,
}

impl PostCommitActions {
    /// Takes what the output called `name` wants.
    ///
    /// # Errors
    ///
    /// A secret where others would see it or that the plugin was not given, a command without the permission, or one
    /// that can't be run as it is.
    pub fn add(
        &mut self,
        name: &str,
        contribution: &dyn Contribution,
        vault: &Vault,
        print: Vec<String>,
        commands: Vec<PlannedCommand>,
    ) -> Result<()> {
        for line in print.iter().flat_map(|text| text.lines()).filter(|line| has_token(line)) {
            if !line.starts_with(HIDE) {
                return Err(refused("prints a secret"));
            }
            vault.reveal(line)?;
        }
        for command in &commands {
            if !contribution.lookups().iter().any(|lookup| lookup == RUN) {
                return Err(refused(format!("wants a command run, and its manifest does not declare {RUN:?}")));
            }
            check(command)?;
            vault.reveal(command.stdin.as_deref().unwrap_or_default())?;
        }
        self.print.extend(print);
        self.commands.extend(commands.into_iter().map(|command| (name.to_owned(), command)));
        Ok(())
    }

    /// The texts to print, for people: secrets are masked.
    pub fn print_masked(&self) -> Vec<String> {
        self.print.iter().map(|text| mask(text)).collect()
    }

    /// The texts to print. Secrets that the runner is to hide are in their places only if it `is_runner` who reads them;
    /// each line of them is then a line to hide.
    ///
    /// # Errors
    ///
    /// As [`Vault::reveal`]; [`PostCommitActions::add`] found none.
    pub fn print(&self, vault: &Vault, is_runner: bool) -> Result<Vec<Zeroizing<String>>> {
        let mut texts = Vec::with_capacity(self.print.len());
        for text in &self.print {
            if is_runner && has_token(text) {
                text.lines().try_for_each(|line| hide(line, vault, &mut texts))?;
            } else {
                texts.push(Zeroizing::new(mask(text)));
            }
        }
        Ok(texts)
    }

    /// The commands, for people: secrets are masked.
    pub fn commands_masked(&self) -> Vec<CommandReport> {
        let report = |(output, command): &(String, PlannedCommand)| CommandReport {
            output: output.clone(),
            program: command.program.clone(),
            arguments: command.arguments.clone(),
            stdin: command.stdin.as_deref().map(mask),
            time_limit: command.time_limit,
        };
        self.commands.iter().map(report).collect()
    }

    /// The commands, in their order.
    pub fn commands(&self) -> impl Iterator<Item = &PlannedCommand> {
        self.commands.iter().map(|(_, command)| command)
    }
}

/// Adds a line for the runner. It hides what stands in the line of [`HIDE`] alone, so that a secret of several lines gets
/// several of them: its second line would be shown otherwise, and obeyed.
fn hide(line: &str, vault: &Vault, texts: &mut Vec<Zeroizing<String>>) -> Result<()> {
    let revealed = vault.reveal(line)?;
    if !has_token(line) {
        texts.push(revealed);
        return Ok(());
    }
    let secret = revealed.strip_prefix(HIDE).ok_or_else(|| refused("prints a secret"))?;
    let lines = secret.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
    texts.extend(lines.map(|line| Zeroizing::new([HIDE, line].concat())));
    Ok(())
}

/// Refuses a command that would show a secret, or that could not be run.
fn check(command: &PlannedCommand) -> Result<()> {
    let PlannedCommand { program, arguments, time_limit, .. } = command;
    let mut words = std::iter::once(program).chain(arguments);
    if words.clone().any(|word| has_token(word)) {
        return Err(refused("puts a secret into a command's arguments, where other processes can see it"));
    }
    if words.any(|word| word.contains('\0')) || program.is_empty() || program.chars().any(char::is_control) {
        return Err(refused("wants a command run that no program can be"));
    }
    // A relative path would run what a project holds.
    if program.contains('/') && !program.starts_with('/') {
        return Err(refused(format!("wants {program:?} run, which is neither a name nor an absolute path")));
    }
    if !(1..=PlannedCommand::LONGEST_TIME_LIMIT).contains(time_limit) {
        let longest = PlannedCommand::LONGEST_TIME_LIMIT;
        return Err(refused(format!("gives a command {time_limit} seconds, and 1 to {longest} are possible")));
    }
    Ok(())
}

fn refused(what: impl Into<String>) -> Error {
    Error::new(Kind::ProtocolViolation, what)
}

#[cfg(test)]
mod tests;
