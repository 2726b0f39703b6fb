//! A connection to AWS through the SDK.

use aws_config::SdkConfig;
use aws_sdk_organizations::operation::describe_organization::DescribeOrganizationError;
use aws_sdk_organizations::operation::list_accounts::ListAccountsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::{
    Account, AccountState, Accounts, Identity, MfaDevice, Organization, OrganizationalUnits,
};
use std::time::Duration;

use super::pages::PageTokens;
use super::response::{check_account_id, incomplete};
use super::units;
use crate::connection::Connection;
use crate::error::{NETWORK_HINT, convert_error, describe_service_error, is_access_denied};
use crate::key_holder::KeyHolder;
use crate::refusal::no_retry_of_refusals;
use leverage_error::{Error, Kind, Result};

const LIST_ACCOUNTS: &str = "organizations:ListAccounts";
const LIST_MFA_DEVICES: &str = "iam:ListMFADevices";

/// A connection. The client of a service is built for each operation.
pub(crate) struct SdkConnection {
    /// The error is that of every operation.
    config: Result<SdkConfig>,
    holder: KeyHolder,
    /// The time limit of a complete list.
    list_limit: Duration,
}

impl SdkConnection {
    pub(crate) fn new(config: Result<SdkConfig>, holder: KeyHolder, list_limit: Duration) -> Self {
        Self { config, holder, list_limit }
    }

    fn config(&self) -> Result<&SdkConfig> {
        self.config.as_ref().map_err(Clone::clone)
    }

    fn sts(&self) -> Result<aws_sdk_sts::Client> {
        let config = aws_sdk_sts::config::Builder::from(self.config()?).retry_classifier(no_retry_of_refusals());
        Ok(aws_sdk_sts::Client::from_conf(config.build()))
    }

    fn organizations(&self) -> Result<aws_sdk_organizations::Client> {
        let config =
            aws_sdk_organizations::config::Builder::from(self.config()?).retry_classifier(no_retry_of_refusals());
        Ok(aws_sdk_organizations::Client::from_conf(config.build()))
    }

    fn iam(&self) -> Result<aws_sdk_iam::Client> {
        let config = aws_sdk_iam::config::Builder::from(self.config()?).retry_classifier(no_retry_of_refusals());
        Ok(aws_sdk_iam::Client::from_conf(config.build()))
    }

    /// Awaits a complete list of `operation`, within the time limit.
    async fn await_list<T>(&self, operation: &str, reading: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout(self.list_limit, reading).await.unwrap_or_else(|_| {
            let limit = self.list_limit.as_secs();
            Err(Error::new(Kind::Network, format!("`{operation}` did not complete within {limit} s"))
                .hint(NETWORK_HINT))
        })
    }

    /// Lists all accounts.
    async fn list_accounts(&self, progress: &dyn Fn(usize)) -> Result<Accounts> {
        let client = self.organizations()?;
        let mut accounts = Vec::new();
        let mut tokens = PageTokens::new(LIST_ACCOUNTS);
        loop {
            let page = match client.list_accounts().set_next_token(tokens.next()).send().await {
                Ok(page) => page,
                Err(error) => return on_failed_page(&self.holder, &error, accounts.is_empty()),
            };
            for account in page.accounts.unwrap_or_default() {
                accounts.push(parse_account(account)?);
            }
            progress(accounts.len());
            if !tokens.store(page.next_token)? {
                return Ok(Accounts::found(accounts));
            }
        }
    }

    /// Lists all MFA devices of a user.
    async fn list_mfa_devices(&self, user: Option<String>) -> Result<Vec<MfaDevice>> {
        let client = self.iam()?;
        let mut devices = Vec::new();
        let mut markers = PageTokens::new(LIST_MFA_DEVICES);
        loop {
            let request = client.list_mfa_devices().set_user_name(user.clone()).set_marker(markers.next());
            let page = request.send().await.map_err(|error| {
                let converted = convert_error(&self.holder, LIST_MFA_DEVICES, &error);
                let is_denied = error.as_service_error().is_some_and(is_access_denied);
                let way_out = "or name the device with `--mfa-serial SERIAL`, which needs no iam:ListMFADevices";
                if is_denied { converted.hint(way_out) } else { converted }
            })?;
            devices.extend(page.mfa_devices.into_iter().map(|device| MfaDevice::new(device.serial_number)));
            if page.is_truncated && page.marker.is_none() {
                return Err(incomplete(LIST_MFA_DEVICES));
            }
            if !markers.store(page.marker.filter(|_| page.is_truncated))? {
                return Ok(devices);
            }
        }
    }
}

impl Connection for SdkConnection {
    fn identity(&self) -> LocalBoxFuture<'_, Result<Identity>> {
        const OPERATION: &str = "sts:GetCallerIdentity";
        async move {
            let reply = self
                .sts()?
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| convert_error(&self.holder, OPERATION, &error))?;
            match (reply.account, reply.arn) {
                (Some(account), Some(arn)) => Ok(Identity::new(check_account_id(account, OPERATION)?, arn)),
                _ => Err(incomplete(OPERATION)),
            }
        }
        .boxed_local()
    }

    fn organization(&self) -> LocalBoxFuture<'_, Result<Organization>> {
        const OPERATION: &str = "organizations:DescribeOrganization";
        async move {
            let reply = self.organizations()?.describe_organization().send().await;
            let organization = match reply {
                Ok(reply) => reply.organization,
                Err(error) => {
                    return match error.as_service_error() {
                        Some(DescribeOrganizationError::AwsOrganizationsNotInUseException(_)) => {
                            Ok(Organization::NotInUse)
                        }
                        Some(service) if is_access_denied(service) => {
                            Ok(Organization::access_denied(describe_service_error(&self.holder, &error)))
                        }
                        _ => Err(convert_error(&self.holder, OPERATION, &error)),
                    };
                }
            };
            let organization = organization.ok_or_else(|| incomplete(OPERATION))?;
            // The field has the older name of the management account.
            match (organization.id, organization.master_account_id) {
                (Some(id), Some(management)) => Ok(Organization::found(id, check_account_id(management, OPERATION)?)),
                _ => Err(incomplete(OPERATION)),
            }
        }
        .boxed_local()
    }

    fn accounts<'a>(&'a self, progress: &'a dyn Fn(usize)) -> LocalBoxFuture<'a, Result<Accounts>> {
        self.await_list(LIST_ACCOUNTS, self.list_accounts(progress)).boxed_local()
    }

    fn organizational_units(&self) -> LocalBoxFuture<'_, Result<OrganizationalUnits>> {
        async move {
            let client = self.organizations()?;
            self.await_list(units::LIST_UNITS, units::read_tree(&client, &self.holder)).await
        }
        .boxed_local()
    }

    fn mfa_devices(&self, user: Option<String>) -> LocalBoxFuture<'_, Result<Vec<MfaDevice>>> {
        self.await_list(LIST_MFA_DEVICES, self.list_mfa_devices(user)).boxed_local()
    }
}

/// Decides what a failed request for a page of accounts means.
fn on_failed_page(
    holder: &KeyHolder,
    error: &SdkError<ListAccountsError, Response>,
    is_first_page: bool,
) -> Result<Accounts> {
    match error.as_service_error() {
        // Only for the first page: later, the list would be incomplete.
        Some(ListAccountsError::AwsOrganizationsNotInUseException(_)) if is_first_page => Ok(Accounts::NotInUse),
        Some(service) if is_first_page && is_access_denied(service) => {
            Ok(Accounts::access_denied(describe_service_error(holder, error)))
        }
        _ => Err(convert_error(holder, LIST_ACCOUNTS, error)),
    }
}

fn parse_account(account: aws_sdk_organizations::types::Account) -> Result<Account> {
    // `State` replaced `Status`, which is the only one in older responses.
    let state = account.state.as_ref().map(|state| state.as_str().to_owned());
    #[allow(deprecated, reason = "some responses have no `State`")]
    let state = state.or_else(|| account.status.as_ref().map(|status| status.as_str().to_owned()));
    match (account.id, account.name, state) {
        (Some(id), Some(name), Some(state)) => {
            let mut parsed = Account::new(check_account_id(id, LIST_ACCOUNTS)?, name);
            parsed.email = account.email;
            if state != "ACTIVE" {
                parsed.state = AccountState::Other(state);
            }
            Ok(parsed)
        }
        _ => Err(incomplete(LIST_ACCOUNTS)),
    }
}
