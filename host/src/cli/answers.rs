//! `--answer ID=VALUE`: what is not of that form may be a secret in the wrong place, and so is not shown.

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use std::ffi::OsStr;

use leverage_core::answers::Answer;

/// Reads an answer.
#[derive(Clone)]
pub(super) struct Form;

impl TypedValueParser for Form {
    type Value = Answer;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, text: &OsStr) -> Result<Answer, clap::Error> {
        match text.to_str().and_then(|text| text.split_once('=')) {
            Some((id, value)) if !id.is_empty() => Ok(Answer::new(id, value)),
            _ => Err(command.clone().error(ErrorKind::ValueValidation, "an answer is of the form `--answer ID=VALUE`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_answer_is_not_shown() {
        for text in ["s3cret", "=s3cret", ""] {
            let error = Form.parse_ref(&Command::new("x"), None, OsStr::new(text)).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("ID=VALUE") && !shown.contains("s3cret"), "{shown}");
        }
        let answer = Form.parse_ref(&Command::new("x"), None, OsStr::new("a=b=c")).unwrap();
        assert_eq!(answer, Answer::new("a", "b=c"));
    }
}
