//! The organization's tree, through the AWS SDK: its root, the units below it, and the accounts in each.

use aws_sdk_organizations::Client;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::try_join;
use leverage_plugin_api::model::{OrganizationalUnit, OrganizationalUnits};
use std::collections::{HashSet, VecDeque};

use super::caller::Caller;
use super::failure::{failure, is_access_denied, said};
use super::sdk::{MAX_PAGES, Tokens, account_id, incomplete};
use leverage_error::Error;

/// Why the tree is not there.
enum Stop {
    /// The caller may not read it, or there is none: an answer all the same.
    Answer(OrganizationalUnits),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The request of which a tree needs the most.
pub(super) const LIST_UNITS: &str = "organizations:ListOrganizationalUnitsForParent";

/// The complete tree, or why it is not known.
pub(super) async fn read(client: &Client, caller: &Caller) -> Result<OrganizationalUnits, Error> {
    match walk(client, caller).await {
        Ok(units) => Ok(OrganizationalUnits::found(units)),
        Err(Stop::Answer(answer)) => Ok(answer),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Every unit before those below it.
async fn walk(client: &Client, caller: &Caller) -> Result<Vec<OrganizationalUnit>, Stop> {
    let mut pending: VecDeque<(String, String, String)> =
        roots(client, caller).await?.into_iter().map(|id| (id, "Root".to_owned(), String::new())).collect();
    let mut units = Vec::new();
    let mut known = HashSet::new();
    while let Some((id, path, prefix)) = pending.pop_front() {
        // One that comes again, or more of them than there can be.
        if !known.insert(id.clone()) || known.len() > MAX_PAGES {
            return Err(Tokens::endless(LIST_UNITS).into());
        }
        let (below, accounts) = try_join(units_below(client, caller, &id), accounts_in(client, caller, &id)).await?;
        pending.extend(below.into_iter().map(|(id, name)| {
            let path = format!("{prefix}{name}");
            let prefix = format!("{path}/");
            (id, path, prefix)
        }));
        units.push(OrganizationalUnit::new(path, id, accounts));
    }
    Ok(units)
}

/// The ids of the roots: there is one.
async fn roots(client: &Client, caller: &Caller) -> Result<Vec<String>, Stop> {
    const OPERATION: &str = "organizations:ListRoots";
    let mut roots = Vec::new();
    let mut tokens = Tokens::new(OPERATION);
    loop {
        let page = client.list_roots().set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| stopped(caller, OPERATION, &error))?;
        for root in page.roots.unwrap_or_default() {
            roots.push(root.id.ok_or_else(|| incomplete(OPERATION))?);
        }
        if !tokens.go_on(page.next_token)? {
            return Ok(roots);
        }
    }
}

/// The ids and names of the units directly below another.
async fn units_below(client: &Client, caller: &Caller, parent: &str) -> Result<Vec<(String, String)>, Stop> {
    let mut units = Vec::new();
    let mut tokens = Tokens::new(LIST_UNITS);
    loop {
        let request = client.list_organizational_units_for_parent().parent_id(parent);
        let page = request.set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| stopped(caller, LIST_UNITS, &error))?;
        for unit in page.organizational_units.unwrap_or_default() {
            match (unit.id, unit.name) {
                (Some(id), Some(name)) => units.push((id, name)),
                _ => return Err(incomplete(LIST_UNITS).into()),
            }
        }
        if !tokens.go_on(page.next_token)? {
            return Ok(units);
        }
    }
}

/// The ids of the accounts directly in a unit.
async fn accounts_in(client: &Client, caller: &Caller, parent: &str) -> Result<Vec<String>, Stop> {
    const OPERATION: &str = "organizations:ListAccountsForParent";
    let mut accounts = Vec::new();
    let mut tokens = Tokens::new(OPERATION);
    loop {
        let page = client.list_accounts_for_parent().parent_id(parent).set_next_token(tokens.next()).send().await;
        let page = page.map_err(|error| stopped(caller, OPERATION, &error))?;
        for account in page.accounts.unwrap_or_default() {
            accounts.push(account_id(account.id.ok_or_else(|| incomplete(OPERATION))?, OPERATION)?);
        }
        if !tokens.go_on(page.next_token)? {
            return Ok(accounts);
        }
    }
}

/// What a refusal means. Part of a tree is no tree, so it does not matter where it happens.
fn stopped<E>(caller: &Caller, operation: &str, error: &SdkError<E, Response>) -> Stop
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.as_service_error() {
        Some(service) if service.code() == Some("AWSOrganizationsNotInUseException") => {
            Stop::Answer(OrganizationalUnits::NotInUse)
        }
        Some(service) if is_access_denied(service) => {
            Stop::Answer(OrganizationalUnits::access_denied(said(caller, error)))
        }
        _ => Stop::Failed(failure(caller, operation, error)),
    }
}
