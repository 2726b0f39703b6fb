//! The last stage: once the files are written, prints what outputs want printed, and runs their commands. Takes what is to
//! be done and what is done already; where a command fails, the error says both.

use std::path::Path;
use std::time::Duration;

use crate::effects::{CommandFailure, Effects, Invocation};
use leverage_core::post_commit::PostCommitActions;
use leverage_core::report::FileReport;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};

/// How many files an error names before the rest are only counted.
const NAMED: usize = 5;

/// Prints and runs everything, in its order, commands in `folder`.
///
/// # Errors
///
/// The first command that fails, and what is done by then.
pub(super) async fn execute(
    actions: &PostCommitActions,
    vault: &Vault,
    folder: &Path,
    files: &[FileReport],
    effects: &Effects<'_>,
) -> Result<()> {
    let is_runner = (effects.environment)("GITHUB_ACTIONS").as_deref() == Some("true");
    for text in actions.print(vault, is_runner)? {
        (effects.print)(&text);
    }
    let reports = actions.commands_masked();
    let say = |line: &str| (effects.say)(&vault.mask_values(line));
    for (at, command) in actions.commands().enumerate() {
        let invocation = Invocation {
            program: &command.program,
            arguments: &command.arguments,
            stdin: vault.reveal(command.stdin.as_deref().unwrap_or_default())?,
            folder,
            time_limit: Duration::from_secs(command.time_limit.into()),
        };
        tracing::info!(program = command.program, "running a command");
        effects.commands.run(&invocation, &say).await.map_err(|failed| {
            let kind = if failed == CommandFailure::Interrupted { Kind::Interrupted } else { Kind::Command };
            let (report, before) = (&reports[at], &reports[..at]);
            let before: Vec<String> = before.iter().map(|report| format!("`{report}`")).collect();
            Error::new(kind, format!("the command `{report}` of the output {} {failed}", report.output))
                .hint(done(files, &before))
        })?;
    }
    Ok(())
}

/// What is done already.
fn done(files: &[FileReport], commands: &[String]) -> String {
    let names: Vec<&str> = files.iter().take(NAMED).map(|file| file.path.as_str()).collect();
    let files = match files.len() {
        0 => "no file had to change".to_owned(),
        number if number > NAMED => format!("written: {} and {} more", names.join(", "), number - NAMED),
        _ => format!("written: {}", names.join(", ")),
    };
    let commands = if commands.is_empty() {
        "no command ran before it".to_owned()
    } else {
        format!("run: {}", commands.join(", "))
    };
    format!("already done: {files}; {commands}. Put right what it says, then run leverage again")
}
