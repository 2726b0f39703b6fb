//! Finds the project of the working folder, reads its files, and asks for missing values.

use leverage_plugin_api::model::Project;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

use super::effects::Effects;
use super::{options, utf8};
use leverage_core::answers::Answers;
use leverage_core::project::{self, ProjectDeclaration, ProjectSources, SourceFile, SourcedValue};
use leverage_error::{Error, Kind, Result};
use leverage_files::Files;

/// The root and the files of a project.
pub(super) struct LocatedProject {
    /// The root of the git repository, or else the working folder.
    pub root: PathBuf,
    sources: ProjectSources,
}

/// A project, and what its files say besides.
pub(super) struct DeclaredProject {
    /// The project as plugins see it.
    pub project: Project,
    /// The recorded ids of the management account.
    pub management_ids: Vec<SourcedValue>,
    /// Warnings about values that contradict each other.
    pub contradictions: Vec<String>,
}

/// The root of the project that `folder` belongs to.
pub fn root<'f>(folder: &'f Path, files: &dyn Files) -> &'f Path {
    folder.ancestors().find(|folder| files.exists(&folder.join(".git"))).unwrap_or(folder)
}

/// Finds the project that `folder` belongs to.
pub(super) fn locate(folder: &Path, files: &dyn Files) -> Result<LocatedProject> {
    let root = root(folder, files).to_owned();
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(&root)).collect();
    folders.reverse();
    let all = |name: &str| -> Result<Vec<SourceFile>> {
        let texts = folders.iter().map(|folder| source(files, &root, &folder.join(name)));
        Ok(texts.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    };
    let sources = ProjectSources {
        project_yaml: all("project.yaml")?,
        build_env: all("build.env")?,
        terraform_variables: source(files, &root, &root.join("config/common.tfvars"))?,
    };
    Ok(LocatedProject { root, sources })
}

fn source(files: &dyn Files, root: &Path, path: &Path) -> Result<Option<SourceFile>> {
    let Some(snapshot) = files.read(path)? else { return Ok(None) };
    tracing::info!(file = %path.display(), "reading the project");
    let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = Zeroizing::new(utf8::decode(&snapshot.bytes, &relative, Kind::Files)?.to_owned());
    Ok(Some(SourceFile { path: relative, text }))
}

/// Merges the files of a project, and asks for missing values.
pub(super) fn resolve(located: &LocatedProject, answers: &Answers, effects: &Effects<'_>) -> Result<DeclaredProject> {
    let declaration: ProjectDeclaration = project::read(&located.sources)?;
    let short_name = SHORT_NAME.value_or_ask(declaration.short_name, answers, effects)?;
    let region = REGION.value_or_ask(declaration.region, answers, effects)?;
    let mut project = Project::new(short_name, region);
    project.long_name = declaration.long_name.map(|name| name.value);
    project.accounts = declaration.accounts;
    project.project_file = declaration.project_file;
    project.terraform_variables = declaration.terraform_variables;
    Ok(DeclaredProject {
        project,
        management_ids: declaration.management_ids,
        contradictions: declaration.contradictions,
    })
}

/// The short name of the project that `folder` belongs to. If it is given as an answer, no file is read.
pub(super) fn short_name(folder: &Path, answers: &Answers, effects: &Effects<'_>) -> Result<String> {
    let declared = match options::given_answer(SHORT_NAME.id, answers, effects) {
        Some(_) => None,
        None => project::read(&locate(folder, effects.files)?.sources)?.short_name,
    };
    SHORT_NAME.value_or_ask(declared, answers, effects)
}

const SHORT_NAME: ProjectSetting = ProjectSetting {
    id: options::SHORT_NAME,
    name: "short name",
    prompt: "The project's short name:",
    default: None,
    check: |answer| project::check_short_name(answer).map_err(str::to_owned),
    keys: "`short_name` in project.yaml, `PROJECT` in build.env or `project` in config/common.tfvars",
};

const REGION: ProjectSetting = ProjectSetting {
    id: options::REGION,
    name: "region",
    prompt: "The primary region:",
    default: Some("us-east-1"),
    check: |answer| project::check_region(answer).map_err(str::to_owned),
    keys: "`primary_region` in project.yaml or `region_primary` in config/common.tfvars",
};

/// A setting that the files of a project can lack.
struct ProjectSetting {
    /// The id of the question.
    id: &'static str,
    /// The name in messages.
    name: &'static str,
    prompt: &'static str,
    default: Option<&'static str>,
    check: fn(&str) -> Result<(), String>,
    /// The keys of the files.
    keys: &'static str,
}

impl ProjectSetting {
    /// The declared value, else the answer that was given in advance, else that of the user.
    fn value_or_ask(&self, declared: Option<SourcedValue>, answers: &Answers, effects: &Effects<'_>) -> Result<String> {
        let Self { id, name, .. } = self;
        if let Some(declared) = declared {
            return Ok(declared.value);
        }
        if let Some(answer) = options::given_answer(id, answers, effects) {
            let form = (self.check)(&answer);
            let message = |form| format!("invalid answer `{answer}` to `{id}`: {form}");
            return form.map(|()| answer.clone()).map_err(|form| Error::new(Kind::Usage, message(form)));
        }
        if effects.prompt.is_available() {
            return effects.prompt.text(self.prompt, self.default, self.check);
        }
        Err(Error::new(Kind::AnswerNeeded, format!("unknown {name} of the project"))
            .hint(format!("set {}", self.keys))
            .hint(format!("pass `--answer {id}=VALUE`")))
    }
}
