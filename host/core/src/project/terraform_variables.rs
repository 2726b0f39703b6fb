//! Reads the Terraform variables that all layers share, `config/common.tfvars`.

use leverage_editors::hcl::{Document, Item, Kind, Node, SyntaxError};
use leverage_plugin_api::model::ProjectAccount;
use std::collections::HashSet;

use super::{FileDeclaration, SourceText, Sourced, account_id, account_id_of_number};
use leverage_error::{Error, Kind as ErrorKind, Result};

/// Reads the names, the region and the accounts.
pub(super) fn read(source: &SourceText) -> Result<FileDeclaration> {
    let text = source.text.trim_start_matches('\u{feff}');
    let document = Document::parse(text).map_err(|error| not_hcl(source, error))?;
    let value = |name: &str| member(&document.attributes, name);
    let place = |names: &[&str]| {
        names.iter().find_map(|name| {
            let value = string(value(name)?).filter(|value| !value.is_empty())?;
            Some(Sourced { value, place: format!("{name} in {}", source.path) })
        })
    };
    let mut all = value("accounts").map(|value| accounts(value, text)).unwrap_or_default();
    let more = value("organization").map(|value| accounts_of_organization(value, text)).unwrap_or_default();
    let mut known: HashSet<String> = all.iter().map(|account| account.name.clone()).collect();
    all.extend(more.into_iter().filter(|account| known.insert(account.name.clone())));
    Ok(FileDeclaration {
        short_name: place(&["project"]),
        long_name: place(&["project_long"]),
        region: place(&["region_primary", "region"]),
        accounts: all,
    })
}

fn not_hcl(source: &SourceText, SyntaxError { line, column, message }: SyntaxError) -> Error {
    Error::new(ErrorKind::Project, format!("{} is not valid HCL at line {line}, column {column}", source.path))
        .cause(message)
}

/// `accounts`, and `organizational_units.*.accounts`.
fn accounts_of_organization(organization: &Node, text: &str) -> Vec<ProjectAccount> {
    let organization = members(organization);
    let mut all = member(organization, "accounts").map(|value| accounts(value, text)).unwrap_or_default();
    for unit in member(organization, "organizational_units").map(members).unwrap_or_default() {
        let unit = member(members(&unit.value), "accounts");
        all.extend(unit.map(|value| accounts(value, text)).unwrap_or_default());
    }
    all
}

/// Accounts as an object by name, or as a list of objects with a `name`.
fn accounts(value: &Node, text: &str) -> Vec<ProjectAccount> {
    match &value.kind {
        Kind::Object(map) => map
            .iter()
            .filter(|item| matches!(item.value.kind, Kind::Object(_)))
            .filter_map(|item| Some(account(item.key.as_deref()?.to_owned(), members(&item.value), text)))
            .collect(),
        Kind::List(list) => {
            let entries = list.iter().map(members);
            entries.filter_map(|entry| Some(account(string(member(entry, "name")?)?, entry, text))).collect()
        }
        Kind::Text(_) | Kind::Other => Vec::new(),
    }
}

fn account(name: String, attributes: &[Item], text: &str) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.email = member(attributes, "email").and_then(string);
    account.id = member(attributes, "id").and_then(|id| match &id.kind {
        Kind::Text(id) => account_id(id),
        // A number, as it stands in the file: a parsed one has lost its leading zeros.
        Kind::Other => {
            let digits = text.get(id.span.clone())?.trim();
            account_id(digits).or_else(|| account_id_of_number(digits.parse().ok()?))
        }
        Kind::Object(_) | Kind::List(_) => None,
    });
    account
}

/// The members of an object; none of anything else.
fn members<'n, 't>(node: &'n Node<'t>) -> &'n [Item<'t>] {
    match &node.kind {
        Kind::Object(items) => items,
        _ => &[],
    }
}

fn member<'n, 't>(items: &'n [Item<'t>], name: &str) -> Option<&'n Node<'t>> {
    items.iter().find(|item| item.key.as_deref() == Some(name)).map(|item| &item.value)
}

/// A value as text, if it is a string without interpolation.
fn string(value: &Node) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.to_string()),
        _ => None,
    }
}
