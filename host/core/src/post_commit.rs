//! The actions of outputs after the commit: texts to print, and commands to run. [`PostCommitActions::add`] rejects what the
//! manifest does not declare. Secrets are masked, except for the readers that they are meant for.

use leverage_plugin_api::model::{HiddenLines, PlannedCommand};
use leverage_plugin_api::sdk::lookup::RUN;
use zeroize::Zeroizing;

use super::report::CommandReport;
use super::secrets::{Vault, has_token, mask};
use crate::protocol::Contribution;
use leverage_error::{Error, Kind, Result};

/// The actions of all outputs of a run.
#[derive(Default)]
pub struct PostCommitActions {
    print: Vec<PrintedText>,
    commands: Vec<(String, PlannedCommand)>,
}

/// A text to print, and which of its lines the manifest declares as hidden.
struct PrintedText {
    text: String,
    hidden: Option<HiddenLines>,
}

impl PostCommitActions {
    /// Adds the actions of the output `name`.
    ///
    /// # Errors
    ///
    /// A secret where others could see it, an unknown token, a command without the permission, or an invalid command.
    pub fn add(
        &mut self,
        name: &str,
        contribution: &dyn Contribution,
        vault: &Vault,
        print: Vec<String>,
        commands: Vec<PlannedCommand>,
    ) -> Result<()> {
        let hidden = contribution.output_info().and_then(|info| info.hidden_lines.as_ref());
        for line in print.iter().flat_map(|text| text.lines()).filter(|line| has_token(line)) {
            if !hidden.is_some_and(|hidden| line.starts_with(&hidden.prefix)) {
                return Err(violation("printed a secret"));
            }
            vault.reveal(line)?;
        }
        for command in &commands {
            if !contribution.lookups().iter().any(|lookup| lookup == RUN) {
                return Err(violation(format!("planned a command, but its manifest does not declare `{RUN}`")));
            }
            check(command)?;
            vault.reveal(command.stdin.as_deref().unwrap_or_default())?;
        }
        self.print.extend(print.into_iter().map(|text| PrintedText { text, hidden: hidden.cloned() }));
        self.commands.extend(commands.into_iter().map(|command| (name.to_owned(), command)));
        Ok(())
    }

    /// The texts to print, secrets masked.
    pub fn print_masked(&self) -> Vec<String> {
        self.print.iter().map(|printed| mask(&printed.text)).collect()
    }

    /// The texts to print. Hidden lines contain their secrets only if the environment variable that the manifest declares
    /// says that the reader hides them. Each line of a secret is then a hidden line.
    ///
    /// # Errors
    ///
    /// See [`Vault::reveal`]; [`PostCommitActions::add`] has already checked it.
    pub fn print(&self, vault: &Vault, environment: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Zeroizing<String>>> {
        let reader_hides = |hidden: &&HiddenLines| environment(&hidden.variable).as_ref() == Some(&hidden.value);
        let mut texts = Vec::with_capacity(self.print.len());
        for PrintedText { text, hidden } in &self.print {
            match hidden.as_ref().filter(|_| has_token(text)).filter(reader_hides) {
                Some(hidden) => {
                    text.lines().try_for_each(|line| reveal_line(line, &hidden.prefix, vault, &mut texts))?;
                }
                None => texts.push(Zeroizing::new(mask(text))),
            }
        }
        Ok(texts)
    }

    /// The commands, secrets masked.
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

    /// The commands in order.
    pub fn commands(&self) -> impl Iterator<Item = &PlannedCommand> {
        self.commands.iter().map(|(_, command)| command)
    }
}

/// Adds a line with its secrets. The reader hides only what follows the prefix in the same line, so each line of a secret
/// becomes a line with the prefix. Otherwise the reader would show the second line, or act on it.
fn reveal_line(line: &str, prefix: &str, vault: &Vault, texts: &mut Vec<Zeroizing<String>>) -> Result<()> {
    let revealed = vault.reveal(line)?;
    if !has_token(line) {
        texts.push(revealed);
        return Ok(());
    }
    let secret = revealed.strip_prefix(prefix).ok_or_else(|| violation("printed a secret"))?;
    let lines = secret.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
    texts.extend(lines.map(|line| Zeroizing::new([prefix, line].concat())));
    Ok(())
}

/// Rejects a command that would show a secret, or that cannot be run.
fn check(command: &PlannedCommand) -> Result<()> {
    let PlannedCommand { program, arguments, time_limit, .. } = command;
    let mut words = std::iter::once(program).chain(arguments);
    if words.clone().any(|word| has_token(word)) {
        return Err(violation("put a secret into the arguments of a command, where other processes can see it"));
    }
    if words.any(|word| word.contains('\0')) || program.is_empty() || program.chars().any(char::is_control) {
        return Err(violation("planned a command with an invalid program or argument"));
    }
    // A relative path would run a program of the project.
    if program.contains('/') && !program.starts_with('/') {
        return Err(violation(format!(
            "planned the command {program:?}, which is neither a name nor an absolute path"
        )));
    }
    let longest = PlannedCommand::LONGEST_TIME_LIMIT;
    if !(1..=longest).contains(time_limit) {
        let message = format!("planned a command with a time limit of {time_limit} seconds; it must be 1 to {longest}");
        return Err(violation(message));
    }
    Ok(())
}

fn violation(what: impl Into<String>) -> Error {
    Error::new(Kind::ProtocolViolation, what)
}

#[cfg(test)]
mod tests;
