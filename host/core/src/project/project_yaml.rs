//! Reads a `project.yaml`.

use leverage_plugin_api::model::ProjectAccount;
use serde_yaml::{Mapping, Value};

use super::source::{
    FileDeclaration, SourceFile, SourcedValue, account_id, account_id_of_number, is_management, is_recorded,
};
use crate::position::Position;
use leverage_error::{Error, Kind, Result};

/// Reads the names, the region (which has three possible keys) and the accounts.
pub(super) fn read(source: &SourceFile) -> Result<FileDeclaration> {
    let text = source.text.trim_start_matches('\u{feff}');
    let root: Value = serde_yaml::from_str(text).map_err(|error| syntax_error(source, error))?;
    let empty = Mapping::new();
    let root = match &root {
        Value::Mapping(root) => root,
        Value::Null => &empty,
        _ => {
            let place = source.place(Position::START);
            return Err(Error::new(Kind::Project, format!("{place}: expected a YAML mapping")));
        }
    };
    let first = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            let value = scalar(root.get(*key)?)?;
            Some(SourcedValue { value, place: source.place(key_position(text, key)) })
        })
    };
    let accounts = root.get("organization").map(accounts_of_organization).unwrap_or_default();
    let management_ids = accounts.iter().filter(|account| is_management(&account.name));
    let management_ids = management_ids.filter_map(|account| account.id.clone()).filter(|id| is_recorded(id));
    let management_ids =
        management_ids.map(|value| SourcedValue { place: source.place(id_position(text, &value)), value }).collect();
    Ok(FileDeclaration {
        short_name: first(&["short_name"]),
        long_name: first(&["project_name"]),
        region: first(&["primary_region", "region_primary", "region"]),
        accounts,
        management_ids,
    })
}

/// The line is not quoted, because it can contain a secret.
fn syntax_error(source: &SourceFile, error: serde_yaml::Error) -> Error {
    let position = error.location().map_or(Position::START, |location| Position {
        line: location.line().max(1),
        column: location.column().max(1),
    });
    Error::new(Kind::Project, format!("{}: invalid YAML", source.place(position))).cause(error)
}

/// The position of a top-level key, which `serde_yaml` does not tell. Only keys of a block mapping start in the first
/// column; otherwise the file is a flow mapping.
fn key_position(text: &str, key: &str) -> Position {
    let is_key = |rest: &str| {
        let rest = rest.trim_start_matches(['"', '\'']).strip_prefix(key).unwrap_or_default();
        rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
    };
    let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let block = line_starts.into_iter().find(|&start| is_key(&text[start..]));
    let flow = || text.match_indices(key).map(|(at, _)| at).find(|&at| is_key(&text[at..]));
    Position::of(text, block.or_else(flow).unwrap_or_default())
}

/// The accounts of `accounts` and `organizational_units.*.accounts`.
/// The position of a recorded account id, which `serde_yaml` does not tell. A number has lost its leading zeros.
fn id_position(text: &str, id: &str) -> Position {
    let found = text.find(id).or_else(|| text.find(id.trim_start_matches('0')));
    Position::of(text, found.unwrap_or_default())
}

fn accounts_of_organization(organization: &Value) -> Vec<ProjectAccount> {
    let mut accounts = organization.get("accounts").map(accounts).unwrap_or_default();
    match organization.get("organizational_units") {
        Some(Value::Mapping(units)) => {
            accounts.extend(units.values().filter_map(|unit| unit.get("accounts")).flat_map(self::accounts));
        }
        Some(Value::Sequence(units)) => {
            accounts.extend(units.iter().filter_map(|unit| unit.get("accounts")).flat_map(self::accounts));
        }
        _ => {}
    }
    accounts
}

/// Reads accounts from a list of `{name, email, id}`, or from a mapping by name.
fn accounts(value: &Value) -> Vec<ProjectAccount> {
    match value {
        Value::Sequence(list) => {
            list.iter().filter_map(|account| Some(self::account(scalar(account.get("name")?)?, account))).collect()
        }
        Value::Mapping(map) => {
            map.iter().filter_map(|(name, account)| Some(self::account(scalar(name)?, account))).collect()
        }
        _ => Vec::new(),
    }
}

fn account(name: String, attributes: &Value) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.email = attributes.get("email").and_then(scalar);
    account.id = match attributes.get("id") {
        Some(Value::Number(number)) => number.as_u64().and_then(account_id_of_number),
        Some(Value::String(text)) => account_id(text),
        _ => None,
    };
    account
}

/// A string that is not empty, or a number.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
