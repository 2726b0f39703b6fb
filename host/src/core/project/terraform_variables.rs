//! Reads the Terraform variables that all layers share, `config/common.tfvars`.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::Body;
use leverage_plugin_api::model::ProjectAccount;

use super::{Placed, Said, SourceText, account_id, account_id_of_number};
use crate::error::{Error, Kind, Result};

/// Reads the names, the region and the accounts.
pub(super) fn read(source: &SourceText) -> Result<Said> {
    let text = source.text.trim_start_matches('\u{feff}');
    let body: Body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let location = error.location();
        Error::new(
            Kind::Project,
            format!("{} is not valid HCL at line {}, column {}", source.path, location.line(), location.column()),
        )
        .cause(error.message())
    })?;
    let value = |name: &str| body.get_attribute(name).map(|attribute| &attribute.value);
    let place = |names: &[&str]| {
        names.iter().find_map(|name| {
            let value = string(value(name)?).filter(|value| !value.is_empty())?;
            Some(Placed { value, place: format!("{name} in {}", source.path) })
        })
    };
    let mut all = value("accounts").map(|value| accounts(value, text)).unwrap_or_default();
    for account in value("organization").map(|value| accounts_of_organization(value, text)).unwrap_or_default() {
        if all.iter().all(|known| known.name != account.name) {
            all.push(account);
        }
    }
    Ok(Said {
        short_name: place(&["project"]),
        long_name: place(&["project_long"]),
        region: place(&["region_primary", "region"]),
        accounts: all,
    })
}

/// `accounts`, and `organizational_units.*.accounts`.
fn accounts_of_organization(organization: &Expression, text: &str) -> Vec<ProjectAccount> {
    let Some(organization) = organization.as_object() else { return Vec::new() };
    let mut all = member(organization, "accounts").map(|value| accounts(value, text)).unwrap_or_default();
    if let Some(units) = member(organization, "organizational_units").and_then(Expression::as_object) {
        for (_, unit) in units.iter() {
            let unit = unit.expr().as_object().and_then(|unit| member(unit, "accounts"));
            all.extend(unit.map(|value| accounts(value, text)).unwrap_or_default());
        }
    }
    all
}

/// Accounts as an object by name, or as a list of objects with a `name`.
fn accounts(value: &Expression, text: &str) -> Vec<ProjectAccount> {
    match value {
        Expression::Object(map) => {
            let entries = map.iter().filter_map(|(key, value)| Some((key_name(key)?, value.expr().as_object()?)));
            entries.map(|(name, attributes)| account(name, attributes, text)).collect()
        }
        Expression::Array(list) => {
            let entries = list.iter().filter_map(Expression::as_object);
            entries.filter_map(|entry| Some(account(string(member(entry, "name")?)?, entry, text))).collect()
        }
        _ => Vec::new(),
    }
}

fn account(name: String, attributes: &Object, text: &str) -> ProjectAccount {
    let mut account = ProjectAccount::new(name);
    account.email = member(attributes, "email").and_then(string);
    account.id = member(attributes, "id").and_then(|id| match id {
        Expression::Number(_) => {
            // As it stands in the file: a parsed number has lost its leading zeros.
            let digits = id.span().and_then(|span| text.get(span)).map(str::trim);
            digits.and_then(account_id).or_else(|| account_id_of_number(id.as_number()?.as_u64()?))
        }
        other => string(other).as_deref().and_then(account_id),
    });
    account
}

fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Expression> {
    object.iter().find(|(key, _)| key_name(key).as_deref() == Some(name)).map(|(_, value)| value.expr())
}

fn key_name(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(key) => string(key),
    }
}

/// A value as text, if it is a string without interpolation.
fn string(value: &Expression) -> Option<String> {
    value.as_str().map(str::to_owned)
}
