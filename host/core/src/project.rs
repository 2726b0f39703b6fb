//! What the project's files say: parse each, merge those of one kind, and settle what they say together.
//!
//! Takes the texts of `project.yaml`, `build.env` and `config/common.tfvars` with where they stand;
//! gives [`ProjectDeclaration`], in which every value knows its place. What is still missing is for the caller to
//! ask for.

mod build_env;
mod project_yaml;
mod terraform_variables;

use leverage_plugin_api::model::ProjectAccount;
use leverage_plugin_api::naming::is_account_id;
use std::collections::HashMap;
use zeroize::Zeroizing;

use leverage_error::{Error, Kind, Result};

/// A text and where it stands, relative to the project's root.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceText {
    /// With `/` between folders.
    pub path: String,
    /// The text, which people may have put a secret into.
    pub text: Zeroizing<String>,
}

/// The texts that a project is read from, outermost first: deeper ones win.
#[derive(Default)]
pub struct Sources {
    /// Each `project.yaml` from the project's root down to the working folder.
    pub project_yaml: Vec<SourceText>,
    /// Each `build.env` from the project's root down to the working folder.
    pub build_env: Vec<SourceText>,
    /// `config/common.tfvars`.
    pub terraform_variables: Option<SourceText>,
}

/// A value and its place, such as `short_name in project.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// The value.
    pub value: String,
    /// Where it stands.
    pub place: String,
}

/// What one kind of file says.
#[derive(Debug, Default, PartialEq, Eq)]
struct FileDeclaration {
    short_name: Option<Sourced>,
    long_name: Option<Sourced>,
    region: Option<Sourced>,
    accounts: Vec<ProjectAccount>,
}

/// What the project's files say together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProjectDeclaration {
    /// Two to four lower-case letters.
    pub short_name: Option<Sourced>,
    /// The name that prefixes account names.
    pub long_name: Option<Sourced>,
    /// The primary region.
    pub region: Option<Sourced>,
    /// Terraform's accounts, then those that only `project.yaml` lists.
    pub accounts: Vec<ProjectAccount>,
    /// The `project.yaml` that accounts are recorded in: the deepest.
    pub project_file: Option<String>,
    /// The Terraform variables, if the file exists.
    pub terraform_variables: Option<String>,
    /// Sources that contradict each other, one sentence each.
    pub contradictions: Vec<String>,
}

/// Reads all sources.
///
/// # Errors
///
/// A file that can't be parsed, or a short name, region or account that is not of the right form:
/// the error names the file and the line or key.
pub fn read(sources: &Sources) -> Result<ProjectDeclaration> {
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
    let mut settle = |what: &str, check: CheckForm, candidates: [Option<Sourced>; 3]| {
        let mut said = candidates.into_iter().flatten();
        let first = said.next()?;
        let shown = |said: &Sourced| match check(&said.value) {
            Ok(()) => format!("{} ({})", said.value, said.place),
            Err(_) => format!("another, not of the right form ({})", said.place),
        };
        let others = said.filter(|other| other.value != first.value);
        contradictions.extend(others.map(|other| format!("the {what} is {}, but {}", shown(&first), shown(&other))));
        Some(first)
    };
    let short_names = [yaml.short_name, env.short_name, variables.short_name];
    let found = ProjectDeclaration {
        short_name: settle("short name", check_short_name, short_names),
        long_name: settle("long name", |_| Ok(()), [yaml.long_name, env.long_name, variables.long_name]),
        region: settle("primary region", check_region, [yaml.region, env.region, variables.region]),
        accounts: merge_accounts(variables.accounts, yaml.accounts),
        project_file: sources.project_yaml.last().map(|source| source.path.clone()),
        terraform_variables: sources.terraform_variables.as_ref().map(|source| source.path.clone()),
        contradictions,
    };
    check_form(&found.short_name, check_short_name)?;
    check_form(&found.region, check_region)?;
    Ok(found)
}

impl FileDeclaration {
    /// What `self` says, and what `outer` says where it is silent.
    fn over(self, outer: Self) -> Self {
        Self {
            short_name: self.short_name.or(outer.short_name),
            long_name: self.long_name.or(outer.long_name),
            region: self.region.or(outer.region),
            accounts: if self.accounts.is_empty() { outer.accounts } else { self.accounts },
        }
    }
}

/// Terraform's accounts, then those that only `project.yaml` lists. What one lacks, the other fills in.
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

/// Checks the form of a value, and says what it should be.
type CheckForm = fn(&str) -> Result<(), &'static str>;

/// What is not of its form may be anything, a secret that was put on the wrong line too, and so is not shown.
fn check_form(found: &Option<Sourced>, check: CheckForm) -> Result<()> {
    let Some(found) = found else { return Ok(()) };
    check(&found.value).map_err(|form| {
        Error::new(Kind::Project, format!("{} is not {form}", found.place))
            .hint("correct it there, then run the command again")
    })
}

/// Checks a project's short name.
///
/// # Errors
///
/// What it should be.
pub fn check_short_name(name: &str) -> Result<(), &'static str> {
    let right = (2..=4).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if right { Ok(()) } else { Err("a short name: two to four lower-case letters") }
}

/// Checks a region's form: lower-case words and a number between dashes, such as `us-gov-west-1`.
///
/// Whether it exists is for AWS to say: new ones appear each year.
///
/// # Errors
///
/// What it should be.
pub fn check_region(region: &str) -> Result<(), &'static str> {
    let words: Vec<&str> = region.split('-').collect();
    let (number, names) = words.split_last().unwrap_or((&"", &[]));
    let right = (2..=4).contains(&names.len())
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && names.iter().all(|name| name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()));
    if right { Ok(()) } else { Err("an AWS region, such as us-east-1") }
}

/// An id as a file has it, if it is one: placeholders such as `XXXXXXXXXXXX` are none.
fn account_id(text: &str) -> Option<String> {
    is_account_id(text).then(|| text.to_owned())
}

/// An id that was written as a number, and so lost its leading zeros.
fn account_id_of_number(number: u64) -> Option<String> {
    account_id(&format!("{number:012}")).filter(|_| number > 0)
}

#[cfg(test)]
mod tests;
