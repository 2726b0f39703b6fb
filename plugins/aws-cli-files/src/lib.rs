//! The output target that writes a plan into the AWS CLI's shared files: profiles into `config`,
//! access keys into `credentials`. What else the files hold stays as it is; see [`ini`].

#![forbid(unsafe_code)]

use leverage_plugin_api::ini::{self, SectionEdit, SharedFile};
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::Query;

/// What temporary keys bring along. With permanent keys beside it, AWS refuses every request.
const SESSION_TOKENS: &[&str] = &["aws_session_token", "aws_security_token"];

/// Writes the plan into `~/.aws/<short name>/config` and `credentials`.
pub struct AwsCliFiles;

impl OutputTarget for AwsCliFiles {
    fn info(&self) -> OutputInfo {
        OutputInfo::new("aws-cli-files", "The AWS CLI's config and credentials files of the project")
    }

    fn render(&self, _request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        // A file for which the plan has nothing is not even read: then nothing in it can be in the way.
        let sections = sections(plan);
        let config = (!sections.is_empty()).then(|| file(SharedFile::Config));
        let credentials = plan.keys.is_some().then(|| file(SharedFile::Credentials));
        let (config, credentials) = facts.all((config, credentials))?;

        let mut changes = Changes::none();
        if let Some(before) = config {
            let before = before.as_deref();
            let text = ini::edit(SharedFile::Config, before, &sections)?;
            changes.write(Root::Aws, SharedFile::Config.name(), before, text);
        }
        if let (Some(before), Some(keys)) = (credentials, &plan.keys) {
            let before = before.as_deref();
            let settings = key_settings(&keys.pair, before);
            let edit = SectionEdit::profile(&keys.profile, &settings).remove(SESSION_TOKENS);
            let text = ini::edit(SharedFile::Credentials, before, &[edit])?;
            changes.write(Root::Aws, SharedFile::Credentials.name(), before, text);
        }
        Ok(changes)
    }
}

fn file(file: SharedFile) -> lookup::ReadFile {
    lookup::ReadFile { root: Root::Aws, path: file.name().to_owned() }
}

/// The sections of the config file.
fn sections(plan: &Plan) -> Vec<SectionEdit<'_>> {
    let sessions = plan.sso_sessions.iter().map(|session| SectionEdit::sso_session(&session.name, &session.settings));
    let profiles = plan.profiles.iter().map(|profile| SectionEdit::profile(&profile.name, &profile.settings));
    sessions.chain(profiles).collect()
}

/// The settings that hold `pair`.
fn key_settings(pair: &KeyPair, before: Option<&str>) -> [(String, String); 2] {
    let secret = &pair.secret_access_key;
    // Where the file holds this very secret, its token is the verbatim one: then nothing changes.
    let held = secret.in_text(TextFormat::Verbatim);
    let secret = if before.is_some_and(|text| text.contains(&held)) { held } else { secret.in_text(TextFormat::Ini) };
    [("aws_access_key_id".to_owned(), pair.access_key_id.clone()), ("aws_secret_access_key".to_owned(), secret)]
}

define_plugin! {
    /// Writes profiles and access keys into the AWS CLI's shared files.
    pub PLUGIN = "aws-cli-files", outputs: [AwsCliFiles], lookups: &[lookup::ReadFile::NAME]
}
