//! Records account ids in the text of a Terraform variables file: decides which accounts get their ids, and where.

use leverage_editors::hcl::{Alignment, Document, Edits, Item, Kind, Node};
use leverage_editors::text::{EditError, split_bom};
use std::collections::{HashMap, HashSet};

/// An account and its id to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewId<'a> {
    /// The account's name in the project.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
    /// The e-mail address of its root user, for an account that is not in the file yet.
    pub email: Option<&'a str>,
}

/// Records the ids in `text`. A text that already has them is returned unchanged.
///
/// # Errors
///
/// Invalid HCL, a duplicate account or attribute, or no place for an id.
pub fn record(text: &str, accounts: &[NewId<'_>]) -> Result<String, EditError> {
    // Terraform also ignores a byte order mark.
    let (mark, body) = split_bom(text);
    let document = Document::parse(body)?;
    let mut editor = Editor::new(body, accounts);
    editor.edit(&document)?;
    Ok(format!("{mark}{}", editor.edits.apply()))
}

struct Editor<'a> {
    text: &'a str,
    accounts: &'a [NewId<'a>],
    ids: HashMap<&'a str, &'a str>,
    edits: Edits<'a>,
}

impl<'a> Editor<'a> {
    fn new(text: &'a str, accounts: &'a [NewId<'a>]) -> Self {
        let ids = accounts.iter().map(|account| (account.name, account.id)).collect();
        Self { text, accounts, ids, edits: Edits::new(text) }
    }

    fn edit(&mut self, document: &Document<'a>) -> Result<(), EditError> {
        let underscored: HashMap<String, &str> =
            self.accounts.iter().map(|account| (account.name.replace('-', "_"), account.id)).collect();
        for attribute in &document.attributes {
            match attribute.key.as_deref() {
                Some("accounts") => self.accounts_variable(attribute)?,
                Some("organization") => self.organization(&attribute.value)?,
                Some(name) => {
                    let Some(stem) = name.strip_suffix("_account_id") else { continue };
                    if let Some(id) = self.ids.get(stem).or_else(|| underscored.get(stem)).copied() {
                        self.edits.set_text(&attribute.value, id);
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    /// `accounts`: the map of all accounts of the organization.
    fn accounts_variable(&mut self, attribute: &Item<'a>) -> Result<(), EditError> {
        match &attribute.value.kind {
            Kind::Object(items) => {
                self.map(items, true)?;
                self.add_missing(&attribute.value, items);
                Ok(())
            }
            Kind::List(_) => self.accounts_listed(&attribute.value),
            Kind::Text(_) | Kind::Other => Err(self.error(
                attribute.value.span.start,
                "the variable `accounts` is not a map: cannot record account ids in it",
                "write it as a map from account names to objects, or as `{}`",
            )),
        }
    }

    /// `organization`: has its own accounts and those of each organizational unit.
    fn organization(&mut self, organization: &Node<'a>) -> Result<(), EditError> {
        self.accounts_of(organization)?;
        for units in organization.values_of("organizational_units") {
            match &units.kind {
                Kind::Object(units) => units.iter().try_for_each(|unit| self.accounts_of(&unit.value))?,
                Kind::List(units) => units.iter().try_for_each(|unit| self.accounts_of(unit))?,
                Kind::Text(_) | Kind::Other => {}
            }
        }
        Ok(())
    }

    fn accounts_of(&mut self, node: &Node<'a>) -> Result<(), EditError> {
        node.values_of("accounts").try_for_each(|accounts| self.accounts_listed(accounts))
    }

    /// A map from names to attributes, or a list of objects with a `name`.
    fn accounts_listed(&mut self, accounts: &Node<'a>) -> Result<(), EditError> {
        match &accounts.kind {
            Kind::Object(items) => self.map(items, false),
            Kind::List(accounts) => self.list(accounts),
            Kind::Text(_) | Kind::Other => Ok(()),
        }
    }

    /// Sets the ids of the accounts in a map. With `strict`, their values must be objects; elsewhere the map can have
    /// other values.
    fn map(&mut self, items: &[Item<'a>], strict: bool) -> Result<(), EditError> {
        let hint = self.edits.alignment(items.iter().map(|item| &item.value));
        let mut seen = HashSet::new();
        for item in items {
            let Some((name, id)) = item.key.as_deref().and_then(|name| self.ids.get_key_value(name)) else { continue };
            if !seen.insert(*name) {
                return Err(self.repeated("account", name, item.key_span.start));
            }
            if let Kind::Object(attributes) = &item.value.kind {
                self.set_id(&item.value, attributes, id, hint)?;
            } else if strict {
                return Err(self.error(
                    item.value.span.start,
                    format!("account `{name}` is not an object: cannot record its id"),
                    "write its value as an object, such as `{ email = \"…\" }` or `{}`",
                ));
            }
        }
        Ok(())
    }

    fn list(&mut self, accounts: &[Node<'a>]) -> Result<(), EditError> {
        let hint = self.edits.alignment(accounts.iter());
        let mut seen = HashSet::new();
        for account in accounts {
            let Kind::Object(attributes) = &account.kind else { continue };
            let name = account.values_of("name").find_map(|name| match &name.kind {
                Kind::Text(name) => Some(&**name),
                _ => None,
            });
            let Some((name, id)) = name.and_then(|name| self.ids.get_key_value(name)) else { continue };
            if !seen.insert(*name) {
                return Err(self.repeated("account", name, account.span.start));
            }
            self.set_id(account, attributes, id, hint)?;
        }
        Ok(())
    }

    /// Sets the id of one account, or adds it.
    fn set_id(
        &mut self,
        account: &Node<'a>,
        attributes: &[Item<'a>],
        id: &str,
        hint: Option<Alignment>,
    ) -> Result<(), EditError> {
        let mut places = attributes.iter().filter(|item| item.key.as_deref() == Some("id"));
        match (places.next(), places.next()) {
            (Some(place), None) => self.edits.set_text(&place.value, id),
            (Some(_), Some(again)) => return Err(self.repeated("attribute", "id", again.key_span.start)),
            (None, _) => self.edits.add_text(account, attributes, ("id", id), hint),
        }
        Ok(())
    }

    /// Adds missing accounts at the end of the map, in the style of its last members.
    fn add_missing(&mut self, map: &Node<'a>, items: &[Item<'a>]) {
        let mut present: HashSet<&str> = items.iter().filter_map(|item| item.key.as_deref()).collect();
        let missing: Vec<_> = self.accounts.iter().filter(|account| present.insert(account.name)).collect();
        if missing.is_empty() {
            return;
        }
        let objects = missing.into_iter().map(|account| {
            let email = account.email.map(|email| ("email", email));
            (account.name, email.into_iter().chain([("id", account.id)]).collect())
        });
        self.edits.add_objects(map, items, objects);
    }

    fn repeated(&self, what: &str, name: &str, offset: usize) -> EditError {
        let message = format!("duplicate {what} `{name}`");
        self.error(offset, message, "remove one of the two")
    }

    fn error(&self, offset: usize, message: impl Into<String>, hint: &'static str) -> EditError {
        EditError::at(self.text, offset, message, hint)
    }
}

#[cfg(test)]
mod tests;
