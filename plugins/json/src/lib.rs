//! The output target `json`: writes the plan for other programs to standard output or to a file of the project. The format
//! has a version and is described in `schema/plan-1.json`. It has no secrets and no access key ids.

#![forbid(unsafe_code)]

use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::{Query, Settings};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

const NAME: &str = "json";

/// The path that means standard output.
const STDOUT: &str = "-";

/// The version of the format. Raised when readers of the old one would break.
const VERSION: u32 = 1;

/// The document.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    credential_type: &'a str,
    project: ProjectPart<'a>,
    /// The profile that got new access keys in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_profile: Option<&'a str>,
    accounts: Vec<AccountPart<'a>>,
    profiles: Vec<ProfilePart<'a>>,
    sso_sessions: Vec<SessionPart<'a>>,
}

#[derive(Serialize)]
struct ProjectPart<'a> {
    short_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    long_name: Option<&'a str>,
    region: &'a str,
}

#[derive(Serialize)]
struct AccountPart<'a> {
    name: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

#[derive(Serialize)]
struct ProfilePart<'a> {
    name: &'a str,
    /// The name of the account that it gives access to.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
    settings: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct SessionPart<'a> {
    name: &'a str,
    settings: BTreeMap<&'a str, &'a str>,
}

impl<'a> Document<'a> {
    fn of(request: &'a Request, plan: &'a Plan) -> Self {
        let names: HashMap<&str, &str> =
            plan.accounts.iter().map(|account| (account.id.as_str(), account.name.as_str())).collect();
        let account = |account: &'a PlannedAccount| AccountPart {
            name: &account.name,
            id: &account.id,
            email: account.email.as_deref(),
        };
        let profile = |profile: &'a PlannedProfile| ProfilePart {
            name: &profile.name,
            account: profile.account_id.as_deref().and_then(|id| names.get(id).copied()),
            account_id: profile.account_id.as_deref(),
            settings: settings(&profile.settings),
        };
        let session =
            |session: &'a PlannedSsoSession| SessionPart { name: &session.name, settings: settings(&session.settings) };
        let project = &request.project;
        Self {
            version: VERSION,
            credential_type: &request.options.credential_type,
            project: ProjectPart {
                short_name: &project.short_name,
                long_name: project.long_name.as_deref(),
                region: &project.region,
            },
            key_profile: plan.keys.as_ref().map(|keys| keys.profile.as_str()),
            accounts: plan.accounts.iter().map(account).collect(),
            profiles: plan.profiles.iter().map(profile).collect(),
            sso_sessions: plan.sso_sessions.iter().map(session).collect(),
        }
    }
}

/// The settings, without those with the token of a secret.
fn settings(settings: &[(String, String)]) -> BTreeMap<&str, &str> {
    let plain = settings.iter().filter(|(_, value)| !value.contains(SecretRef::PREFIX));
    plain.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Writes the plan as JSON.
struct Json;

impl OutputTarget for Json {
    fn info(&self) -> OutputInfo {
        OutputInfo::new(NAME, "The plan for other programs, as JSON on standard output or in a file")
    }

    fn render(&self, request: &Request, plan: &Plan, facts: &Facts) -> Step<Changes> {
        let options = Settings::of(request, NAME, &["path"])?;
        let path = if options.text("path")? == Some(STDOUT) { STDOUT } else { options.path("path", STDOUT)? };
        let mut text = serde_json::to_string_pretty(&Document::of(request, plan))
            .map_err(|error| Failure::new(format!("failed to write the plan as JSON: {error}")))?;
        let mut changes = Changes::none();
        if path == STDOUT {
            changes.print.push(text);
            return Ok(changes);
        }
        text.push('\n');
        let before = facts.get(lookup::ReadFile { root: Root::Project, path: path.to_owned() })?;
        changes.write(Root::Project, path, before.as_deref(), text);
        Ok(changes)
    }
}

define_plugin! {
    /// Writes the plan for other programs, as JSON.
    pub PLUGIN = "json", outputs: [Json], lookups: &[lookup::ReadFile::NAME]
}
