//! The environment variables for a project, a plan and the options.

use leverage_editors::dotenv;
use leverage_plugin_api::prelude::*;
use leverage_plugin_api::sdk::list_names;
use std::collections::BTreeMap;

use super::options::{CredentialsForm, DotenvOptions, NAME};

/// A variable and its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub name: String,
    pub value: Value,
}

/// The value of a variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Secret(SecretRef),
}

impl Variable {
    fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: Value::Text(value.into()) }
    }

    /// The variable for a `.env` file. A verbatim token means that the file already has this secret.
    pub fn in_file(&self) -> dotenv::Variable<'_> {
        match &self.value {
            Value::Text(text) => dotenv::Variable::new(&self.name, text),
            Value::Secret(secret) => {
                let held = secret.in_text(TextFormat::Verbatim);
                dotenv::Variable::token(&self.name, held, &secret.in_text(TextFormat::Dotenv))
            }
        }
    }

    pub fn is_secret(&self) -> bool {
        matches!(self.value, Value::Secret(_))
    }
}

/// The variables, in the order for a new file. None if the plan is empty.
pub(crate) fn of(request: &Request, plan: &Plan, options: &DotenvOptions<'_>) -> Result<Vec<Variable>, Failure> {
    let mut variables = match options.credentials {
        CredentialsForm::Profile => profile(request, plan, options)?,
        CredentialsForm::Keys => keys(plan, options)?,
    };
    if !variables.is_empty() {
        // botocore reads `AWS_DEFAULT_REGION`, the other SDKs `AWS_REGION`.
        let region = &request.project.region;
        variables.extend(["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| Variable::new(name, region)));
    }
    if options.account_ids {
        account_ids(request, plan, &mut variables)?;
    }
    let odd = |value: &str| value.chars().any(char::is_control) || value.contains(['\'', '\\']) || value.contains("${");
    let odd = variables.iter().find(|variable| matches!(&variable.value, Value::Text(text) if odd(text)));
    match odd {
        Some(Variable { name, .. }) => Err(Failure::new(format!(
            "the value of {name} has a quote, a backslash, ${{ or a control character, which readers of .env files \
             take in different ways"
        ))
        .hint("use a name or a folder without them")),
        None => Ok(variables),
    }
}

/// How many profiles a hint lists by name.
const NAMED: usize = 10;

/// The profile to use, and the files that it is in.
fn profile(request: &Request, plan: &Plan, options: &DotenvOptions<'_>) -> Result<Vec<Variable>, Failure> {
    let own = plan.keys.as_ref().map(|keys| keys.profile.as_str());
    let mut names = plan.profiles.iter().map(|profile| profile.name.as_str()).chain(own);
    let profile = match options.profile {
        // A plan without profiles, such as a project's first one, has none to select.
        Some(wanted) if plan.profiles.is_empty() && own.is_none_or(|own| own != wanted) => None,
        Some(wanted) => Some(names.clone().find(|name| *name == wanted).ok_or_else(|| {
            let all: Vec<&str> = names.clone().collect();
            Failure::new(format!("option `profile` of output `{NAME}` is {wanted:?}, which this run does not write"))
                .hint(format!("use one of: {}", list_names(&all, NAMED)))
        })?),
        None => names.next(),
    };
    let Some(profile) = profile else { return Ok(Vec::new()) };
    let mut variables = vec![Variable::new("AWS_PROFILE", profile)];
    if let Some(folder) = &request.project.aws_folder {
        variables.push(Variable::new("AWS_CONFIG_FILE", format!("{folder}/config")));
        variables.push(Variable::new("AWS_SHARED_CREDENTIALS_FILE", format!("{folder}/credentials")));
    }
    Ok(variables)
}

/// The access keys, if there are new ones.
fn keys(plan: &Plan, options: &DotenvOptions<'_>) -> Result<Vec<Variable>, Failure> {
    if options.profile.is_some() {
        return Err(Failure::new(format!(
            "options `profile` and `credentials = \"keys\"` of output `{NAME}` cannot be used together"
        ))
        .hint("remove one of them"));
    }
    let Some(keys) = &plan.keys else { return Ok(Vec::new()) };
    let secret = Value::Secret(keys.pair.secret_access_key.clone());
    Ok(vec![
        Variable::new("AWS_ACCESS_KEY_ID", &keys.pair.access_key_id),
        Variable { name: "AWS_SECRET_ACCESS_KEY".to_owned(), value: secret },
    ])
}

/// `<SHORT>_<ACCOUNT>_ACCOUNT_ID` for each account.
fn account_ids(request: &Request, plan: &Plan, variables: &mut Vec<Variable>) -> Result<(), Failure> {
    let mut accounts: BTreeMap<String, &str> = BTreeMap::new();
    for account in &plan.accounts {
        let name = format!("{}_{}_ACCOUNT_ID", upper(&request.project.short_name), upper(&account.name));
        if let Some(other) = accounts.insert(name.clone(), &account.name) {
            return Err(Failure::new(format!(
                "accounts `{other}` and `{}` would both get the variable `{name}`",
                account.name
            ))
            .hint("give one of them another name, or set `account_ids = false`"));
        }
        variables.push(Variable::new(&name, &account.id));
    }
    Ok(())
}

fn upper(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_already_in_the_file_changes_nothing() {
        let secret = SecretRef::from_id("0123456789abcdef0123456789abcdef");
        let variable = Variable { name: "S".to_owned(), value: Value::Secret(secret.clone()) };
        let edit = |text: &str| dotenv::edit(text, &[variable.in_file()]).unwrap();
        let written = edit("");
        assert_eq!(written, format!("S='{}'\n", secret.in_text(TextFormat::Dotenv)));
        let held = format!("S='{}'\n", secret.in_text(TextFormat::Verbatim));
        assert_eq!(edit(&held), held);
    }
}
