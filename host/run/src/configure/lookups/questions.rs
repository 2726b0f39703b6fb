//! Answers the questions of plugins: with an answer that was given in advance, or that of the user.

use leverage_plugin_api::model::AnswerKind;
use leverage_plugin_api::sdk::lookup::Ask;
use zeroize::Zeroizing;

use crate::effects::Effects;
use crate::options::{answer_variable, given_answer};
use leverage_core::answers::Answers;
use leverage_core::secrets::Vault;
use leverage_error::{Error, Kind, Result};

/// The answer to a question. A secret is answered by the id of its token.
pub(super) fn answer(ask: &Ask, answers: &Answers, effects: &Effects<'_>, vault: &Vault) -> Result<String> {
    if matches!(ask.kind, AnswerKind::Secret) && answers.get(&ask.id).is_some() {
        let message = format!("`--answer {}=…` contains a secret, and other processes can see arguments", ask.id);
        return Err(Error::new(Kind::Usage, message)
            .hint(format!("set the environment variable `{}` instead", answer_variable(&ask.id)))
            .hint("run the command on a terminal, which asks for the secret"));
    }
    if let Some(given) = given_answer(&ask.id, answers, effects) {
        return check_given(ask, given, vault);
    }
    if !effects.prompt.is_available() {
        return Err(unanswered(ask));
    }
    let prompt = effects.prompt;
    match &ask.kind {
        AnswerKind::Select(choices) => {
            let labels: Vec<String> = choices.iter().map(|choice| choice.label.clone()).collect();
            let index = prompt.select(&ask.message, &labels)?;
            let selected = choices.get(index).map(|choice| choice.value.clone());
            selected.ok_or_else(|| Error::new(Kind::Internal, "the prompt returned an unknown choice"))
        }
        AnswerKind::Secret => {
            let secret = prompt.secret(&ask.message, |_| Ok(()))?;
            Ok(vault.keep(secret)?.id().to_owned())
        }
        _ => prompt.text(&ask.message, ask.default.as_deref(), |_| Ok(())),
    }
}

/// The error of a question that nobody can answer. Its message is the question, in the form of a message.
fn unanswered(ask: &Ask) -> Error {
    let hint = match (&ask.instead, &ask.kind) {
        (Some(alternative), _) => format!("use {alternative}"),
        (None, AnswerKind::Secret) => format!("set the environment variable `{}`", answer_variable(&ask.id)),
        (None, _) => format!("pass `--answer {}=VALUE`", ask.id),
    };
    Error::new(Kind::AnswerNeeded, as_fragment(&ask.message)).hint(hint)
}

/// The text without a final full stop or colon, and without a capital at its start unless the first word has more of them.
fn as_fragment(text: &str) -> String {
    let text = text.trim_end_matches(['.', ':']);
    let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    let is_plain = word.chars().skip(1).all(char::is_lowercase);
    if is_plain { word.to_lowercase() + rest } else { text.to_owned() }
}

fn check_given(ask: &Ask, given: String, vault: &Vault) -> Result<String> {
    match &ask.kind {
        AnswerKind::Secret => Ok(vault.keep(Zeroizing::new(given))?.id().to_owned()),
        AnswerKind::Select(choices) if choices.iter().all(|choice| choice.value != given) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            Err(Error::new(Kind::Usage, format!("invalid answer `{given}` to `{}`", ask.id))
                .hint(format!("valid answers: {}", values.join(", "))))
        }
        _ => Ok(given),
    }
}

#[cfg(test)]
mod tests;
