//! The last stage: prints the texts of outputs and runs their commands. If a command fails, the error lists what was done.

use std::path::Path;
use std::time::Duration;

use crate::effects::{CommandFailure, Effects, Invocation};
use leverage_core::list;
use leverage_core::post_commit::PostCommitActions;
use leverage_core::report::FileReport;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};

/// The number of files that an error lists.
const LISTED_FILES: usize = 5;

/// Prints all texts, then runs all commands in `folder`.
///
/// # Errors
///
/// The first command that fails, with what was done before.
pub(super) async fn execute(
    actions: &PostCommitActions,
    vault: &Vault,
    folder: &Path,
    files: &[FileReport],
    effects: &Effects<'_>,
) -> Result<()> {
    for text in actions.print(vault, effects.environment)? {
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
            Error::new(kind, format!("command `{report}` of output `{}` {failed}", report.output))
                .hint(files_hint(files))
                .hint(commands_hint(&before))
                .hint("fix the cause, then run leverage again")
        })?;
    }
    Ok(())
}

fn files_hint(files: &[FileReport]) -> String {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    if paths.is_empty() {
        "no file was changed".to_owned()
    } else {
        format!("files already written: {}", list::shortened(&paths, LISTED_FILES))
    }
}

fn commands_hint(commands: &[String]) -> String {
    if commands.is_empty() {
        "no other command was run".to_owned()
    } else {
        format!("commands already run: {}", commands.join(", "))
    }
}
