//! The output target `credential-process`: writes a plan to the AWS CLI's config file, without any secret. The access key
//! profile gets a `credential_process` line instead: a command that the AWS CLI and SDKs run to get the keys.
//!
//! The command comes from the user, never from a file of the project. Otherwise anyone who can change the project could
//! run a command on every user's machine.

#![forbid(unsafe_code)]

use leverage_editors::ini::{self, SectionEdit, SharedFile};
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;

/// The placeholder for the profile's name in the command.
const PROFILE: &str = "{profile}";

/// Writes the plan into `~/.aws/<short name>/config`.
struct CredentialProcess;

impl OutputTarget for CredentialProcess {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("credential-process", "The AWS CLI's config file, with a command that gives the keys")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let mut changes = Changes::none();
        let keys = plan.keys.as_ref().map(|keys| keys.profile.as_str());
        let settings = keys.map(|profile| key_settings(profile, facts, &mut changes)).transpose()?;

        let sessions = plan.sso_sessions.iter().map(|one| SectionEdit::sso_session(&one.name, &one.settings));
        let keys = keys.zip(settings.as_ref()).map(|(profile, settings)| SectionEdit::profile(profile, settings));
        let profiles = plan.profiles.iter().map(|one| SectionEdit::profile(&one.name, &one.settings));
        let sections: Vec<SectionEdit<'_>> = sessions.chain(keys).chain(profiles).collect();
        if sections.is_empty() {
            return Ok(changes);
        }
        let path = SharedFile::Config.name();
        let before = facts.get(lookup::ReadFile { root: Root::Aws, path: path.to_owned() })?;
        let text = ini::edit(SharedFile::Config, before.as_deref(), &sections)?;
        changes.write(Root::Aws, path, before.as_deref(), text);
        Ok(changes)
    }
}

/// The settings of the access key profile.
fn key_settings(profile: &str, facts: &Facts, changes: &mut Changes) -> Step<[(String, String); 1]> {
    let (command, existing) = facts.all((ask_command(profile), lookup::GetProfile { name: profile.to_owned() }))?;
    let command = command.trim().replace(PROFILE, profile);
    if command.is_empty() {
        return Err(Failure::new(format!("no command for the access keys of `{profile}`"))
            .hint("pass `--answer credential-process-command=COMMAND`")
            .into());
    }
    changes.diagnostics.push(Diagnostic::note(format!(
        "the access keys of `{profile}` are not stored: `{}` must print them",
        command.escape_debug()
    )));
    if existing.is_some_and(|existing| existing.has_access_keys()) {
        changes.diagnostics.push(Diagnostic::warning(format!(
            "`{profile}` also has access keys in a file, which the AWS CLI prefers to the command: remove them"
        )));
    }
    Ok([("credential_process".to_owned(), command)])
}

fn ask_command(profile: &str) -> lookup::Ask {
    lookup::Ask {
        id: "credential-process-command".to_owned(),
        message: format!("Command that prints the access keys of {profile} ({PROFILE} is replaced by this name):"),
        kind: AnswerKind::Text,
        default: None,
        instead: Some(
            "`--answer credential-process-command=COMMAND` or LEVERAGE_ANSWER_CREDENTIAL_PROCESS_COMMAND".to_owned(),
        ),
    }
}

define_plugin! {
    /// Writes profiles whose access keys come from a command of the organisation's choice.
    pub PLUGIN = "credential-process",
    outputs: [CredentialProcess],
    lookups: &[lookup::ReadFile::NAME, lookup::GetProfile::NAME, lookup::Ask::NAME]
}
