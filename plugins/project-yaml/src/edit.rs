//! Records account ids in the text of `project.yaml`: decides which accounts get their ids, and where. The result is
//! parsed again before it is returned.

use leverage_editors::text::{EditError, split_bom};
use leverage_editors::yaml::{Document, Edits, Node, NodeKind, REPEATED_HINT, Shape, outline};
use std::collections::{HashMap, HashSet};

/// The attribute to record.
const ATTRIBUTE: &str = "id";

/// An account and its id to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewId<'a> {
    /// The account's name in the project.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
}

/// Records the ids of the accounts that `text` lists. A text that already has them is returned unchanged.
///
/// # Errors
///
/// Invalid YAML, a duplicate key or account, or no place for an id.
pub fn record(text: &str, accounts: &[NewId<'_>]) -> Result<String, EditError> {
    let (mark, body) = split_bom(text);
    let ids = accounts.iter().map(|account| (account.name, account.id)).collect();
    let before = Document::parse(body)?;
    let Editor { edits, accounts, .. } = Editor::run(&before, &ids)?;
    let Some(first) = edits.first() else { return Ok(text.to_owned()) };
    let result = edits.apply();
    if !is_recorded(&result, &ids, &outline(&before, &accounts, ATTRIBUTE)) {
        let message = "cannot add the account ids here without changing something else";
        return Err(EditError::at(body, first, message, "add the id of each account by hand"));
    }
    Ok(format!("{mark}{result}"))
}

/// Whether an edited text has all ids, and is otherwise unchanged.
fn is_recorded(text: &str, ids: &HashMap<&str, &str>, before: &[Shape<'_>]) -> bool {
    let Ok(document) = Document::parse(text) else { return false };
    Editor::run(&document, ids)
        .is_ok_and(|edit| edit.edits.first().is_none() && outline(&document, &edit.accounts, ATTRIBUTE) == before)
}

struct Editor<'a> {
    document: &'a Document<'a>,
    ids: &'a HashMap<&'a str, &'a str>,
    edits: Edits<'a>,
    /// The nodes of the accounts that got or already had their id.
    accounts: HashSet<usize>,
}

impl<'a> Editor<'a> {
    fn run(document: &'a Document<'a>, ids: &'a HashMap<&'a str, &'a str>) -> Result<Self, EditError> {
        let mut editor = Self { document, ids, edits: Edits::new(document), accounts: HashSet::new() };
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

    /// The accounts of an organization or of a unit.
    fn accounts_of(&mut self, parent: usize) -> Result<(), EditError> {
        let Some(accounts) = self.document.value_of(parent, "accounts") else { return Ok(()) };
        match &self.document.node(accounts).kind {
            NodeKind::Sequence { items: listed, .. } => self.list(listed),
            NodeKind::Mapping { entries, .. } => self.map(accounts, entries),
            NodeKind::Scalar { .. } | NodeKind::Alias(_) => Ok(()),
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
        let indent = self.edits.inner_indent(map);
        let mut seen = HashSet::new();
        for &(key, account) in entries {
            let name = self.document.text_of(key);
            let Some((&name, &id)) = name.and_then(|name| self.ids.get_key_value(name)) else { continue };
            if !seen.insert(name) {
                return Err(self.repeated("account", name, key));
            }
            let node = self.document.node(account);
            if matches!(node.kind, NodeKind::Mapping { .. }) {
                self.set_id(account, id)?;
            } else if node.is_null() {
                self.accounts.insert(account);
                self.edits.add_map((key, account), indent, ATTRIBUTE, id);
            }
        }
        Ok(())
    }

    /// Sets the id of one account, or adds it.
    fn set_id(&mut self, account: usize, id: &str) -> Result<(), EditError> {
        self.accounts.insert(account);
        match self.attribute(account, ATTRIBUTE)? {
            Some(entry) => self.set(entry, id),
            None => {
                self.edits.add_text(account, ATTRIBUTE, id);
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

    fn set(&mut self, entry: (usize, usize), id: &str) -> Result<(), EditError> {
        if self.edits.set_text(entry, id) {
            return Ok(());
        }
        Err(self.error(
            self.document.node(entry.1),
            "the `id` of an account is not a single value",
            "write the id as a string of 12 digits, or remove it",
        ))
    }

    fn repeated(&self, what: &str, name: &str, node: usize) -> EditError {
        let message = format!("duplicate {what} `{name}`");
        self.error(self.document.node(node), message, REPEATED_HINT)
    }

    fn error(&self, node: &Node, message: impl Into<String>, hint: &'static str) -> EditError {
        EditError::at(self.document.text, node.span.start, message, hint)
    }
}

#[cfg(test)]
mod tests;
