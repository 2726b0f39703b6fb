//! Takes the text of a Terraform variables file and account ids, gives the text with the ids in it.
//!
//! `leverage_editors::hcl` says where things stand. What `hcl-edit` would print is not used, because it rewrites line
//! endings. What changes is spliced into the text, so everything else stays byte for byte.

mod append;
mod block;
mod literal;
mod style;
mod trivia;

use leverage_editors::hcl::{Document, Item, Kind, Node, SyntaxError};
use leverage_editors::text::{EditError, Splices};
use std::collections::{HashMap, HashSet};

use block::BlockStyle;
use style::Alignment;

/// An account and the id that it shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewId<'a> {
    /// The account's name in the project.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
    /// The address of its root user, for an account that the file lacks.
    pub email: Option<&'a str>,
}

/// Records the ids in `text`. A text that has them already is given back as it is.
///
/// # Errors
///
/// Where `text` is not valid HCL, where it defines what is to be set more than once, and where an
/// account's id has no place in it.
pub fn record(text: &str, accounts: &[NewId<'_>]) -> Result<String, EditError> {
    // Terraform, too, ignores a byte order mark.
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let document = Document::parse(body).map_err(not_hcl)?;
    let mut editor = Editor::new(body, accounts);
    editor.edit(&document)?;
    Ok(format!("{mark}{}", editor.splices.apply(body)))
}

fn not_hcl(SyntaxError { line, column, message }: SyntaxError) -> EditError {
    let message = format!("this is not valid HCL ({message})");
    let hint = "Correct the file (`terraform fmt` names the place, too), then run the command again.";
    EditError { line, column, message, hint }
}

struct Editor<'a> {
    text: &'a str,
    accounts: &'a [NewId<'a>],
    ids: HashMap<&'a str, &'a str>,
    splices: Splices,
}

impl<'a> Editor<'a> {
    fn new(text: &'a str, accounts: &'a [NewId<'a>]) -> Self {
        let ids = accounts.iter().map(|account| (account.name, account.id)).collect();
        Self { text, accounts, ids, splices: Splices::default() }
    }

    fn edit(&mut self, document: &Document) -> Result<(), EditError> {
        let underscored: HashMap<String, &str> =
            self.accounts.iter().map(|account| (account.name.replace('-', "_"), account.id)).collect();
        for attribute in &document.attributes {
            match attribute.key.as_deref() {
                Some("accounts") => self.accounts_variable(attribute)?,
                Some("organization") => self.organization(&attribute.value)?,
                Some(name) => {
                    let Some(stem) = name.strip_suffix("_account_id") else { continue };
                    if let Some(id) = self.ids.get(stem).or_else(|| underscored.get(stem)).copied() {
                        self.set(&attribute.value, id);
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    /// `accounts`: the map that every account of the organization belongs in.
    fn accounts_variable(&mut self, attribute: &Item) -> Result<(), EditError> {
        match &attribute.value.kind {
            Kind::Object(items) => {
                self.map(items, true)?;
                self.add_missing(&attribute.value, items);
                Ok(())
            }
            Kind::List(_) => self.accounts_listed(&attribute.value),
            Kind::Text(_) | Kind::Other => Err(self.error(
                attribute.value.span.start,
                "the variable `accounts` is not a map of accounts, so their ids have no place in it",
                "Write it as a map from account names to objects, or as `{}`.",
            )),
        }
    }

    /// `organization`: lists accounts of its own and those of each organizational unit.
    fn organization(&mut self, organization: &Node) -> Result<(), EditError> {
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

    fn accounts_of(&mut self, node: &Node) -> Result<(), EditError> {
        node.values_of("accounts").try_for_each(|accounts| self.accounts_listed(accounts))
    }

    /// A map from names to attributes, or a list of objects with a `name`.
    fn accounts_listed(&mut self, accounts: &Node) -> Result<(), EditError> {
        match &accounts.kind {
            Kind::Object(items) => self.map(items, false),
            Kind::List(accounts) => self.list(accounts),
            Kind::Text(_) | Kind::Other => Ok(()),
        }
    }

    /// Sets the ids of the accounts that are the keys of a map. With `strict`, the value of such a
    /// key has to be an object; elsewhere it may be a map to something else than attributes.
    fn map(&mut self, items: &[Item], strict: bool) -> Result<(), EditError> {
        let hint = style::alignment_of_any(self.text, items.iter().map(|item| &item.value));
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
                    format!("the account `{name}` is not an object, so its id has no place in it"),
                    "Write its value as an object, such as `{ email = \"…\" }` or `{}`.",
                ));
            }
        }
        Ok(())
    }

    fn list(&mut self, accounts: &[Node]) -> Result<(), EditError> {
        let hint = style::alignment_of_any(self.text, accounts.iter());
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
        account: &Node,
        attributes: &[Item],
        id: &str,
        hint: Option<Alignment>,
    ) -> Result<(), EditError> {
        let mut places = attributes.iter().filter(|item| item.key.as_deref() == Some("id"));
        match (places.next(), places.next()) {
            (Some(place), None) => self.set(&place.value, id),
            (Some(_), Some(again)) => return Err(self.repeated("attribute", "id", again.key_span.start)),
            (None, _) => {
                let slot = append::slot(self.text, account, attributes, false);
                let key = literal::key("id", attributes.last().is_some_and(|item| item.quoted));
                let gap = style::gap(self.text, attributes, slot.lines, hint);
                let entry = format!("{}{}", gap.after_key(&key), literal::quoted(id));
                self.splices.replace(slot.at.clone(), slot.fill(&[entry]));
            }
        }
        Ok(())
    }

    /// Adds the accounts that the map lacks at its end, as its last members are written.
    fn add_missing(&mut self, map: &Node, items: &[Item]) {
        let mut present: HashSet<&str> = items.iter().filter_map(|item| item.key.as_deref()).collect();
        let missing: Vec<_> = self.accounts.iter().filter(|account| present.insert(account.name)).collect();
        if missing.is_empty() {
            return;
        }
        let slot = append::slot(self.text, map, items, true);
        let block = BlockStyle::of(self.text, items, &slot);
        let gap = style::gap(self.text, items, slot.lines, None);
        let quoted = items.last().is_some_and(|item| item.quoted);
        let entries: Vec<_> = missing
            .iter()
            .map(|account| format!("{}{}", gap.after_key(&literal::key(account.name, quoted)), block.render(account)))
            .collect();
        self.splices.replace(slot.at.clone(), slot.fill(&entries));
    }

    fn set(&mut self, place: &Node, id: &str) {
        if !matches!(&place.kind, Kind::Text(present) if present == id) {
            self.splices.replace(place.span.clone(), literal::quoted(id));
        }
    }

    fn repeated(&self, what: &str, name: &str, offset: usize) -> EditError {
        let message = format!("the {what} `{name}` is defined a second time");
        self.error(offset, message, "Remove one of the two, so that it is clear which one counts.")
    }

    fn error(&self, offset: usize, message: impl Into<String>, hint: &'static str) -> EditError {
        EditError::at(self.text, offset, message, hint)
    }
}

#[cfg(test)]
mod tests;
