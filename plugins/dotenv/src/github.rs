//! The format for GitHub Actions: appends variables to the file in `GITHUB_ENV`, each between two delimiter lines, and
//! tells the runner which values to mask.

use leverage_plugin_api::prelude::*;

use super::options::{CredentialsForm, DotenvOptions};
use super::variables::{Value, Variable};

/// The delimiter of a value. It is extended if the value contains it.
const END: &str = "LEVERAGE_END";

/// The start of a line whose rest the runner hides from now on. The runner does not show the line itself.
const MASK: &str = "::add-mask::";

/// The lines that the runner hides. Only it sets the variable.
pub(crate) fn hidden_lines() -> HiddenLines {
    HiddenLines::new("GITHUB_ACTIONS", "true", MASK)
}

/// The lines that make the runner mask account ids and keys in all later logs.
pub(crate) fn masks(plan: &Plan, options: &DotenvOptions<'_>) -> Vec<String> {
    let mask = |what: &str| format!("{MASK}{what}");
    let keys = plan.keys.iter().filter(|_| options.credentials == CredentialsForm::Keys);
    let keys = keys
        .flat_map(|keys| [mask(&keys.pair.access_key_id), mask(&keys.pair.secret_access_key.in_text(TextFormat::Ini))]);
    plan.accounts.iter().map(|account| mask(&account.id)).chain(keys).collect()
}

/// The file's text with the missing variables appended.
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

/// The value that the runner would set.
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
