//! Reads the tree of organizational units: the root, the units below it, and the accounts in each.

use aws_sdk_organizations::Client;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::try_join;
use leverage_plugin_api::model::{OrganizationalUnit, OrganizationalUnits};
use std::collections::{HashSet, VecDeque};

use super::pages::{MAX_PAGES, PageTokens, endless};
use super::response::{check_account_id, incomplete};
use crate::error::{convert_error, describe_service_error, is_access_denied};
use crate::key_holder::KeyHolder;
use leverage_error::Error;

/// Why reading the tree ended early.
enum EarlyEnd {
    /// The organization does not exist, or the caller is not authorized, which is an answer, too.
    Answer(OrganizationalUnits),
    /// A request failed.
    Failed(Error),
}

impl From<Error> for EarlyEnd {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The operation that stands for the whole tree in errors.
pub(super) const LIST_UNITS: &str = "organizations:ListOrganizationalUnitsForParent";

/// Reads the complete tree.
pub(super) async fn read_tree(client: &Client, holder: &KeyHolder) -> Result<OrganizationalUnits, Error> {
    match walk(client, holder).await {
        Ok(units) => Ok(OrganizationalUnits::found(units)),
        Err(EarlyEnd::Answer(answer)) => Ok(answer),
        Err(EarlyEnd::Failed(error)) => Err(error),
    }
}

/// Lists all units, each before those below it.
async fn walk(client: &Client, holder: &KeyHolder) -> Result<Vec<OrganizationalUnit>, EarlyEnd> {
    let mut pending: VecDeque<(String, String, String)> =
        roots(client, holder).await?.into_iter().map(|id| (id, "Root".to_owned(), String::new())).collect();
    let mut units = Vec::new();
    let mut known = HashSet::new();
    while let Some((id, path, prefix)) = pending.pop_front() {
        // A repeated unit, or more than an organization can have.
        if !known.insert(id.clone()) || known.len() > MAX_PAGES {
            return Err(endless(LIST_UNITS).into());
        }
        let (below, accounts) = try_join(units_below(client, holder, &id), accounts_in(client, holder, &id)).await?;
        pending.extend(below.into_iter().map(|(id, name)| {
            let path = format!("{prefix}{name}");
            let prefix = format!("{path}/");
            (id, path, prefix)
        }));
        units.push(OrganizationalUnit::new(path, id, accounts));
    }
    Ok(units)
}

/// Lists the ids of the roots. An organization has one.
async fn roots(client: &Client, holder: &KeyHolder) -> Result<Vec<String>, EarlyEnd> {
    const OPERATION: &str = "organizations:ListRoots";
    let mut roots = Vec::new();
    let mut tokens = PageTokens::new(OPERATION);
    loop {
        let page = client.list_roots().set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| end_early(holder, OPERATION, &error))?;
        for root in page.roots.unwrap_or_default() {
            roots.push(root.id.ok_or_else(|| incomplete(OPERATION))?);
        }
        if !tokens.store(page.next_token)? {
            return Ok(roots);
        }
    }
}

/// Lists the ids and names of the units directly below another.
async fn units_below(client: &Client, holder: &KeyHolder, parent: &str) -> Result<Vec<(String, String)>, EarlyEnd> {
    let mut units = Vec::new();
    let mut tokens = PageTokens::new(LIST_UNITS);
    loop {
        let request = client.list_organizational_units_for_parent().parent_id(parent);
        let page = request.set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| end_early(holder, LIST_UNITS, &error))?;
        for unit in page.organizational_units.unwrap_or_default() {
            match (unit.id, unit.name) {
                (Some(id), Some(name)) => units.push((id, name)),
                _ => return Err(incomplete(LIST_UNITS).into()),
            }
        }
        if !tokens.store(page.next_token)? {
            return Ok(units);
        }
    }
}

/// Lists the ids of the accounts directly in a unit.
async fn accounts_in(client: &Client, holder: &KeyHolder, parent: &str) -> Result<Vec<String>, EarlyEnd> {
    const OPERATION: &str = "organizations:ListAccountsForParent";
    let mut accounts = Vec::new();
    let mut tokens = PageTokens::new(OPERATION);
    loop {
        let page = client.list_accounts_for_parent().parent_id(parent).set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| end_early(holder, OPERATION, &error))?;
        for account in page.accounts.unwrap_or_default() {
            accounts.push(check_account_id(account.id.ok_or_else(|| incomplete(OPERATION))?, OPERATION)?);
        }
        if !tokens.store(page.next_token)? {
            return Ok(accounts);
        }
    }
}

/// Decides what a failed request means for the whole tree, wherever it happens, because a partial tree is never returned.
fn end_early<E>(holder: &KeyHolder, operation: &str, error: &SdkError<E, Response>) -> EarlyEnd
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.as_service_error() {
        Some(service) if service.code() == Some("AWSOrganizationsNotInUseException") => {
            EarlyEnd::Answer(OrganizationalUnits::NotInUse)
        }
        Some(service) if is_access_denied(service) => {
            EarlyEnd::Answer(OrganizationalUnits::access_denied(describe_service_error(holder, error)))
        }
        _ => EarlyEnd::Failed(convert_error(holder, operation, error)),
    }
}
