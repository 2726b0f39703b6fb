//! AWS through its SDK, with the time limits that the SDK leaves open.

mod connection;
mod http;
mod pages;
mod response;
mod units;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::Credentials;
use std::rc::Rc;

use crate::connection::{Aws, Connection};
use crate::key_holder::KeyHolder;
use crate::network::Network;
use crate::request_limits::RequestLimits;
use connection::SdkConnection;
use http::Http;
use leverage_core::access_keys::AccessKeys;
use leverage_error::Result;

/// AWS through its SDK, with one HTTP client for all connections.
#[derive(Debug)]
pub struct Sdk {
    /// The error is that of every operation: a command that does not need AWS works with invalid settings.
    network: Result<(Network, Http)>,
    limits: RequestLimits,
}

impl Sdk {
    /// AWS itself, or another server at `endpoint_url`, without a proxy. The environment is not used.
    pub fn new(endpoint_url: Option<String>, limits: RequestLimits) -> Self {
        Self::with_network(Ok(Network::direct(endpoint_url)), limits)
    }

    /// AWS through this network. An error becomes that of every operation.
    pub fn with_network(network: Result<Network>, limits: RequestLimits) -> Self {
        Self { network: network.map(|network| (network.clone(), Http::new(network))), limits }
    }

    /// The configuration of all clients. Built here and not by the SDK's loader, so that neither the user's `~/.aws/config` nor
    /// a variable that was not handed in can change the endpoint.
    fn config(&self, keys: &AccessKeys, region: &str) -> Result<SdkConfig> {
        let (network, http) = self.network.as_ref().map_err(Clone::clone)?;
        let retry = RetryConfig::standard()
            .with_max_attempts(self.limits.attempts)
            .with_initial_backoff(self.limits.first_backoff);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.limits.connect)
            .read_timeout(self.limits.attempt)
            .operation_attempt_timeout(self.limits.attempt)
            .operation_timeout(self.limits.operation)
            .build();
        let credentials = SdkCredentials::new(
            &keys.id,
            keys.secret.as_str(),
            keys.session_token.as_ref().map(|token| token.to_string()),
            None,
            "leverage",
        );
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .service_config(network.service_urls.clone())
            .http_client(http.clone())
            .retry_config(retry)
            .timeout_config(timeouts);
        config.set_endpoint_url(network.endpoint_url.clone());
        config.set_use_fips(network.use_fips);
        config.set_use_dual_stack(network.use_dual_stack);
        Ok(config.build())
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
            let config = self.config(keys, region);
            let holder = KeyHolder::new(keys, whose);
            let connection: Rc<dyn Connection> = Rc::new(SdkConnection::new(config, holder, self.limits.list));
            connection
        }
        .boxed_local()
    }
}
