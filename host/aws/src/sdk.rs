//! AWS through its SDK, with the time limits that the SDK leaves open.

mod connection;
mod pages;
mod response;
mod units;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leverage_plugin_api::model::Credentials;
use std::rc::Rc;

use crate::connection::{Aws, Connection};
use crate::key_holder::KeyHolder;
use crate::request_limits::RequestLimits;
use connection::SdkConnection;
use leverage_core::access_keys::AccessKeys;

/// AWS through its SDK, with one HTTP client for all connections.
#[derive(Debug)]
pub struct Sdk {
    http: SharedHttpClient,
    endpoint_url: Option<String>,
    limits: RequestLimits,
}

impl Sdk {
    /// AWS itself, or another server at `endpoint_url`.
    ///
    /// The SDK itself reads the endpoint variables of single services, such as `AWS_ENDPOINT_URL_STS`.
    pub fn new(endpoint_url: Option<String>, limits: RequestLimits) -> Self {
        let builder = aws_smithy_http_client::Builder::new();
        // Without TLS, the system's root certificates are not loaded, which takes longer than a request.
        let plain = endpoint_url.as_ref().is_some_and(|url| url.starts_with("http://"));
        let http = if plain {
            builder.build_http()
        } else {
            builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
        };
        Self { http, endpoint_url, limits }
    }

    async fn config(&self, keys: &AccessKeys, region: &str) -> SdkConfig {
        let retry = RetryConfig::standard()
            .with_max_attempts(self.limits.attempts)
            .with_initial_backoff(self.limits.first_backoff);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.limits.connect)
            .read_timeout(self.limits.attempt)
            .operation_attempt_timeout(self.limits.attempt)
            .operation_timeout(self.limits.operation)
            .build();
        // The user's `~/.aws/config` must not change the endpoint or region.
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
            let holder = KeyHolder::new(keys, whose);
            let connection: Rc<dyn Connection> = Rc::new(SdkConnection::new(config, holder, self.limits.list));
            connection
        }
        .boxed_local()
    }
}
