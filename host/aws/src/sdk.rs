//! AWS through its SDK.
//!
//! What the SDK leaves open is settled here: it would wait for ever on a silent server, and stop
//! silently at a repeated page token.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_organizations::operation::describe_organization::DescribeOrganizationError;
use aws_sdk_organizations::operation::list_accounts::ListAccountsError;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::{
    Account, AccountState, Accounts, Credentials, Identity, MfaDevice, Organization, OrganizationalUnits,
};
use leverage_plugin_api::naming::is_account_id;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use super::caller::Caller;
use super::failure::{failure, is_access_denied, said};
use super::retry::final_answers;
use super::{Aws, Connection, units};
use leverage_core::access_keys::AccessKeys;
use leverage_error::{Error, Kind, Result};

/// How long AWS is waited for, and how often it is asked again.
#[derive(Debug, Clone)]
pub struct Patience {
    /// For a connection to stand.
    pub connect: Duration,
    /// For one try to be answered.
    pub attempt: Duration,
    /// For an operation in all, with every further try.
    pub operation: Duration,
    /// For a list in all, with every page and every further try: each page may be in time, and the list without end.
    pub list: Duration,
    /// Tries in all.
    pub attempts: u32,
    /// Before the second try; later ones wait longer, with jitter.
    pub first_backoff: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(10),
            operation: Duration::from_secs(60),
            // The 2,500 pages of the largest organization may take half a second each.
            list: Duration::from_secs(20 * 60),
            attempts: 8,
            first_backoff: Duration::from_millis(250),
        }
    }
}

/// AWS through its SDK. One HTTP client, and so one pool of connections, serves all.
#[derive(Debug)]
pub struct Sdk {
    http: SharedHttpClient,
    endpoint_url: Option<String>,
    patience: Patience,
}

impl Sdk {
    /// AWS itself, or what answers at `endpoint_url` in its place.
    ///
    /// The SDK honours the standard variables `AWS_ENDPOINT_URL_STS` and so on by itself.
    pub fn new(endpoint_url: Option<String>, patience: Patience) -> Self {
        let builder = aws_smithy_http_client::Builder::new();
        // Without TLS there is no need to load the system's root certificates, which takes longer
        // than a request.
        let plain = endpoint_url.as_ref().is_some_and(|url| url.starts_with("http://"));
        let http = if plain {
            builder.build_http()
        } else {
            builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
        };
        Self { http, endpoint_url, patience }
    }

    async fn config(&self, keys: &AccessKeys, region: &str) -> SdkConfig {
        let retry = RetryConfig::standard()
            .with_max_attempts(self.patience.attempts)
            .with_initial_backoff(self.patience.first_backoff);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.patience.connect)
            .read_timeout(self.patience.attempt)
            .operation_attempt_timeout(self.patience.attempt)
            .operation_timeout(self.patience.operation)
            .build();
        // The user's own `~/.aws/config` has no say in which endpoint or region is asked.
        let no_profiles = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "").build();
        let credentials = SdkCredentials::new(
            &keys.id,
            keys.secret.as_str(),
            keys.session_token.as_ref().map(|token| token.to_string()),
            None,
            "leverage",
        );
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .profile_files(no_profiles)
            .profile_name("default")
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .http_client(self.http.clone())
            .retry_config(retry)
            .timeout_config(timeouts);
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        loader.load().await
    }
}

impl Aws for Sdk {
    fn connect<'a>(
        &'a self,
        keys: &'a AccessKeys,
        whose: &'a Credentials,
        region: &'a str,
    ) -> LocalBoxFuture<'a, Rc<dyn Connection>> {
        async move {
            let config = self.config(keys, region).await;
            let caller = Caller::new(keys, whose);
            let connection: Rc<dyn Connection> = Rc::new(SdkConnection { config, caller, list: self.patience.list });
            connection
        }
        .boxed_local()
    }
}

/// A connection; each service's client is built when it is first needed.
struct SdkConnection {
    config: SdkConfig,
    caller: Caller,
    /// How long a list may take in all.
    list: Duration,
}

impl SdkConnection {
    fn sts(&self) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config).retry_classifier(final_answers());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    fn organizations(&self) -> aws_sdk_organizations::Client {
        let config = aws_sdk_organizations::config::Builder::from(&self.config).retry_classifier(final_answers());
        aws_sdk_organizations::Client::from_conf(config.build())
    }

    fn iam(&self) -> aws_sdk_iam::Client {
        let config = aws_sdk_iam::config::Builder::from(&self.config).retry_classifier(final_answers());
        aws_sdk_iam::Client::from_conf(config.build())
    }

    /// What reading a list of `operation` gives, if it ends in time.
    async fn within<T>(&self, operation: &str, reading: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout(self.list, reading).await.unwrap_or_else(|_| {
            let limit = self.list.as_secs();
            Err(Error::new(Kind::Network, format!("AWS's list did not end within {limit} s: {operation}"))
                .hint("nothing was changed; check the network and, if it is set, AWS_ENDPOINT_URL"))
        })
    }

    /// The whole list of accounts.
    async fn all_accounts(&self, progress: &dyn Fn(usize)) -> Result<Accounts> {
        let client = self.organizations();
        let mut accounts = Vec::new();
        let mut tokens = Tokens::new(LIST_ACCOUNTS);
        loop {
            let page = match client.list_accounts().set_next_token(tokens.next()).send().await {
                Ok(page) => page,
                Err(error) => return accounts_refused(&self.caller, &error, accounts.is_empty()),
            };
            for account in page.accounts.unwrap_or_default() {
                accounts.push(account_of(account)?);
            }
            progress(accounts.len());
            if !tokens.go_on(page.next_token)? {
                return Ok(Accounts::found(accounts));
            }
        }
    }

    /// The whole list of a user's MFA devices.
    async fn all_mfa_devices(&self, user: Option<String>) -> Result<Vec<MfaDevice>> {
        let client = self.iam();
        let mut devices = Vec::new();
        let mut markers = Tokens::new(LIST_MFA_DEVICES);
        loop {
            let request = client.list_mfa_devices().set_user_name(user.clone()).set_marker(markers.next());
            let page = request.send().await.map_err(|error| failure(&self.caller, LIST_MFA_DEVICES, &error))?;
            devices.extend(page.mfa_devices.into_iter().map(|device| MfaDevice::new(device.serial_number)));
            if page.is_truncated && page.marker.is_none() {
                return Err(incomplete(LIST_MFA_DEVICES));
            }
            if !markers.go_on(page.marker.filter(|_| page.is_truncated))? {
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
                .sts()
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| failure(&self.caller, OPERATION, &error))?;
            match (reply.account, reply.arn) {
                (Some(account), Some(arn)) => Ok(Identity::new(account_id(account, OPERATION)?, arn)),
                _ => Err(incomplete(OPERATION)),
            }
        }
        .boxed_local()
    }

    fn organization(&self) -> LocalBoxFuture<'_, Result<Organization>> {
        const OPERATION: &str = "organizations:DescribeOrganization";
        async move {
            let reply = self.organizations().describe_organization().send().await;
            let organization = match reply {
                Ok(reply) => reply.organization,
                Err(error) => {
                    return match error.as_service_error() {
                        Some(DescribeOrganizationError::AwsOrganizationsNotInUseException(_)) => {
                            Ok(Organization::NotInUse)
                        }
                        Some(service) if is_access_denied(service) => {
                            Ok(Organization::access_denied(said(&self.caller, &error)))
                        }
                        _ => Err(failure(&self.caller, OPERATION, &error)),
                    };
                }
            };
            let organization = organization.ok_or_else(|| incomplete(OPERATION))?;
            // AWS's field has the older name; the documentation calls it the management account.
            match (organization.id, organization.master_account_id) {
                (Some(id), Some(management)) => Ok(Organization::found(id, account_id(management, OPERATION)?)),
                _ => Err(incomplete(OPERATION)),
            }
        }
        .boxed_local()
    }

    fn accounts<'a>(&'a self, progress: &'a dyn Fn(usize)) -> LocalBoxFuture<'a, Result<Accounts>> {
        self.within(LIST_ACCOUNTS, self.all_accounts(progress)).boxed_local()
    }

    fn organizational_units(&self) -> LocalBoxFuture<'_, Result<OrganizationalUnits>> {
        async move {
            let client = self.organizations();
            self.within(units::LIST_UNITS, units::read(&client, &self.caller)).await
        }
        .boxed_local()
    }

    fn mfa_devices(&self, user: Option<String>) -> LocalBoxFuture<'_, Result<Vec<MfaDevice>>> {
        self.within(LIST_MFA_DEVICES, self.all_mfa_devices(user)).boxed_local()
    }
}

const LIST_ACCOUNTS: &str = "organizations:ListAccounts";
const LIST_MFA_DEVICES: &str = "iam:ListMFADevices";

/// More pages than any organization has; AWS's limit of accounts is 50,000, at 20 a page.
pub(super) const MAX_PAGES: usize = 10_000;

fn accounts_refused(
    caller: &Caller,
    error: &SdkError<ListAccountsError, aws_smithy_runtime_api::http::Response>,
    at_the_start: bool,
) -> Result<Accounts> {
    match error.as_service_error() {
        // Only before the first page: a list that breaks off is no list.
        Some(ListAccountsError::AwsOrganizationsNotInUseException(_)) if at_the_start => Ok(Accounts::NotInUse),
        Some(service) if at_the_start && is_access_denied(service) => Ok(Accounts::access_denied(said(caller, error))),
        _ => Err(failure(caller, LIST_ACCOUNTS, error)),
    }
}

fn account_of(account: aws_sdk_organizations::types::Account) -> Result<Account> {
    // `State` took the place of `Status`, which older replies have alone.
    let state = account.state.as_ref().map(|state| state.as_str().to_owned());
    #[allow(deprecated, reason = "replies without `State` are still met")]
    let state = state.or_else(|| account.status.as_ref().map(|status| status.as_str().to_owned()));
    match (account.id, account.name, state) {
        (Some(id), Some(name), Some(state)) => {
            let mut known = Account::new(account_id(id, LIST_ACCOUNTS)?, name);
            known.email = account.email;
            if state != "ACTIVE" {
                known.state = AccountState::Other(state);
            }
            Ok(known)
        }
        _ => Err(incomplete(LIST_ACCOUNTS)),
    }
}

/// The id of an account, if it is one. It goes into names, ARNs and Terraform files, where anything else might be read as
/// more than a text.
pub(super) fn account_id(id: String, operation: &str) -> Result<String> {
    if is_account_id(&id) {
        return Ok(id);
    }
    let id: String = id.chars().take(64).collect();
    Err(Error::new(
        Kind::Aws,
        format!("AWS's answer to {operation} has {id:?} where an account id of 12 digits belongs"),
    )
    .hint(ENDPOINT_HINT))
}

const ENDPOINT_HINT: &str = "if AWS_ENDPOINT_URL is set, check what answers there";

pub(super) fn incomplete(operation: &str) -> Error {
    Error::new(Kind::Aws, format!("AWS's answer to {operation} lacks what it always has")).hint(ENDPOINT_HINT)
}

/// The page tokens of one list: the SDK stops silently at a repeated one.
pub(super) struct Tokens {
    operation: &'static str,
    seen: HashSet<String>,
    next: Option<String>,
}

impl Tokens {
    /// Those of a list that begins.
    pub fn new(operation: &'static str) -> Self {
        Self { operation, seen: HashSet::new(), next: None }
    }

    /// The token to ask the next page with.
    pub fn next(&mut self) -> Option<String> {
        self.next.take()
    }

    /// Takes the token that came with a page; says whether there is another page.
    pub fn go_on(&mut self, token: Option<String>) -> Result<bool> {
        let Some(token) = token else { return Ok(false) };
        if !self.seen.insert(token.clone()) || self.seen.len() > MAX_PAGES {
            return Err(Self::endless(self.operation));
        }
        self.next = Some(token);
        Ok(true)
    }

    /// The list repeats itself.
    pub fn endless(operation: &str) -> Error {
        Error::new(Kind::Aws, format!("AWS's list does not end: {operation} repeats itself"))
            .hint("run the command again; if it happens again, tell AWS Support")
    }
}
