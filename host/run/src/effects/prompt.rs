//! Questions to the user.

use leverage_error::{Error, Result};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Says what is wrong with an answer, if anything is.
pub type Check = fn(&str) -> Result<(), String>;

/// Asks a person.
pub trait Prompt {
    /// Whether there is anybody to ask.
    fn is_available(&self) -> bool;

    /// Asks for a line of text.
    ///
    /// # Errors
    ///
    /// The person pressed Ctrl-C or Escape; so with the others.
    fn text(&self, message: &str, default: Option<&str>, check: Check) -> Result<String>;

    /// Asks to choose one of `labels`; gives its index.
    fn select(&self, message: &str, labels: &[String]) -> Result<usize>;

    /// Asks for the path of an existing file.
    fn path(&self, message: &str) -> Result<PathBuf>;

    /// Asks for a secret, which is not shown as it is typed.
    fn secret(&self, message: &str, check: Check) -> Result<Zeroizing<String>>;
}

/// A program that nobody watches: whoever needs an answer is told how to give it beforehand.
#[derive(Debug, Default)]
pub struct NoPrompt;

impl Prompt for NoPrompt {
    fn is_available(&self) -> bool {
        false
    }

    fn text(&self, _: &str, _: Option<&str>, _: Check) -> Result<String> {
        Err(Error::interrupted())
    }

    fn select(&self, _: &str, _: &[String]) -> Result<usize> {
        Err(Error::interrupted())
    }

    fn path(&self, _: &str) -> Result<PathBuf> {
        Err(Error::interrupted())
    }

    fn secret(&self, _: &str, _: Check) -> Result<Zeroizing<String>> {
        Err(Error::interrupted())
    }
}
