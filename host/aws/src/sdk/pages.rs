//! The page tokens of a list.

use std::collections::HashSet;

use leverage_error::{Error, Kind, Result};

/// More pages than any organization has: AWS allows 50,000 accounts, with 20 on a page.
pub(crate) const MAX_PAGES: usize = 10_000;

/// The page tokens of one list. The SDK's own paginator stops without an error at a repeated token.
pub(crate) struct PageTokens {
    operation: &'static str,
    seen: HashSet<String>,
    next: Option<String>,
}

impl PageTokens {
    /// The tokens of a new list.
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, seen: HashSet::new(), next: None }
    }

    /// Takes the token for the request of the next page.
    pub(crate) fn next(&mut self) -> Option<String> {
        self.next.take()
    }

    /// Stores the token of a received page; returns whether there is another page.
    pub(crate) fn store(&mut self, token: Option<String>) -> Result<bool> {
        let Some(token) = token else { return Ok(false) };
        if !self.seen.insert(token.clone()) || self.seen.len() > MAX_PAGES {
            return Err(endless(self.operation));
        }
        self.next = Some(token);
        Ok(true)
    }
}

/// The error of a list that repeats itself.
pub(crate) fn endless(operation: &str) -> Error {
    Error::new(Kind::Aws, format!("AWS returned an endless list for `{operation}`"))
        .hint("run the command again; if it fails again, contact AWS Support")
}
