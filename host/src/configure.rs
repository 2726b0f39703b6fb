//! `credentials configure`: options in, report out, every effect injected.
//!
//! The stages, each a function of what the one before it gave: read the project → plan (the credential
//! type) → render (each output target) → check with the AWS SDK's parser → commit all files or none.

mod earlier;
mod facts;
mod project;
mod texts;
pub mod undo;

use jiff::Timestamp;
use leverage_plugin_api::model::{AccessKeysMode, Changes, Diagnostic, Options as PluginOptions, Plan, Project, Root};
use leverage_plugin_api::naming;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::core::engine::{self, Head};
use crate::core::report::{FileReport, KeyProfile, Report};
use crate::core::secrets::Vault;
use crate::error::{Error, Kind, Result};
use crate::plugins::{Registry, required_by_project};
use crate::shell::aws::Aws;
use crate::shell::files::{Backups, CommitError, FileError, Write, Written, commit};
use crate::shell::profiles::Profiles;
use crate::shell::prompt::Prompt;
use earlier::Earlier;
use facts::Facts;
use texts::Texts;

/// The AWS CLI's shared config file, in `~/.aws/<short name>`.
const CONFIG: &str = "config";
/// The AWS CLI's shared credentials file, in `~/.aws/<short name>`.
const CREDENTIALS: &str = "credentials";

/// What the user asks for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The credential type, in any case.
    pub credential_type: String,
    /// The console's `.csv` file; `-` is standard input.
    pub credentials_file: Option<PathBuf>,
    /// Names the user's MFA device in the profiles.
    pub fetch_mfa_device: bool,
    /// The device to name, where the user has several.
    pub mfa_serial: Option<String>,
    /// What to do about keys that exist already.
    pub access_keys: AccessKeysMode,
    /// Writes no role profiles.
    pub skip_assumable_roles: bool,
    /// Shows what would be written, and writes nothing.
    pub dry_run: bool,
    /// Answers to questions, by their id.
    pub answers: BTreeMap<String, String>,
}

impl Options {
    /// These, with what a project says and its files may not.
    fn with_answers_of(&self, project: &Project) -> Self {
        let mut options = self.clone();
        options.answers.insert("short-name".to_owned(), project.short_name.clone());
        options.answers.insert("region".to_owned(), project.region.clone());
        options
    }
}

/// Everything outside the process that a run touches.
pub struct Effects<'a> {
    /// The plugins.
    pub registry: &'a Registry,
    /// AWS.
    pub aws: &'a dyn Aws,
    /// The person at the terminal.
    pub prompt: &'a dyn Prompt,
    /// Is told how many accounts are known while the organization is read.
    pub progress: &'a dyn Fn(usize),
    /// Environment variables.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The user's home folder, which holds `.aws`.
    pub home: PathBuf,
    /// The working folder.
    pub folder: PathBuf,
    /// The time, which names backups.
    pub now: Timestamp,
}

/// Sets up the credentials of one type.
///
/// # Errors
///
/// See [`Kind`]; whatever the error, every file is as it was.
pub async fn configure(options: &Options, effects: &Effects<'_>) -> Result<Report> {
    let mut earlier = Earlier::default();
    let mut report = run(options, effects, &mut earlier).await.map_err(|error| earlier.tell_with(error))?;
    earlier.tell(&mut report.diagnostics);
    Ok(report)
}

async fn run(options: &Options, effects: &Effects<'_>, earlier: &mut Earlier) -> Result<Report> {
    let root = project::root(&effects.folder);
    effects.registry.check_required(&required_by_project(&effects.folder, root)?)?;
    let (credential_type, type_name) = effects.registry.credential_type(&options.credential_type)?;
    if options.access_keys == AccessKeysMode::Skip && options.skip_assumable_roles {
        return Ok(nothing_to_do(type_name, options.dry_run));
    }

    let vault = Vault::default();
    let located = project::locate(&effects.folder)?;
    let project_root = located.root.clone();
    let (mut project, mut contradictions) = project::settle(located, options, effects)?;
    let aws_folder = effects.home.join(".aws").join(&project.short_name);
    if options.dry_run {
        earlier.look(&aws_folder)?;
    } else if earlier.recover(&aws_folder)? {
        // What was read may have been half done. What was answered is not asked again.
        let located = project::locate(&effects.folder)?;
        (project, contradictions) = project::settle(located, &options.with_answers_of(&project), effects)?;
    }
    let mut texts = Texts::new(&vault, aws_folder.clone(), project_root);
    let plugin_options = plugin_options(type_name, options);

    let mut facts = Facts::new(options, effects, &vault, &project.region);
    let head = Head::new(&project, &plugin_options)?;
    let planned: Box<RawValue> = engine::run(&credential_type, &head, None, &mut facts.with(&mut texts)).await?;
    let plan = engine::read_plan(&credential_type, &planned)?;
    let key_profile = key_profile(&plan, &plugin_options, &project, &facts).await;
    let key_profile = key_profile.map_err(|error| engine::blame(&credential_type, error))?;

    tracing::info!(profiles = plan.profiles.len(), accounts = plan.accounts.len(), "planned");

    // From here on no other run may write these files; what was read before is read again.
    let lock = (!options.dry_run).then(|| earlier.begin(&aws_folder)).transpose()?;
    texts.forget();
    let mut diagnostics: Vec<Diagnostic> = contradictions.into_iter().map(Diagnostic::warning).collect();
    diagnostics.extend(plan.diagnostics.iter().cloned());
    for output in effects.registry.selected_outputs() {
        let contribution = effects.registry.output(output)?;
        let changes: Changes = engine::run(&contribution, &head, Some(&planned), &mut facts.with(&mut texts)).await?;
        diagnostics.extend(changes.diagnostics);
        for change in changes.files {
            texts.change(change).map_err(|error| engine::blame(&contribution, error))?;
        }
    }
    drop(planned);
    check(&mut texts, &plan).await?;

    let files = if options.dry_run {
        preview(&texts)
    } else {
        let backups = Backups::new(&aws_folder, format!("configure {type_name}"), effects.now);
        write(texts, &backups, &mut diagnostics)?
    };
    drop(lock);
    let next_steps = if options.dry_run { Vec::new() } else { next_steps(&aws_folder, &plan) };
    Ok(Report {
        credential_type: type_name.to_owned(),
        key_profile,
        dry_run: options.dry_run,
        profiles: plan.profiles.into_iter().map(|profile| profile.name).collect(),
        accounts: plan.accounts,
        files,
        diagnostics,
        next_steps,
    })
}

/// How to use the profiles: they are not in the files that the AWS CLI reads by itself.
fn next_steps(aws_folder: &Path, plan: &Plan) -> Vec<String> {
    let Some(profile) = plan.profiles.first() else { return Vec::new() };
    let file = |name| aws_folder.join(name).display().to_string();
    let mut steps =
        vec![format!("export AWS_CONFIG_FILE={} AWS_SHARED_CREDENTIALS_FILE={}", file(CONFIG), file(CREDENTIALS))];
    steps.extend(plan.sso_sessions.iter().map(|session| format!("aws sso login --sso-session {}", session.name)));
    steps.push(format!("aws sts get-caller-identity --profile {}", profile.name));
    steps
}

fn nothing_to_do(type_name: &str, dry_run: bool) -> Report {
    let message = "nothing to do: both the access keys and the role profiles are to be skipped".to_owned();
    Report {
        credential_type: type_name.to_owned(),
        key_profile: None,
        dry_run,
        profiles: Vec::new(),
        accounts: Vec::new(),
        files: Vec::new(),
        diagnostics: vec![Diagnostic::note(message)],
        next_steps: Vec::new(),
    }
}

fn plugin_options(type_name: &str, options: &Options) -> PluginOptions {
    let mut plugin_options = PluginOptions::default();
    plugin_options.credential_type = type_name.to_owned();
    plugin_options.access_keys = options.access_keys;
    plugin_options.skip_assumable_roles = options.skip_assumable_roles;
    plugin_options.fetch_mfa_device = options.fetch_mfa_device;
    if let Some(serial) = &options.mfa_serial {
        plugin_options.settings.insert("mfa_serial".to_owned(), serial.as_str().into());
    }
    plugin_options
}

/// The profile that holds the keys, unless the credential type needs none. New ones are verified here if
/// it did not ask whose they are: none is written before AWS has accepted it.
async fn key_profile(
    plan: &Plan,
    options: &PluginOptions,
    project: &Project,
    facts: &Facts<'_>,
) -> Result<Option<KeyProfile>> {
    if plan.keys.is_none() && !facts.used_credentials() {
        return Ok(None);
    }
    let identity = match &plan.keys {
        Some(keys) => Some(facts.identity_of(&keys.pair).await?),
        None => facts.any_identity().await,
    };
    let own = || naming::key_profile(&project.short_name, &options.credential_type);
    Ok(Some(KeyProfile {
        name: plan.keys.as_ref().map_or_else(own, |keys| keys.profile.clone()),
        new_keys: plan.keys.is_some(),
        arn: identity.map(|identity| identity.arn),
    }))
}

/// Reads what is about to be written with the AWS SDK's own parser.
async fn check(texts: &mut Texts<'_>, plan: &Plan) -> Result<()> {
    let config_changes = texts.is_changed(Root::Aws, CONFIG);
    let credentials_change = texts.is_changed(Root::Aws, CREDENTIALS);
    if !config_changes && !credentials_change {
        return Ok(());
    }
    let (config, credentials) = texts.read_shared_files()?;
    let profiles = Profiles::parse(config, credentials).await?;
    if config_changes {
        profiles.check_profiles(plan)?;
    }
    if credentials_change { profiles.check_keys(plan) } else { Ok(()) }
}

fn preview(texts: &Texts<'_>) -> Vec<FileReport> {
    let report = |change: texts::Change<'_>| FileReport {
        path: change.path.display().to_string(),
        created: change.before.is_none(),
        removed: false,
        backup: None,
        diff: crate::core::diff::lines(change.before.unwrap_or_default(), change.after),
    };
    texts.changes().map(report).collect()
}

fn write(texts: Texts<'_>, backups: &Backups, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<FileReport>> {
    commit_all(&texts.into_writes()?, backups, diagnostics)
}

/// Makes all of `writes`, or none.
fn commit_all(writes: &[Write], backups: &Backups, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<FileReport>> {
    let committed = commit(writes, backups)?;
    diagnostics.extend(committed.warnings.into_iter().map(Diagnostic::warning));
    Ok(writes.iter().zip(committed.written).map(|(write, written)| file_report(write, Some(written))).collect())
}

fn file_report(write: &Write, written: Option<Written>) -> FileReport {
    FileReport {
        path: write.path.display().to_string(),
        created: write.before.is_none(),
        removed: write.contents.is_none(),
        backup: written.and_then(|written| written.backup).map(|backup| backup.display().to_string()),
        diff: Vec::new(),
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let converted = Self::new(Kind::Files, error.to_string());
        match error.hint() {
            Some(hint) => converted.hint(hint),
            None => converted,
        }
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        let converted = Self::new(Kind::Files, error.to_string());
        match error.cause.hint() {
            Some(hint) => converted.hint(hint),
            None => converted,
        }
    }
}
