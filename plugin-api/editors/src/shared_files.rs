//! Renders a plan into the AWS CLI's shared files: profiles into `config`, access keys into `credentials`. Everything else
//! in the files is kept; see [`ini`].
//!
//! `ledger` records which profiles leverage created. Those are renamed in place when their account is renamed, and can be
//! removed when they are orphaned (`reconcile`).

mod ledger;
mod reconcile;

use crate::ini::{self, SectionEdit, SharedFile};
use ledger::Ledger;
use leverage_plugin_api::model::{Changes, KeyPair, Plan, Request, Root, TextFormat};
use leverage_plugin_api::sdk::lookup::{Ask, ReadFile};
use leverage_plugin_api::sdk::{Facts, Query, Step};

/// The settings of temporary keys. With permanent keys beside them, AWS rejects every request.
const SESSION_TOKENS: &[&str] = &["aws_session_token", "aws_security_token"];

/// The `config` and `credentials` of a folder.
#[derive(Debug, Clone, Copy)]
pub struct SharedFiles {
    root: Root,
    /// The file in `~/.aws/<short name>` that records which profiles leverage created.
    ledger: &'static str,
}

impl SharedFiles {
    /// The files of the project.
    pub const PROJECT: Self = Self { root: Root::Aws, ledger: ".profiles.json" };
    /// The files that the AWS CLI reads by default, in `~/.aws`.
    pub const HOME: Self = Self { root: Root::AwsHome, ledger: ".profiles-shared.json" };

    /// The lookups that this uses. The manifest must declare them.
    pub const LOOKUPS: &'static [&'static str] = &[ReadFile::NAME, Ask::NAME];

    /// Renders the plan.
    ///
    /// # Errors
    ///
    /// As [`OutputTarget::render`](leverage_plugin_api::sdk::OutputTarget::render).
    pub fn render(self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        // Files without changes are not read, so that errors in them do not matter.
        let sections = sections(plan);
        let wants_config = !sections.is_empty() || !request.options.prune.is_keep();
        let config = wants_config.then(|| self.file(SharedFile::Config));
        let credentials = plan.keys.is_some().then(|| self.file(SharedFile::Credentials));
        let ledger = wants_config.then(|| ReadFile { root: Root::Aws, path: self.ledger.to_owned() });
        let (config, credentials, ledger_text) = facts.all((config, credentials, ledger))?;

        let mut changes = Changes::none();
        if let Some(before) = config {
            let ledger_text = ledger_text.flatten();
            // Drop the ledger before the edit, which needs the most memory.
            let (settled, noted) = {
                let ledger = Ledger::read(self.ledger, ledger_text.as_deref())?;
                let reconciled =
                    reconcile::reconcile(request, plan, facts, before.as_deref(), &ledger, &mut changes.diagnostics)?;
                let updated = ledger.updated(plan, &reconciled.added(), &reconciled.gone());
                (reconciled.text, updated.map(|ledger| ledger.text()).transpose()?)
            };
            let text = ini::edit(SharedFile::Config, settled.as_deref().or(before.as_deref()), &sections)?;
            changes.write(self.root, SharedFile::Config.name(), before.as_deref(), text);
            if let Some(noted) = noted {
                changes.write(Root::Aws, self.ledger, ledger_text.as_deref(), noted);
            }
        }
        if let (Some(before), Some(keys)) = (credentials, &plan.keys) {
            let before = before.as_deref();
            let settings = key_settings(&keys.pair, before);
            let edit = SectionEdit::profile(&keys.profile, &settings).remove(SESSION_TOKENS);
            let text = ini::edit(SharedFile::Credentials, before, &[edit])?;
            changes.write(self.root, SharedFile::Credentials.name(), before, text);
        }
        Ok(changes)
    }

    fn file(self, file: SharedFile) -> ReadFile {
        ReadFile { root: self.root, path: file.name().to_owned() }
    }
}

/// The sections of the config file.
fn sections(plan: &Plan) -> Vec<SectionEdit<'_>> {
    let sessions = plan.sso_sessions.iter().map(|session| SectionEdit::sso_session(&session.name, &session.settings));
    let profiles = plan.profiles.iter().map(|profile| SectionEdit::profile(&profile.name, &profile.settings));
    sessions.chain(profiles).collect()
}

/// The settings of `pair`.
fn key_settings(pair: &KeyPair, before: Option<&str>) -> [(String, String); 2] {
    let secret = &pair.secret_access_key;
    // The verbatim token means that the file already has this secret: nothing changes.
    let held = secret.in_text(TextFormat::Verbatim);
    let secret = if before.is_some_and(|text| text.contains(&held)) { held } else { secret.in_text(TextFormat::Ini) };
    [("aws_access_key_id".to_owned(), pair.access_key_id.clone()), ("aws_secret_access_key".to_owned(), secret)]
}

#[cfg(test)]
mod tests;
