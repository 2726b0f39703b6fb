//! Finds the project around the working folder, reads its files, and asks for what they lack.

use leverage_plugin_api::model::Project;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

use super::configure::ConfigureOptions;
use super::effects::Effects;
use super::working_files::utf8;
use leverage_core::project::{self, ProjectDeclaration, SourceText, Sourced, Sources};
use leverage_error::{Error, Kind, Result};
use leverage_files::Files;

/// A project's root folder and the texts of its files.
pub(super) struct Located {
    /// The git repository's root; the working folder where there is none.
    pub root: PathBuf,
    sources: Sources,
}

/// The root of the project that `folder` belongs to.
pub fn root<'f>(folder: &'f Path, files: &dyn Files) -> &'f Path {
    folder.ancestors().find(|folder| files.exists(&folder.join(".git"))).unwrap_or(folder)
}

/// Finds the project that `folder` belongs to.
pub(super) fn locate(folder: &Path, files: &dyn Files) -> Result<Located> {
    let root = root(folder, files).to_owned();
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(&root)).collect();
    folders.reverse();
    let all = |name: &str| -> Result<Vec<SourceText>> {
        let texts = folders.iter().map(|folder| source(files, &root, &folder.join(name)));
        Ok(texts.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    };
    let sources = Sources {
        project_yaml: all("project.yaml")?,
        build_env: all("build.env")?,
        terraform_variables: source(files, &root, &root.join("config/common.tfvars"))?,
    };
    Ok(Located { root, sources })
}

fn source(files: &dyn Files, root: &Path, path: &Path) -> Result<Option<SourceText>> {
    let Some(snapshot) = files.read(path)? else { return Ok(None) };
    tracing::info!(file = %path.display(), "reading the project");
    let text = Zeroizing::new(utf8(&snapshot.bytes, path)?.to_owned());
    let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Ok(Some(SourceText { path: relative, text }))
}

/// What the files say and, where they are silent, what the user answers; and what contradicts itself.
pub(super) fn settle(
    located: Located,
    options: &ConfigureOptions,
    effects: &Effects<'_>,
) -> Result<(Project, Vec<String>)> {
    let found: ProjectDeclaration = project::read(&located.sources)?;
    let short_name = SHORT_NAME.or_ask(found.short_name, options, effects)?;
    let region = Missing {
        id: "region",
        message: "The primary region:",
        default: Some("us-east-1"),
        check: |answer| project::check_region(answer).map_err(|form| format!("this is not {form}")),
        keys: "`primary_region` in project.yaml or `region_primary` in config/common.tfvars",
    }
    .or_ask(found.region, options, effects)?;
    let mut project = Project::new(short_name, region);
    project.long_name = found.long_name.map(|name| name.value);
    project.accounts = found.accounts;
    project.project_file = found.project_file;
    project.terraform_variables = found.terraform_variables;
    Ok((project, found.contradictions))
}

/// The short name of the project that `folder` belongs to. One that was answered beforehand is enough: no file of the
/// project is read then.
pub(super) fn short_name(folder: &Path, options: &ConfigureOptions, effects: &Effects<'_>) -> Result<String> {
    let found = match super::configure::given_answer(SHORT_NAME.id, options, effects) {
        Some(_) => None,
        None => project::read(&locate(folder, effects.files)?.sources)?.short_name,
    };
    SHORT_NAME.or_ask(found, options, effects)
}

const SHORT_NAME: Missing = Missing {
    id: "short-name",
    message: "The project's short name:",
    default: None,
    check: |answer| project::check_short_name(answer).map_err(|form| format!("this is not {form}")),
    keys: "`short_name` in project.yaml, `PROJECT` in build.env or `project` in config/common.tfvars",
};

/// Something that the project's files may lack.
struct Missing {
    id: &'static str,
    message: &'static str,
    default: Option<&'static str>,
    check: fn(&str) -> Result<(), String>,
    /// Where the files would say it.
    keys: &'static str,
}

impl Missing {
    fn or_ask(&self, found: Option<Sourced>, options: &ConfigureOptions, effects: &Effects<'_>) -> Result<String> {
        if let Some(found) = found {
            return Ok(found.value);
        }
        if let Some(answer) = super::configure::given_answer(self.id, options, effects) {
            return match (self.check)(&answer) {
                Ok(()) => Ok(answer),
                Err(why) => Err(Error::new(Kind::Usage, format!("{} is {answer:?}, and {why}", self.id))),
            };
        }
        if effects.prompt.is_available() {
            return effects.prompt.text(self.message, self.default, self.check);
        }
        Err(Error::new(Kind::AnswerNeeded, format!("the {} is not known", self.id.replace('-', " ")))
            .hint(format!("set {}, or give `--answer {}=VALUE`", self.keys, self.id)))
    }
}
