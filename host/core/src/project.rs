//! Reads the project's files: `project.yaml`, `build.env` and `config/common.tfvars`.
//!
//! [`read`] parses each file, merges those of one kind, and then merges the kinds into a [`ProjectDeclaration`], in which
//! each value has its place. The caller asks for missing values.

mod build_env;
mod project_yaml;
mod source;
mod terraform_variables;

use leverage_plugin_api::model::ProjectAccount;
use std::collections::HashMap;

use leverage_error::{Error, Kind, Result};
use source::FileDeclaration;
pub use source::{SourceFile, SourcedValue};

/// The files of a project, outermost first: files in subfolders override those above.
#[derive(Default)]
pub struct ProjectSources {
    /// Each `project.yaml` from the project's root down to the working folder.
    pub project_yaml: Vec<SourceFile>,
    /// Each `build.env` from the project's root down to the working folder.
    pub build_env: Vec<SourceFile>,
    /// `config/common.tfvars`.
    pub terraform_variables: Option<SourceFile>,
}

/// What the files of a project declare together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProjectDeclaration {
    /// The short name: two to four lower-case letters.
    pub short_name: Option<SourcedValue>,
    /// The long name, the prefix of account names.
    pub long_name: Option<SourcedValue>,
    /// The primary region.
    pub region: Option<SourcedValue>,
    /// The accounts of the Terraform variables, then those that only `project.yaml` lists.
    pub accounts: Vec<ProjectAccount>,
    /// The recorded ids of the management account, without placeholders.
    pub management_ids: Vec<SourcedValue>,
    /// The path of the innermost `project.yaml`, in which accounts are recorded.
    pub project_file: Option<String>,
    /// The path of the Terraform variables.
    pub terraform_variables: Option<String>,
    /// Warnings about values that contradict each other.
    pub contradictions: Vec<String>,
}

/// Reads all files.
///
/// # Errors
///
/// A file cannot be parsed, or a short name or region is malformed. The error has the position.
pub fn read(sources: &ProjectSources) -> Result<ProjectDeclaration> {
    let mut yaml = FileDeclaration::default();
    for source in &sources.project_yaml {
        yaml = project_yaml::read(source)?.over(yaml);
    }
    let mut env = FileDeclaration::default();
    for source in &sources.build_env {
        env = build_env::read(source)?.over(env);
    }
    let variables = sources.terraform_variables.as_ref().map(terraform_variables::read).transpose()?;
    let variables = variables.unwrap_or_default();

    let mut contradictions = Vec::new();
    let mut first = |what: &str, check: FormCheck, values: [Option<SourcedValue>; 3]| {
        let mut values = values.into_iter().flatten();
        let first = values.next()?;
        let conflicting = values.filter(|other| other.value != first.value);
        contradictions.extend(conflicting.map(|other| {
            let (used, unused) = (shown(&first, check), shown(&other, check));
            format!("conflicting values of the {what}: using {used}, not {unused}")
        }));
        Some(first)
    };
    let declaration = ProjectDeclaration {
        short_name: first("short name", check_short_name, [yaml.short_name, env.short_name, variables.short_name]),
        long_name: first("long name", |_| Ok(()), [yaml.long_name, env.long_name, variables.long_name]),
        region: first("primary region", check_region, [yaml.region, env.region, variables.region]),
        management_ids: variables.management_ids.into_iter().chain(yaml.management_ids).collect(),
        accounts: merge_accounts(variables.accounts, yaml.accounts),
        project_file: sources.project_yaml.last().map(|source| source.path.clone()),
        terraform_variables: sources.terraform_variables.as_ref().map(|source| source.path.clone()),
        contradictions,
    };
    check_form("short name", &declaration.short_name, check_short_name)?;
    check_form("region", &declaration.region, check_region)?;
    Ok(declaration)
}

/// Checks the form of a value. The error says which form is required.
type FormCheck = fn(&str) -> Result<(), &'static str>;

/// A value for a message. A malformed one is not shown, because it can be a secret on the wrong line.
fn shown(sourced: &SourcedValue, check: FormCheck) -> String {
    let SourcedValue { value, place } = sourced;
    match check(value) {
        Ok(()) => format!("`{value}` ({place})"),
        Err(_) => format!("a malformed one ({place})"),
    }
}

/// Merges the accounts of the Terraform variables and those of `project.yaml` by name. The former come first.
fn merge_accounts(terraform: Vec<ProjectAccount>, yaml: Vec<ProjectAccount>) -> Vec<ProjectAccount> {
    let mut accounts = terraform;
    let mut known: HashMap<String, usize> = HashMap::with_capacity(accounts.len());
    for (at, account) in accounts.iter().enumerate() {
        known.entry(account.name.clone()).or_insert(at);
    }
    for listed in yaml {
        match known.get(&listed.name) {
            Some(&at) => {
                let account = &mut accounts[at];
                account.email = account.email.take().or(listed.email);
                account.id = account.id.take().or(listed.id);
            }
            None => {
                known.insert(listed.name.clone(), accounts.len());
                accounts.push(listed);
            }
        }
    }
    accounts
}

/// Checks the form of a value. The error does not show the value; see [`shown`].
fn check_form(what: &str, sourced: &Option<SourcedValue>, check: FormCheck) -> Result<()> {
    let Some(SourcedValue { value, place }) = sourced else { return Ok(()) };
    check(value).map_err(|form| Error::new(Kind::Project, format!("{place}: invalid {what}: {form}")))
}

/// Checks the form of a short name.
///
/// # Errors
///
/// The form that is required.
pub fn check_short_name(name: &str) -> Result<(), &'static str> {
    let valid = (2..=4).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if valid { Ok(()) } else { Err("must be two to four lower-case letters") }
}

/// Checks the form of a region: lower-case words and a number between dashes, such as `us-gov-west-1`. Only AWS knows which
/// regions exist, because new ones are added each year.
///
/// # Errors
///
/// The form that is required.
pub fn check_region(region: &str) -> Result<(), &'static str> {
    let words: Vec<&str> = region.split('-').collect();
    let (number, names) = words.split_last().unwrap_or((&"", &[]));
    let valid = (2..=4).contains(&names.len())
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && names.iter().all(|name| name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()));
    if valid { Ok(()) } else { Err("must be an AWS region, such as `us-east-1`") }
}

#[cfg(test)]
mod tests;
