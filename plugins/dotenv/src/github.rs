//! The form for GitHub Actions: variables are appended to the file that `GITHUB_ENV` names, each between two lines that
//! stand nowhere in its value, and the runner is told what to hide.

use leverage_plugin_api::prelude::*;

use super::options::{CredentialsForm, DotenvOptions};
use super::variables::{Value, Variable};

/// What ends a value, lengthened where the value itself has it.
const END: &str = "LEVERAGE_END";

/// The lines that tell the runner to hide account ids and keys in every log from now on.
pub(crate) fn masks(plan: &Plan, options: &DotenvOptions<'_>) -> Vec<String> {
    let mask = |what: &str| format!("::add-mask::{what}");
    let keys = plan.keys.iter().filter(|_| options.credentials == CredentialsForm::Keys);
    let keys = keys
        .flat_map(|keys| [mask(&keys.pair.access_key_id), mask(&keys.pair.secret_access_key.in_text(TextFormat::Ini))]);
    plan.accounts.iter().map(|account| mask(&account.id)).chain(keys).collect()
}

/// The file's text with those variables behind it that it does not have already.
pub(crate) fn append(text: &str, variables: &[Variable]) -> String {
    let mut result = text.to_owned();
    for variable in variables {
        let has = last_value(text, &variable.name);
        let value = match &variable.value {
            Value::Text(text) => text.clone(),
            Value::Secret(secret) => {
                let held = secret.in_text(TextFormat::Verbatim);
                if has.as_ref() == Some(&held) { held } else { secret.in_text(TextFormat::Ini) }
            }
        };
        if has.as_ref() == Some(&value) {
            continue;
        }
        if !result.is_empty() && !result.ends_with('\n') {
            result.push('\n');
        }
        let mut end = END.to_owned();
        while value.contains(&end) {
            end.push('_');
        }
        result.push_str(&format!("{}<<{end}\n{value}\n{end}\n", variable.name));
    }
    result
}

/// What the runner would set the variable to.
fn last_value(text: &str, wanted: &str) -> Option<String> {
    let mut lines = text.lines();
    let mut last = None;
    while let Some(line) = lines.next() {
        let equals = line.find('=').unwrap_or(line.len());
        match line.find("<<").filter(|at| *at < equals) {
            Some(at) => {
                let end = &line[at + 2..];
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
                if &line[..at] == wanted {
                    last = Some(value.join("\n"));
                }
            }
            None => {
                if let Some(value) = line.strip_prefix(wanted).and_then(|rest| rest.strip_prefix('=')) {
                    last = Some(value.to_owned());
                }
            }
        }
    }
    last
}
