//! Takes the text of `project.yaml` and account ids, gives the text with the ids in it.
//!
//! `saphyr-parser` says where things stand, and refuses what is not YAML. What changes is spliced
//! into the text, so everything else stays byte for byte; the result is read again before it is
//! given back.

mod append;
mod document;
mod outline;
mod place;
mod scalar;
mod trivia;

use leverage_editors::text::{EditError, Splices};
use saphyr_parser::ScalarStyle;
use std::collections::{HashMap, HashSet};

use document::{Document, Kind, Node};

/// An account and the id that it shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewId<'a> {
    /// The account's name in the project.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
}

/// Records the ids of the accounts that `text` lists. A text that has them already is given back
/// as it is.
///
/// # Errors
///
/// Where `text` is not valid YAML, where a key or an account is in it twice, and where an id has no
/// place in it.
pub fn record(text: &str, accounts: &[NewId<'_>]) -> Result<String, EditError> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let ids = accounts.iter().map(|account| (account.name, account.id)).collect();
    let before = Document::parse(body)?;
    let edit = Editor::run(&before, &ids)?;
    let Some(first) = edit.splices.first() else { return Ok(text.to_owned()) };
    let result = edit.splices.apply(body);
    if !is_recorded(&result, &ids, &outline::outline(&before, &edit.accounts)) {
        let message = "the account ids can't be added to this without changing something else";
        return Err(EditError::at(body, first, message, "Add the id of each account by hand."));
    }
    Ok(format!("{mark}{result}"))
}

/// Whether a text that was edited has all ids, and apart from them holds what `outline` says.
fn is_recorded(text: &str, ids: &HashMap<&str, &str>, outline: &[outline::Shape<'_>]) -> bool {
    let Ok(document) = Document::parse(text) else { return false };
    Editor::run(&document, ids)
        .is_ok_and(|edit| edit.splices.first().is_none() && outline::outline(&document, &edit.accounts) == outline)
}

struct Editor<'a> {
    document: &'a Document<'a>,
    ids: &'a HashMap<&'a str, &'a str>,
    splices: Splices,
    /// The nodes of the accounts that got their id, or had it already.
    accounts: HashSet<usize>,
}

impl<'a> Editor<'a> {
    fn run(document: &'a Document<'a>, ids: &'a HashMap<&'a str, &'a str>) -> Result<Self, EditError> {
        let mut editor = Self { document, ids, splices: Splices::default(), accounts: HashSet::new() };
        let organization = document.root.and_then(|root| document.value_of(root, "organization"));
        if let Some(organization) = organization {
            editor.accounts_of(organization)?;
            if let Some(units) = document.value_of(organization, "organizational_units") {
                for unit in document.values(units) {
                    editor.accounts_of(unit)?;
                }
            }
        }
        Ok(editor)
    }

    /// The accounts of an organization or of one of its units.
    fn accounts_of(&mut self, parent: usize) -> Result<(), EditError> {
        let Some(accounts) = self.document.value_of(parent, "accounts") else { return Ok(()) };
        match &self.document.node(accounts).kind {
            Kind::Sequence { items: listed, .. } => self.list(listed),
            Kind::Mapping { entries, .. } => self.map(accounts, entries),
            Kind::Scalar { .. } | Kind::Alias(_) => Ok(()),
        }
    }

    /// A list of accounts, each with its name.
    fn list(&mut self, listed: &[usize]) -> Result<(), EditError> {
        let mut seen = HashSet::new();
        for &account in listed {
            let Some(name) = self.attribute(account, "name")?.and_then(|(_, name)| self.document.text_of(name)) else {
                continue;
            };
            let Some((&name, &id)) = self.ids.get_key_value(name) else { continue };
            if !seen.insert(name) {
                return Err(self.repeated("account", name, account));
            }
            self.set_id(account, id)?;
        }
        Ok(())
    }

    /// A map from names to accounts.
    fn map(&mut self, map: usize, entries: &[(usize, usize)]) -> Result<(), EditError> {
        let children = append::Children::of(self.document, map);
        let mut seen = HashSet::new();
        for &(key, account) in entries {
            let name = self.document.text_of(key);
            let Some((&name, &id)) = name.and_then(|name| self.ids.get_key_value(name)) else { continue };
            if !seen.insert(name) {
                return Err(self.repeated("account", name, key));
            }
            let node = self.document.node(account);
            if matches!(node.kind, Kind::Mapping { .. }) {
                self.set_id(account, id)?;
            } else if node.is_null() {
                self.accounts.insert(account);
                children.add_mapping((key, account), id, &mut self.splices);
            }
        }
        Ok(())
    }

    /// Sets the id of one account, or adds it.
    fn set_id(&mut self, account: usize, id: &str) -> Result<(), EditError> {
        self.accounts.insert(account);
        match self.attribute(account, "id")? {
            Some((key, value)) => self.set(key, value, id),
            None => {
                append::entry(self.document, account, id, &mut self.splices);
                Ok(())
            }
        }
    }

    /// The attribute's key and value.
    fn attribute(&self, account: usize, name: &str) -> Result<Option<(usize, usize)>, EditError> {
        let mut places = self.document.entries(account).filter(|(key, _)| self.document.text_of(*key) == Some(name));
        match (places.next(), places.next()) {
            (place, None) => Ok(place),
            (_, Some((again, _))) => Err(self.repeated("key", name, again)),
        }
    }

    fn set(&mut self, key: usize, value: usize, id: &str) -> Result<(), EditError> {
        let node = self.document.node(value);
        match &node.kind {
            Kind::Scalar { value: present, style } => {
                scalar::Place { document: self.document, key, value, present, style: *style }
                    .set(id, &mut self.splices);
                Ok(())
            }
            Kind::Alias(_) => {
                let present = self.document.scalar(value).filter(|(_, style)| *style != ScalarStyle::Plain);
                if present.is_none_or(|(present, _)| present != id) {
                    self.splices.replace(node.span.clone(), scalar::quoted(id));
                }
                Ok(())
            }
            Kind::Sequence { .. } | Kind::Mapping { .. } => Err(self.error(
                node,
                "an account's `id` is not a single value",
                "Write the id as a string of twelve digits, or remove it.",
            )),
        }
    }

    fn repeated(&self, what: &str, name: &str, node: usize) -> EditError {
        let message = format!("the {what} `{name}` is here a second time");
        self.error(self.document.node(node), message, document::REPEATED_HINT)
    }

    fn error(&self, node: &Node, message: impl Into<String>, hint: &'static str) -> EditError {
        EditError::at(self.document.text, node.span.start, message, hint)
    }
}

#[cfg(test)]
mod tests;
