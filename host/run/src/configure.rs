//! `credentials configure`: options in, report out.
//!
//! The stages: read the project → plan (the credential type) → render (the outputs) → check what would be written with the
//! AWS SDK's parser → commit all files or none → run what outputs want to run once the files are written.

mod lookups;
mod post_commit;
mod render;
mod settings;
mod summary;

use leverage_plugin_api::model::{AccessKeysMode, Diagnostic, Plan, Project, Root};
use serde_json::value::RawValue;
use std::path::PathBuf;

use leverage_core::answers::{Answer, Answers};
use leverage_core::protocol::{self, RequestBase};
use leverage_core::report::{FileReport, Report};
use leverage_core::secrets::Vault;
use leverage_error::Result;
use leverage_files::Backups;

use crate::commit::commit_all;
use crate::effects::Effects;
use crate::recovery::RecoveryNotices;
use crate::working_files::{self, Roots, WorkingFiles};
use crate::{project, shared_files};
use lookups::LookupState;
use render::{OutputRequests, render};

pub(crate) use lookups::given_answer;
pub use settings::{check_outputs, choice};

/// What the user asks for.
#[derive(Debug, Clone, Default)]
pub struct ConfigureOptions {
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

impl ConfigureOptions {
    /// These, with what a project says and its files may not.
    fn with_answers_of(&self, project: &Project) -> Self {
        let mut options = self.clone();
        options.answers.insert(Answer::new("short-name", &project.short_name));
        options.answers.insert(Answer::new("region", &project.region));
        options
    }
}

/// Sets up the credentials of one type.
///
/// # Errors
///
/// Whatever the error, every file is as it was, except where a command that an output wants to run fails
/// ([`Kind::Command`](leverage_error::Kind::Command)) or is interrupted: by then the files are written, and the hint says so.
pub async fn configure(options: &ConfigureOptions, effects: &Effects<'_>) -> Result<Report> {
    let mut notices = RecoveryNotices::new(effects.files);
    let mut report = run(options, effects, &mut notices).await.map_err(|error| notices.add_to_error(error))?;
    notices.move_into(&mut report.diagnostics);
    Ok(report)
}

async fn run(options: &ConfigureOptions, effects: &Effects<'_>, notices: &mut RecoveryNotices<'_>) -> Result<Report> {
    let effective = settings::effective(options, effects)?;
    let (credential_type, type_name) = effects.registry.credential_type(&options.credential_type)?;
    if options.access_keys == AccessKeysMode::Skip && options.skip_assumable_roles {
        return Ok(summary::nothing_to_do(type_name, options.dry_run));
    }

    let vault = Vault::default();
    let Site { root, aws_folder, project, contradictions } = read_project(options, effects, notices)?;
    let roots = Roots {
        aws: aws_folder.clone(),
        aws_home: effects.home.join(".aws"),
        project: root.clone(),
        environment: effects.environment,
    };
    let mut files = WorkingFiles::new(effects.files, &vault, roots);
    let plugin_options = settings::plugin_options(type_name, options, &effective);
    let output_names = effective.outputs.iter().map(|output| output.name.as_str());
    let profile_roots = shared_files::roots(effects.registry, output_names);

    let mut lookups = LookupState::new(options, effects, &vault, &project.region, profile_roots.clone());
    let request = RequestBase::new(&project, &plugin_options)?;
    let plan_document: Box<RawValue> =
        protocol::run(&credential_type, &request, None, &mut lookups.with(&mut files)).await?;
    let plan: Plan = protocol::read_plan(&credential_type, &plan_document)?;
    let key_profile = summary::key_profile(&plan, &plugin_options, &project, &lookups).await;
    let key_profile = key_profile.map_err(|error| protocol::attribute(&credential_type, error))?;
    tracing::info!(profiles = plan.profiles.len(), accounts = plan.accounts.len(), "planned");

    // From here on no other run may write these files; what was read before is read again.
    let shares_home = profile_roots.contains(&Root::AwsHome);
    let locks = (!options.dry_run).then(|| notices.lock(&aws_folder, shares_home, &effects.home)).transpose()?;
    files.forget();
    let mut diagnostics: Vec<Diagnostic> = contradictions.into_iter().map(Diagnostic::warning).collect();
    diagnostics.extend(plan.diagnostics.iter().cloned());
    let mut requests = OutputRequests::new(&project, plugin_options)?;
    let mut resolver = lookups.with(&mut files);
    let (actions, output_diagnostics) =
        render(&effective, &mut requests, &plan_document, effects.registry, &vault, &mut resolver).await?;
    diagnostics.extend(output_diagnostics);
    drop(plan_document);
    shared_files::check(&mut files, &profile_roots, &plan).await?;

    let file_reports = if options.dry_run {
        preview(&files)
    } else {
        let backups = Backups::new(&aws_folder, format!("configure {type_name}"), effects.now);
        commit_all(effects.files, &files.into_writes()?, &backups, &mut diagnostics)?
    };
    drop(locks);
    let mut next_steps = Vec::new();
    if !options.dry_run {
        post_commit::execute(&actions, &vault, &root, &file_reports, effects).await?;
        next_steps = summary::next_steps(&aws_folder, &plan, shares_home);
    }
    Ok(Report {
        credential_type: type_name.to_owned(),
        key_profile,
        dry_run: options.dry_run,
        profiles: plan.profiles.into_iter().map(|profile| profile.name).collect(),
        accounts: plan.accounts,
        files: file_reports,
        printed: actions.print_masked(),
        commands: actions.commands_masked(),
        diagnostics,
        next_steps,
    })
}

/// Where a run is at work, and what the project's files say.
struct Site {
    /// The project's root.
    root: PathBuf,
    /// `~/.aws/<short name>`.
    aws_folder: PathBuf,
    project: Project,
    contradictions: Vec<String>,
}

/// Reads the project, after recovering a run that did not end.
fn read_project(options: &ConfigureOptions, effects: &Effects<'_>, notices: &mut RecoveryNotices<'_>) -> Result<Site> {
    let located = project::locate(&effects.folder, effects.files)?;
    let root = located.root.clone();
    let (mut project, mut contradictions) = project::settle(located, options, effects)?;
    let aws_folder = effects.home.join(".aws").join(&project.short_name);
    if options.dry_run {
        notices.look(&aws_folder)?;
    } else if notices.recover(&aws_folder, &effects.home)? {
        // What was read may have been half done. What was answered is not asked again.
        let located = project::locate(&effects.folder, effects.files)?;
        (project, contradictions) = project::settle(located, &options.with_answers_of(&project), effects)?;
    }
    project.aws_folder = aws_folder.to_str().map(str::to_owned);
    Ok(Site { root, aws_folder, project, contradictions })
}

/// The difference in each file that a run would write.
fn preview(files: &WorkingFiles<'_>) -> Vec<FileReport> {
    let report = |change: working_files::Change<'_>| FileReport {
        path: change.path.display().to_string(),
        created: change.before.is_none(),
        removed: false,
        backup: None,
        diff: leverage_core::diff::lines(change.before.unwrap_or_default(), change.after),
    };
    files.changes().map(report).collect()
}
