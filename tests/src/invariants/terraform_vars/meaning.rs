//! What a text means to `hcl-edit`, which the editor itself uses only where a text is not made of literals: it is the
//! same before and after, apart from the ids.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::parser::parse_body;

use super::case::Case;

/// A value.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Object(Vec<(String, Tree)>),
    List(Vec<Tree>),
    /// A string without templates.
    Text(String),
    /// Anything else, as it is written.
    Other(String),
}

/// Takes an account's name and attributes.
type Found<'f> = dyn FnMut(&str, &mut Vec<(String, Tree)>) + 'f;

/// Checks that the ids are recorded, and that all other values are unchanged.
pub(super) fn check(case: &Case, after: &str) {
    let (Some(mut before), Some(mut now)) = (read(&case.before), read(after)) else {
        panic!("hcl-edit reads only one of {:?} and {after:?}", case.before);
    };
    let context = || format!("{after:?} of {case:?}");
    let known = |name: &str| case.wanted.iter().find(|account| account.name == name);
    for (name, value) in &now {
        if name == "accounts"
            && let Tree::Object(accounts) = value
        {
            for account in &case.wanted {
                assert!(accounts.iter().any(|(name, _)| name == account.name), "{account:?} is missing: {}", context());
            }
        }
    }
    // An added account has its email and id, and replaces no other.
    let present = member(&before, "accounts").cloned();
    if let (Some(Tree::Object(present)), Some(Tree::Object(accounts))) = (present, member_mut(&mut now, "accounts")) {
        accounts.retain(|(name, value)| {
            let Some(account) = known(name).filter(|_| !present.iter().any(|(old, _)| old == name)) else {
                return true;
            };
            let text = |text: &str| Tree::Text(text.to_owned());
            let email = account.email.map(|email| ("email".to_owned(), text(email)));
            let expected = email.into_iter().chain([("id".to_owned(), text(account.id))]).collect();
            assert_eq!(value, &Tree::Object(expected), "{name}: {}", context());
            false
        });
    }
    each_account(&mut now, &mut |name, attributes| {
        let Some(account) = known(name) else { return };
        let ids: Vec<_> = attributes.iter().filter(|(key, _)| key == "id").map(|(_, id)| id).collect();
        assert_eq!(ids, [&Tree::Text(account.id.to_owned())], "{name}: {}", context());
        attributes.retain(|(key, _)| key != "id");
    });
    each_account(&mut before, &mut |name, attributes| {
        if known(name).is_some() {
            attributes.retain(|(key, _)| key != "id");
        }
    });
    for variables in [&mut before, &mut now] {
        variables.retain(|(name, _)| {
            let stem = name.strip_suffix("_account_id");
            !stem.is_some_and(|stem| {
                case.wanted.iter().any(|account| account.name.replace('-', "_") == stem.replace('-', "_"))
            })
        });
    }
    assert_eq!(now, before, "{}", context());
}

/// Calls `found` for each account wherever a text lists accounts.
fn each_account(variables: &mut [(String, Tree)], found: &mut Found<'_>) {
    for (name, value) in variables {
        match (name.as_str(), value) {
            ("accounts", accounts) => listed(accounts, found),
            ("organization", Tree::Object(organization)) => {
                in_organization(organization, found);
                for (_, units) in organization.iter_mut().filter(|(name, _)| name == "organizational_units") {
                    let units: Vec<&mut Tree> = match units {
                        Tree::Object(units) => units.iter_mut().map(|(_, unit)| unit).collect(),
                        Tree::List(units) => units.iter_mut().collect(),
                        _ => Vec::new(),
                    };
                    for unit in units {
                        if let Tree::Object(unit) = unit {
                            in_organization(unit, found);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

fn in_organization(parent: &mut [(String, Tree)], found: &mut Found<'_>) {
    for (_, accounts) in parent.iter_mut().filter(|(name, _)| name == "accounts") {
        listed(accounts, found);
    }
}

fn listed(accounts: &mut Tree, found: &mut Found<'_>) {
    match accounts {
        Tree::Object(accounts) => {
            for (name, account) in accounts {
                if let Tree::Object(attributes) = account {
                    found(name, attributes);
                }
            }
        }
        Tree::List(accounts) => {
            for account in accounts {
                if let Tree::Object(attributes) = account
                    && let Some(Tree::Text(name)) = attributes.iter().find_map(|(key, value)| match value {
                        Tree::Text(_) if key == "name" => Some(value.clone()),
                        _ => None,
                    })
                {
                    found(&name, attributes);
                }
            }
        }
        Tree::Text(_) | Tree::Other(_) => {}
    }
}

fn member<'t>(variables: &'t [(String, Tree)], name: &str) -> Option<&'t Tree> {
    variables.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn member_mut<'t>(variables: &'t mut [(String, Tree)], name: &str) -> Option<&'t mut Tree> {
    variables.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The variables, and their blocks' texts.
fn read(text: &str) -> Option<Vec<(String, Tree)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body = parse_body(text).ok()?;
    Some(body.attributes().map(|attribute| (attribute.key.to_string(), tree(text, &attribute.value))).collect())
}

fn tree(text: &str, expression: &Expression) -> Tree {
    match expression {
        Expression::Object(object) => {
            Tree::Object(object.iter().map(|(name, value)| (key(text, name), tree(text, value.expr()))).collect())
        }
        Expression::Array(list) => Tree::List(list.iter().map(|value| tree(text, value)).collect()),
        Expression::String(value) => Tree::Text(value.to_string()),
        _ => Tree::Other(text[expression.span().unwrap_or_default()].trim().to_owned()),
    }
}

/// A key as the editor's rules see it: a name, a string, or a literal, with or without parentheses.
fn key(text: &str, key: &ObjectKey) -> String {
    let mut expression = match key {
        ObjectKey::Ident(name) => return name.to_string(),
        ObjectKey::Expression(expression) => expression,
    };
    while let Expression::Parenthesis(inner) = expression {
        expression = inner.inner();
    }
    match expression {
        Expression::String(name) => name.to_string(),
        Expression::Number(_) | Expression::Bool(_) | Expression::Null(_) => {
            text[expression.span().unwrap_or_default()].trim().to_owned()
        }
        _ => format!("\0{}", &text[expression.span().unwrap_or_default()]),
    }
}
