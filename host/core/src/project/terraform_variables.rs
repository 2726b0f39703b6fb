//! Reads `config/common.tfvars`, the Terraform variables that all layers share.

use leverage_editors::hcl::{Document, Item, Kind, Node, SyntaxError};
use leverage_plugin_api::model::ProjectAccount;
use std::collections::HashSet;

use super::source::{
    FileDeclaration, SourceFile, SourcedValue, account_id, account_id_of_number, is_management, is_management_variable,
    is_recorded,
};
use crate::position::Position;
use leverage_error::{Error, Kind as ErrorKind, Result};

/// Reads the names, the region and the accounts.
pub(super) fn read(source: &SourceFile) -> Result<FileDeclaration> {
    let text = source.text.trim_start_matches('\u{feff}');
    let document = Document::parse(text).map_err(|error| syntax_error(source, error))?;
    let value = |name: &str| item(&document.attributes, name).map(|item| &item.value);
    let first = |names: &[&str]| {
        names.iter().find_map(|name| {
            let item = item(&document.attributes, name)?;
            let value = string(&item.value).filter(|value| !value.is_empty())?;
            Some(SourcedValue { value, place: source.place(Position::of(text, item.key_span.start)) })
        })
    };
    let mut all = value("accounts").map(|value| accounts(value, text)).unwrap_or_default();
    let more = value("organization").map(|value| accounts_of_organization(value, text)).unwrap_or_default();
    let mut known: HashSet<String> = all.iter().map(|account| account.name.clone()).collect();
    all.extend(more.into_iter().filter(|account| known.insert(account.name.clone())));
    Ok(FileDeclaration {
        short_name: first(&["project"]),
        long_name: first(&["project_long"]),
        region: first(&["region_primary", "region"]),
        accounts: all,
        management_ids: management_ids(&document.attributes, text, source),
    })
}

/// The recorded ids of the management account: of `accounts`, of `organization` and of variables of their own.
fn management_ids(attributes: &[Item], text: &str, source: &SourceFile) -> Vec<SourcedValue> {
    let mut found = Vec::new();
    let mut add = |node: &Node| {
        let place = source.place(Position::of(text, node.span.start));
        found.extend(id(node, text).filter(|id| is_recorded(id)).map(|value| SourcedValue { value, place }));
    };
    for attribute in attributes {
        match attribute.key.as_deref() {
            Some("accounts") => management_nodes(&attribute.value).for_each(&mut add),
            Some("organization") => {
                let organization = members(&attribute.value);
                let units = member(organization, "organizational_units").map(members).unwrap_or_default();
                let of_units = units.iter().filter_map(|unit| member(members(&unit.value), "accounts"));
                let all = member(organization, "accounts").into_iter().chain(of_units);
                all.flat_map(management_nodes).for_each(&mut add);
            }
            Some(name) if is_management_variable(name) => add(&attribute.value),
            _ => {}
        }
    }
    found
}

/// The ids of the management account in an object by name, or in a list of objects with a `name`.
fn management_nodes<'n, 't>(accounts: &'n Node<'t>) -> impl Iterator<Item = &'n Node<'t>> {
    let (map, list): (&[Item], &[Node]) = match &accounts.kind {
        Kind::Object(map) => (map, &[]),
        Kind::List(list) => (&[], list),
        Kind::Text(_) | Kind::Other => (&[], &[]),
    };
    let named = map.iter().filter(|item| item.key.as_deref().is_some_and(is_management)).map(|item| &item.value);
    let listed = list
        .iter()
        .filter(|entry| member(members(entry), "name").and_then(string).is_some_and(|name| is_management(&name)));
    named.chain(listed).filter_map(|account| match &account.kind {
        Kind::Object(attributes) => member(attributes, "id"),
        // A map of plain ids.
        _ => Some(account),
    })
}

/// The line is not quoted, because it can contain a secret.
fn syntax_error(source: &SourceFile, SyntaxError { line, column, message }: SyntaxError) -> Error {
    let place = source.place(Position { line, column });
    Error::new(ErrorKind::Project, format!("{place}: invalid HCL")).cause(message)
}

/// The accounts of `accounts` and `organizational_units.*.accounts`.
fn accounts_of_organization(organization: &Node, text: &str) -> Vec<ProjectAccount> {
    let organization = members(organization);
    let mut all = member(organization, "accounts").map(|value| accounts(value, text)).unwrap_or_default();
    for unit in member(organization, "organizational_units").map(members).unwrap_or_default() {
        let unit = member(members(&unit.value), "accounts");
        all.extend(unit.map(|value| accounts(value, text)).unwrap_or_default());
    }
    all
}

/// Reads accounts from an object by name, or from a list of objects with a `name`.
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
    account.id = member(attributes, "id").and_then(|node| id(node, text));
    account
}

/// The account id in a value.
fn id(node: &Node, text: &str) -> Option<String> {
    match &node.kind {
        Kind::Text(id) => account_id(id),
        // The digits of the file, because a parsed number has lost its leading zeros.
        Kind::Other => {
            let digits = text.get(node.span.clone())?.trim();
            account_id(digits).or_else(|| account_id_of_number(digits.parse().ok()?))
        }
        Kind::Object(_) | Kind::List(_) => None,
    }
}

/// The members of an object; none of other values.
fn members<'n, 't>(node: &'n Node<'t>) -> &'n [Item<'t>] {
    match &node.kind {
        Kind::Object(items) => items,
        _ => &[],
    }
}

fn member<'n, 't>(items: &'n [Item<'t>], name: &str) -> Option<&'n Node<'t>> {
    item(items, name).map(|item| &item.value)
}

fn item<'n, 't>(items: &'n [Item<'t>], name: &str) -> Option<&'n Item<'t>> {
    items.iter().find(|item| item.key.as_deref() == Some(name))
}

/// The text of a string without interpolation.
fn string(value: &Node) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.to_string()),
        _ => None,
    }
}
