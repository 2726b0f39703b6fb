//! Asks the user at the terminal.

mod restore;

use inquire::autocompletion::{Autocomplete, Replacement};
use inquire::validator::Validation;
use inquire::{CustomUserError, InquireError, Password, PasswordDisplayMode, Select, Text};
use std::path::PathBuf;
use zeroize::Zeroizing;

use super::machine;
use leverage_error::visible::{is_safe, safe};
use leverage_error::{Error, Kind, Result};
use leverage_run::effects::{Check, Prompt};
use restore::TerminalGuard;

/// Prompts at the terminal of this process.
#[derive(Debug, Default)]
pub struct Terminal;

impl Prompt for Terminal {
    fn is_available(&self) -> bool {
        machine::is_interactive()
    }

    fn text(&self, message: &str, default: Option<&str>, check: Check) -> Result<String> {
        let _guard = TerminalGuard::new();
        let message = safe(message);
        let mut prompt = Text::new(&message).with_validator(validator(check));
        // The prompt does not escape its default, which may come from a plugin.
        prompt.default = default.filter(|default| is_safe(default));
        prompt.prompt().map_err(prompt_error)
    }

    fn select(&self, message: &str, labels: &[String]) -> Result<usize> {
        let _guard = TerminalGuard::new();
        let labels = labels.iter().map(|label| safe(label)).collect();
        Select::new(&safe(message), labels).raw_prompt().map(|choice| choice.index).map_err(prompt_error)
    }

    fn path(&self, message: &str) -> Result<PathBuf> {
        let _guard = TerminalGuard::new();
        let is_file = |path: &str| {
            if machine::is_file(&expand_home(path)) { Ok(()) } else { Err("file not found".to_owned()) }
        };
        Text::new(message)
            .with_autocomplete(PathCompletion)
            .with_validator(validator(is_file))
            .with_help_message("Tab completes the path")
            .prompt()
            .map(|path| expand_home(&path))
            .map_err(prompt_error)
    }

    fn secret(&self, message: &str, check: Check) -> Result<Zeroizing<String>> {
        let _guard = TerminalGuard::new();
        Password::new(&safe(message))
            .with_display_mode(PasswordDisplayMode::Hidden)
            .without_confirmation()
            .with_validator(validator(check))
            .prompt()
            .map(Zeroizing::new)
            .map_err(prompt_error)
    }
}

fn validator(check: Check) -> impl Fn(&str) -> Result<Validation, CustomUserError> + Clone {
    move |answer: &str| {
        Ok(match check(answer) {
            Ok(()) => Validation::Valid,
            Err(message) => Validation::Invalid(message.into()),
        })
    }
}

fn prompt_error(error: InquireError) -> Error {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Error::interrupted(),
        other => Error::new(Kind::Internal, "failed to prompt at the terminal").cause(other),
    }
}

/// Replaces `~/` by the home folder.
fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), machine::home()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Completes paths as they are typed.
#[derive(Clone)]
struct PathCompletion;

impl Autocomplete for PathCompletion {
    fn get_suggestions(&mut self, input: &str) -> Result<Vec<String>, CustomUserError> {
        Ok(paths_that_start_with(input))
    }

    fn get_completion(&mut self, input: &str, highlighted: Option<String>) -> Result<Replacement, CustomUserError> {
        Ok(highlighted.or_else(|| common_prefix(&paths_that_start_with(input))))
    }
}

/// The existing paths that start with `input`; folders end with a slash.
fn paths_that_start_with(input: &str) -> Vec<String> {
    let (folder, start) =
        input.rsplit_once('/').map_or(("", input), |(folder, start)| (&input[..=folder.len()], start));
    let place = if folder.is_empty() { PathBuf::from(".") } else { expand_home(folder) };
    let mut paths: Vec<String> = machine::entries(&place)
        .into_iter()
        .filter_map(|(name, is_folder)| {
            // The prompt does not escape a completion, and a file may have any name.
            let wanted =
                name.starts_with(start) && (start.starts_with('.') || !name.starts_with('.')) && is_safe(&name);
            let slash = if is_folder { "/" } else { "" };
            wanted.then(|| format!("{folder}{name}{slash}"))
        })
        .collect();
    paths.sort();
    paths
}

/// The longest common prefix of `paths`.
fn common_prefix(paths: &[String]) -> Option<String> {
    let (first, rest) = paths.split_first()?;
    let length = rest.iter().fold(first.len(), |length, path| {
        let shared = first.bytes().zip(path.bytes()).take_while(|(one, other)| one == other).count();
        length.min(shared)
    });
    let end = (0..=length).rev().find(|end| first.is_char_boundary(*end))?;
    Some(first[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completion_adds_the_common_prefix_and_skips_unsafe_names() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("keys-1.csv"), "").unwrap();
        std::fs::write(folder.path().join("keys-2.csv"), "").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let input = |name: &str| format!("{}/{name}", folder.path().display());
        assert_eq!(common_prefix(&paths_that_start_with(&input("k"))), Some(input("keys-")));
        assert_eq!(paths_that_start_with(&input("s")), [input("sub/")]);
        std::fs::write(folder.path().join("x\u{1b}[2J"), "").unwrap();
        assert_eq!(paths_that_start_with(&input("x")), Vec::<String>::new());
        assert_eq!(common_prefix(&paths_that_start_with(&input("none"))), None);
    }
}
