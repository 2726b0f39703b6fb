//! Questions to the user.

use leverage_error::{Error, Result};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Checks an answer. The error says which form is required.
pub type Check = fn(&str) -> Result<(), String>;

/// Asks the user.
pub trait Prompt {
    /// Whether questions can be asked.
    fn is_available(&self) -> bool;

    /// Asks for a line of text.
    ///
    /// # Errors
    ///
    /// The user pressed Ctrl-C or Escape.
    fn text(&self, message: &str, default: Option<&str>, check: Check) -> Result<String>;

    /// Asks to select one of `labels`, and returns its index.
    ///
    /// # Errors
    ///
    /// The user pressed Ctrl-C or Escape.
    fn select(&self, message: &str, labels: &[String]) -> Result<usize>;

    /// Asks for the path of an existing file.
    ///
    /// # Errors
    ///
    /// The user pressed Ctrl-C or Escape.
    fn path(&self, message: &str) -> Result<PathBuf>;

    /// Asks for a secret, which is not shown while it is typed.
    ///
    /// # Errors
    ///
    /// The user pressed Ctrl-C or Escape.
    fn secret(&self, message: &str, check: Check) -> Result<Zeroizing<String>>;
}

/// Asks no questions. An error then says how to give the answer in advance.
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
