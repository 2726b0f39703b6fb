//! `credentials configure`: options in, report out, every effect injected.
//!
//! The stages, each a function of what the one before it gave: read the project → plan (the credential
//! type) → render (each output target) → check with the AWS SDK's parser → commit all files or none.

mod earlier;
mod facts;
mod follow_up;
mod heads;
mod project;
mod shared_files;
mod texts;
pub mod undo;

use jiff::Timestamp;
use leverage_plugin_api::model::{
    AccessKeysMode, Changes, Diagnostic, Options as PluginOptions, Plan, Project, PruneMode, Root,
};
use leverage_plugin_api::naming;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

use crate::core::answers::{Answer, Answers};
use crate::core::config::{Choice, Effective, Origin};
use crate::core::engine::{self, Head};
use crate::core::follow_up::FollowUp;
use crate::core::report::{FileReport, KeyProfile, Report};
use crate::core::secrets::Vault;
use crate::error::{Error, Kind, Result};
use crate::plugins::Registry;
use crate::shell::aws::Aws;
use crate::shell::command::Commands;
use crate::shell::config;
use crate::shell::files::{Backups, CommitError, FileError, Write, Written, commit};
use crate::shell::prompt::Prompt;
use earlier::Earlier;
use facts::{Facts, Gathering};
use heads::OutputHeads;
use texts::{Roots, Texts};

pub use project::root;

/// The AWS CLI's shared config file, in `~/.aws/<short name>`.
const CONFIG: &str = "config";
/// The AWS CLI's shared credentials file, in `~/.aws/<short name>`.
const CREDENTIALS: &str = "credentials";

/// The variable that names the environment.
const ENVIRONMENT: &str = "LEVERAGE_ENV";

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
    /// The environment; without one, what `LEVERAGE_ENV` names, else the default.
    pub environment: Option<String>,
    /// The outputs that run, if others than the environment's.
    pub outputs: Vec<String>,
    /// The role that the profiles assume, if another than the configuration's.
    pub role_name: Option<String>,
    /// Patterns of the names of accounts that get a profile, if others than the configuration's.
    pub accounts: Vec<String>,
    /// Shows what would be written, and writes nothing.
    pub dry_run: bool,
    /// Removes profiles that an earlier run wrote and that no account stands behind any more, once that is agreed to.
    pub prune: bool,
    /// Answers to questions; none to one for a secret.
    pub answers: Answers,
}

impl Options {
    /// These, with what a project says and its files may not.
    fn with_answers_of(&self, project: &Project) -> Self {
        let mut options = self.clone();
        options.answers.insert(Answer::new("short-name", &project.short_name));
        options.answers.insert(Answer::new("region", &project.region));
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
    /// Gets what outputs print for standard output. It may hold secrets for the runner of a CI job: only where
    /// `GITHUB_ACTIONS` is `true`, and only in lines that the runner shows to nobody.
    pub print: &'a dyn Fn(&str),
    /// Gets what the commands of outputs say, line by line, secrets masked.
    pub say: &'a dyn Fn(&str),
    /// Runs the commands that outputs want run once the files are written.
    pub commands: &'a dyn Commands,
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
/// See [`Kind`]; whatever the error, every file is as it was. But for [`Kind::Command`], and [`Kind::Interrupted`] while a
/// command ran: then the files are written, and the hint says so.
pub async fn configure(options: &Options, effects: &Effects<'_>) -> Result<Report> {
    let mut earlier = Earlier::default();
    let mut report = run(options, effects, &mut earlier).await.map_err(|error| earlier.tell_with(error))?;
    earlier.tell(&mut report.diagnostics);
    Ok(report)
}

async fn run(options: &Options, effects: &Effects<'_>, earlier: &mut Earlier) -> Result<Report> {
    let effective = effective(options, effects)?;
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
    } else if earlier.recover(&aws_folder, &effects.home)? {
        // What was read may have been half done. What was answered is not asked again.
        let located = project::locate(&effects.folder)?;
        (project, contradictions) = project::settle(located, &options.with_answers_of(&project), effects)?;
    }
    project.aws_folder = aws_folder.to_str().map(str::to_owned);
    let roots = Roots {
        aws: aws_folder.clone(),
        aws_home: effects.home.join(".aws"),
        project: project_root.clone(),
        environment: effects.environment,
    };
    let mut texts = Texts::new(&vault, roots);
    let plugin_options = plugin_options(type_name, options, &effective);

    let profile_roots =
        shared_files::roots(effects.registry, effective.outputs.iter().map(|output| output.name.as_str()));
    let mut facts = Facts::new(options, effects, &vault, &project.region, profile_roots.clone());
    let head = Head::new(&project, &plugin_options)?;
    let planned: Box<RawValue> = engine::run(&credential_type, &head, None, &mut facts.with(&mut texts)).await?;
    let plan = engine::read_plan(&credential_type, &planned)?;
    let key_profile = key_profile(&plan, &plugin_options, &project, &facts).await;
    let key_profile = key_profile.map_err(|error| engine::blame(&credential_type, error))?;

    tracing::info!(profiles = plan.profiles.len(), accounts = plan.accounts.len(), "planned");

    // From here on no other run may write these files; what was read before is read again.
    let shares_home = profile_roots.contains(&Root::AwsHome);
    let locks = (!options.dry_run).then(|| earlier.lock(&aws_folder, shares_home, &effects.home)).transpose()?;
    texts.forget();
    let mut diagnostics: Vec<Diagnostic> = contradictions.into_iter().map(Diagnostic::warning).collect();
    diagnostics.extend(plan.diagnostics.iter().cloned());
    let mut heads = OutputHeads::new(&project, plugin_options)?;
    let (follow_up, told) =
        render(&effective, &mut heads, &planned, effects, &vault, &mut facts.with(&mut texts)).await?;
    diagnostics.extend(told);
    drop(planned);
    shared_files::check(&mut texts, &profile_roots, &plan).await?;

    let files = if options.dry_run {
        preview(&texts)
    } else {
        let backups = Backups::new(&aws_folder, format!("configure {type_name}"), effects.now);
        write(texts, &backups, &mut diagnostics)?
    };
    drop(locks);
    if !options.dry_run {
        follow_up::carry_out(&follow_up, &vault, &project_root, &files, effects).await?;
    }
    let next_steps = if options.dry_run { Vec::new() } else { next_steps(&aws_folder, &plan, shares_home) };
    Ok(Report {
        credential_type: type_name.to_owned(),
        key_profile,
        dry_run: options.dry_run,
        profiles: plan.profiles.into_iter().map(|profile| profile.name).collect(),
        accounts: plan.accounts,
        files,
        printed: follow_up.print_masked(),
        commands: follow_up.commands_masked(),
        diagnostics,
        next_steps,
    })
}

/// Runs each output target, with its own options. Its files go into the texts that `gathering` has; what else it wants is
/// returned.
async fn render(
    effective: &Effective,
    heads: &mut OutputHeads<'_>,
    plan: &RawValue,
    effects: &Effects<'_>,
    vault: &Vault,
    gathering: &mut Gathering<'_, '_, '_>,
) -> Result<(FollowUp, Vec<Diagnostic>)> {
    let mut follow_up = FollowUp::default();
    let mut diagnostics = Vec::new();
    for output in &effective.outputs {
        let contribution = effects.registry.output(&output.name)?;
        let changes: Changes = engine::run(&contribution, heads.of(output)?, Some(plan), gathering).await?;
        diagnostics.extend(changes.diagnostics);
        follow_up
            .add(&output.name, &contribution, vault, changes.print, changes.commands)
            .map_err(|error| engine::blame(&contribution, error))?;
        for change in changes.files {
            gathering.texts().change(change).map_err(|error| engine::blame(&contribution, error))?;
        }
    }
    Ok((follow_up, diagnostics))
}

/// How to use the profiles. Unless the AWS CLI finds them by itself, it has to be told where they are.
fn next_steps(aws_folder: &Path, plan: &Plan, found_by_itself: bool) -> Vec<String> {
    let Some(profile) = plan.profiles.first() else { return Vec::new() };
    let file = |name| aws_folder.join(name).display().to_string();
    let mut steps = Vec::new();
    if !found_by_itself {
        let (config, credentials) = (file(CONFIG), file(CREDENTIALS));
        steps.push(format!("export AWS_CONFIG_FILE={config} AWS_SHARED_CREDENTIALS_FILE={credentials}"));
    }
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
        printed: Vec::new(),
        commands: Vec::new(),
        diagnostics: vec![Diagnostic::note(message)],
        next_steps: Vec::new(),
    }
}

/// What the configuration says for this run.
fn effective(options: &Options, effects: &Effects<'_>) -> Result<Effective> {
    let user = config::of_user(&effects.home, effects.environment);
    let config = config::read(&user, project::root(&effects.folder), &effects.folder)?;
    effects.registry.check_required(config.required())?;
    config.check_types(effects.registry.known_types())?;
    let choice = choice(options.environment.clone(), options.outputs.clone(), effects.environment);
    let effective = config.choose(choice, effects.registry.selected_outputs())?;
    check_outputs(&effective, effects.registry)?;
    Ok(effective)
}

/// The environment and the outputs that are chosen; a flag wins over `LEVERAGE_ENV`.
pub fn choice(environment: Option<String>, outputs: Vec<String>, variable: &dyn Fn(&str) -> Option<String>) -> Choice {
    let flag = environment.map(|name| (name, Origin::Flag("--env")));
    let environment = flag.or_else(|| Some((variable(ENVIRONMENT)?, Origin::Variable(ENVIRONMENT))));
    Choice { environment, outputs }
}

/// Checks that there is an output of each name.
///
/// # Errors
///
/// The first one that there is not, and where it is named.
pub fn check_outputs(effective: &Effective, registry: &Registry) -> Result<()> {
    for output in &effective.outputs {
        registry.check_output(&output.name).map_err(|mut error| {
            error.message = format!("{}: {}", effective.outputs_from.place(), error.message);
            error
        })?;
    }
    Ok(())
}

fn plugin_options(type_name: &str, options: &Options, effective: &Effective) -> PluginOptions {
    let mut plugin_options = PluginOptions::default();
    plugin_options.credential_type = type_name.to_owned();
    plugin_options.access_keys = options.access_keys;
    plugin_options.skip_assumable_roles = options.skip_assumable_roles;
    plugin_options.fetch_mfa_device = options.fetch_mfa_device;
    plugin_options.prune = match (options.prune, options.dry_run) {
        (false, _) => PruneMode::Keep,
        (true, false) => PruneMode::Ask,
        // It is shown, and nothing is removed.
        (true, true) => PruneMode::Remove,
    };
    if let Some(serial) = &options.mfa_serial {
        plugin_options.settings.insert("mfa_serial".to_owned(), serial.as_str().into());
    }
    plugin_options.profiles = effective.profile_options(type_name, options.role_name.as_deref(), &options.accounts);
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
