//! The child process of `plugin verify`: opens the library and runs the test kit. Before that it moves its own pipes out of the
//! plugin's reach.

use leverage_plugin_api::abi::PluginModRef;
use leverage_testkit::{Event, Fixtures, Kit};
use std::io::Write;
use std::path::Path;

use super::message::Message;
use crate::cli::VerifyChildArgs;
use crate::effects::machine;
use leverage_error::{Error, Kind, Result, exit_code};
use leverage_loader as plugins;
use leverage_loader::{limit_process, take_pipes};

/// Runs the checks and returns the exit code.
///
/// # Errors
///
/// The pipe to the parent process cannot be written.
pub(crate) fn run_child(args: &VerifyChildArgs) -> Result<u8> {
    let (_, mut parent) = take_pipes()
        .map_err(|error| Error::new(Kind::Internal, "failed to open the pipe to the parent process").cause(error))?;
    limit_process();
    let (subject, fixtures) = match open(args) {
        Ok(opened) => opened,
        Err(error) => {
            send(&mut parent, &Message::Refused(error.into()))?;
            return Ok(exit_code::PLUGIN);
        }
    };
    let mut sent = Ok(());
    Kit::new(&subject).fixtures(fixtures).run(|event| {
        let message = match event {
            Event::Started(name) => Message::Started(name.to_owned()),
            Event::Finished(check) => Message::Finished(check.clone()),
            _ => return,
        };
        if sent.is_ok() {
            sent = send(&mut parent, &message);
        }
    });
    sent.and_then(|()| send(&mut parent, &Message::Done)).map(|()| exit_code::SUCCESS)
}

fn open(args: &VerifyChildArgs) -> Result<(PluginModRef, Fixtures)> {
    let fixtures = args.fixtures.as_deref().map(read_fixtures).transpose()?.unwrap_or_default();
    Ok((plugins::load(&args.file, &args.file.display().to_string())?.module(), fixtures))
}

fn read_fixtures(path: &Path) -> Result<Fixtures> {
    let text = machine::read_text(path)
        .map_err(|error| Error::new(Kind::Usage, format!("failed to read `{}`", path.display())).cause(error))?;
    serde_json::from_str(&text)
        .map_err(|error| Error::new(Kind::Usage, format!("invalid fixtures `{}`", path.display())).cause(error))
}

/// Writes a message to the parent process, as one line.
fn send(parent: &mut impl Write, message: &Message) -> Result<()> {
    let failed = |error| Error::new(Kind::Internal, "failed to write to the parent process").cause(error);
    let line = serde_json::to_string(message).map_err(|error| failed(std::io::Error::from(error)))?;
    writeln!(parent, "{line}").map_err(failed)
}
