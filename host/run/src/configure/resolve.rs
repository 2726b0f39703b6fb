//! Resolves the project: recovers an interrupted run, reads the project's files and asks for missing values.

use leverage_core::project::SourcedValue;
use leverage_error::Result;
use leverage_plugin_api::model::Project;
use std::path::{Path, PathBuf};

use crate::config_files;
use crate::effects::Effects;
use crate::options::ConfigureOptions;
use crate::pending_files::Roots;
use crate::project_files::{self, DeclaredProject};
use crate::recovery::Recovery;

/// A project and its folders.
pub(super) struct ResolvedProject {
    /// The root of the project.
    pub root: PathBuf,
    /// `~/.aws/<short name>`.
    pub aws_folder: PathBuf,
    /// The project as plugins see it.
    pub project: Project,
    /// The recorded ids of the management account.
    pub management_ids: Vec<SourcedValue>,
    /// Warnings about values that contradict each other.
    pub contradictions: Vec<String>,
}

impl ResolvedProject {
    /// The roots of file paths in this project.
    pub fn roots<'e>(&self, effects: &'e Effects<'_>) -> Roots<'e> {
        let user_file = config_files::user_file(&effects.home, effects.environment);
        Roots {
            own: user_file.parent().map(Path::to_owned).into_iter().chain([data_folder(effects)]).collect(),
            aws: self.aws_folder.clone(),
            aws_home: effects.home.join(".aws"),
            project: self.root.clone(),
            environment: effects.environment,
        }
    }
}

/// The folder of the added plugins.
fn data_folder(effects: &Effects<'_>) -> PathBuf {
    let configured = (effects.environment)("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    configured.unwrap_or_else(|| effects.home.join(".local/share")).join("leverage")
}

/// Resolves the project of the working folder.
pub(super) fn project(
    options: &ConfigureOptions,
    effects: &Effects<'_>,
    recovery: &mut Recovery<'_>,
) -> Result<ResolvedProject> {
    let located = project_files::locate(&effects.folder, effects.files)?;
    let mut declared = project_files::resolve(&located, &options.answers, effects)?;
    let aws_folder = effects.home.join(".aws").join(&declared.project.short_name);
    if options.dry_run {
        recovery.warn(&aws_folder)?;
    } else if recovery.recover(&aws_folder)? {
        // The files may have been half written. The user is not asked again.
        let located = project_files::locate(&effects.folder, effects.files)?;
        let options = options.with_answers_of(&declared.project);
        declared = project_files::resolve(&located, &options.answers, effects)?;
    }
    let DeclaredProject { mut project, management_ids, contradictions } = declared;
    project.aws_folder = aws_folder.to_str().map(str::to_owned);
    Ok(ResolvedProject { root: located.root, aws_folder, project, management_ids, contradictions })
}
