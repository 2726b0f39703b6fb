//! `--answer ID=VALUE`. A malformed answer may be a misplaced secret, so its error does not repeat it.

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use std::ffi::OsStr;

use leverage_core::answers::Answer;

/// The help of the option. It is not a doc comment, because `<ID>` would be HTML there.
pub(super) const HELP: &str = "Answer a question in advance. Repeatable [env: LEVERAGE_ANSWER_<ID>]";

/// Parses an answer.
#[derive(Clone)]
pub(super) struct Form;

impl TypedValueParser for Form {
    type Value = Answer;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, text: &OsStr) -> Result<Answer, clap::Error> {
        match text.to_str().and_then(|text| text.split_once('=')) {
            Some((id, value)) if !id.is_empty() => Ok(Answer::new(id, value)),
            _ => Err(command
                .clone()
                .error(ErrorKind::ValueValidation, "invalid answer: the form is `--answer ID=VALUE`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_answer_is_not_repeated_in_the_error() {
        for text in ["s3cret", "=s3cret", ""] {
            let error = Form.parse_ref(&Command::new("x"), None, OsStr::new(text)).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("ID=VALUE") && !shown.contains("s3cret"), "{shown}");
        }
        let answer = Form.parse_ref(&Command::new("x"), None, OsStr::new("a=b=c")).unwrap();
        assert_eq!(answer, Answer::new("a", "b=c"));
    }
}
