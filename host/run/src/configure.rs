//! `credentials configure`: sets up the credentials of one type.
//!
//! The stages, in order: read the configuration and the project, plan (the credential type), lock, render (the outputs),
//! check the result with the AWS SDK's parser, commit all files or none, run the actions of outputs.

mod lookups;
mod plan;
mod post_commit;
mod render;
mod resolve;
mod settings;
mod summary;

use leverage_core::report::{FileReport, Report};
use leverage_core::secrets::Vault;
use leverage_error::Result;
use leverage_files::Backups;
use leverage_plugin_api::model::{AccessKeysMode, Diagnostic, Root};

use crate::commit::commit_all;
use crate::effects::Effects;
use crate::options::ConfigureOptions;
use crate::pending_files::{PendingChange, PendingFiles};
use crate::recovery::Recovery;
use crate::shared_files;
use lookups::LookupContext;
use plan::Planned;

pub use settings::{check_outputs, selection};

/// Sets up the credentials of one type.
///
/// # Errors
///
/// All files are unchanged, except if a command of an output fails ([`Kind::Command`](leverage_error::Kind::Command)) or is
/// interrupted: the files are then already written, and the error says so.
pub async fn configure(options: &ConfigureOptions, effects: &Effects<'_>) -> Result<Report> {
    let mut recovery = Recovery::new(effects.files, &effects.home);
    let result = run(options, effects, &mut recovery).await;
    let mut report = result.map_err(|error| recovery.notices.move_into_error(error))?;
    recovery.notices.move_into(&mut report.diagnostics);
    Ok(report)
}

async fn run(options: &ConfigureOptions, effects: &Effects<'_>, recovery: &mut Recovery<'_>) -> Result<Report> {
    let config = settings::effective_config(options, effects)?;
    let (credential_type, type_name) = effects.registry.credential_type(&options.credential_type)?;
    if options.access_keys == AccessKeysMode::Skip && options.skip_assumable_roles {
        return Ok(summary::nothing_to_do(type_name, options.dry_run));
    }
    let resolved = resolve::project(options, effects, recovery)?;
    let plugin_options = settings::plugin_options(type_name, options, &config);
    let profile_roots = shared_files::roots(effects.registry, config.outputs.iter().map(|output| output.name.as_str()));
    let writes_home = profile_roots.contains(&Root::AwsHome);
    if writes_home {
        shared_files::refuse_other_files(&effects.home, effects.environment)?;
    }

    let vault = Vault::default();
    let mut files = PendingFiles::new(effects.files, &vault, resolved.roots(effects));
    let mut lookups = LookupContext::new(
        options,
        effects,
        &vault,
        &resolved.project.region,
        &resolved.management_ids,
        profile_roots.clone(),
    );
    let Planned { plan, document, key_profile } =
        plan::plan(&credential_type, &plugin_options, &resolved.project, &mut lookups, &mut files).await?;

    // From here on, no other run can write these files. What was read before is read again.
    let lock = || recovery.lock_for_commit(&resolved.aws_folder, writes_home);
    let locks = (!options.dry_run).then(lock).transpose()?;
    files.discard();
    let rendered =
        render::render(&config, &resolved.project, plugin_options, &document, &mut lookups, &mut files).await?;
    // The plan of a large organization is not kept twice.
    drop(document);
    let file_warnings = shared_files::check(&mut files, &profile_roots, &plan).await?;

    let mut diagnostics: Vec<Diagnostic> = resolved.contradictions.iter().map(Diagnostic::warning).collect();
    diagnostics.extend(plan.diagnostics.iter().cloned().chain(rendered.diagnostics).chain(file_warnings));
    let file_reports = if options.dry_run {
        preview(&files)
    } else {
        let backups = Backups::new(&resolved.aws_folder, format!("configure {type_name}"), effects.now);
        commit_all(effects.files, &files.into_writes()?, &backups, &mut diagnostics)?
    };
    drop(locks);
    let actions = rendered.actions;
    let mut next_steps = Vec::new();
    if !options.dry_run {
        post_commit::execute(&actions, &vault, &resolved.root, &file_reports, effects).await?;
        next_steps = summary::next_steps(&resolved.aws_folder, &plan, writes_home);
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

/// The diffs of the files that a run would write.
fn preview(files: &PendingFiles<'_>) -> Vec<FileReport> {
    let report = |change: PendingChange<'_>| FileReport {
        path: change.path.display().to_string(),
        created: change.before.is_none(),
        removed: false,
        backup: None,
        diff: leverage_core::diff::lines(change.before.unwrap_or_default(), change.after),
    };
    files.changes().map(report).collect()
}
