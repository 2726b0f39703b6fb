//! Reads a `project.yaml`.

use leverage_plugin_api::model::ProjectAccount;
use serde_yaml::{Mapping, Value};

use super::{FileDeclaration, SourceText, Sourced, account_id, account_id_of_number};
use leverage_error::{Error, Kind, Result};

/// Reads the names, the region (under any of its three keys) and the accounts.
pub(super) fn read(source: &SourceText) -> Result<FileDeclaration> {
    let root: Value = serde_yaml::from_str(source.text.trim_start_matches('\u{feff}'))
        .map_err(|error| Error::new(Kind::Project, format!("{} is not valid YAML", source.path)).cause(error))?;
    let empty = Mapping::new();
    let root = match &root {
        Value::Mapping(root) => root,
        Value::Null => &empty,
        _ => return Err(Error::new(Kind::Project, format!("{} is not a YAML mapping", source.path))),
    };
    let place = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            let value = scalar(root.get(*key)?)?;
            Some(Sourced { value, place: format!("{key} in {}", source.path) })
        })
    };
    Ok(FileDeclaration {
        short_name: place(&["short_name"]),
        long_name: place(&["project_name"]),
        region: place(&["primary_region", "region_primary", "region"]),
        accounts: root.get("organization").map(accounts_of_organization).unwrap_or_default(),
    })
}

/// `accounts`, and `organizational_units.*.accounts`.
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

/// Accounts as a list of `{name, email, id}` or as a mapping from names.
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

/// A value as text, if it is one and not empty.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
