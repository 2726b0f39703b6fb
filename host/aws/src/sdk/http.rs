//! The HTTP client: it chooses the proxy for each request, and limits the size of each response.

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http_body_util::Limited;
use std::sync::{Arc, OnceLock};

use crate::network::{Network, Proxy};

/// The most bytes of a response. The largest of AWS, a page of accounts, has a few KiB.
const MAX_RESPONSE: usize = 16 << 20;

/// The HTTP client. All connections of one [`Sdk`](crate::Sdk) share it.
#[derive(Debug, Clone)]
pub(super) struct Http(Arc<Routes>);

/// Connectors for each kind of route, made when they are needed: loading the system's root certificates takes longer than a
/// request without TLS.
#[derive(Debug)]
struct Routes {
    network: Network,
    connectors: [OnceLock<SharedHttpConnector>; 4],
}

impl Http {
    /// A client for this network.
    pub(super) fn new(network: Network) -> Self {
        Self(Arc::new(Routes { network, connectors: Default::default() }))
    }
}

impl HttpClient for Http {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let mut base = Connector::builder().connector_settings(settings.clone());
        base.set_sleep_impl(components.sleep_impl());
        SharedHttpConnector::new(Router { routes: Arc::clone(&self.0), base })
    }
}

/// Sends each request on its route.
#[derive(Debug)]
struct Router {
    routes: Arc<Routes>,
    base: ConnectorBuilder,
}

impl HttpConnector for Router {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri: Uri = match request.uri().parse() {
            Ok(uri) => uri,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(Box::new(error)))),
        };
        let sent = self.connector(&uri).call(request);
        HttpConnectorFuture::new(async move { sent.await.map(limit) })
    }
}

impl Router {
    fn connector(&self, uri: &Uri) -> &SharedHttpConnector {
        let network = &self.routes.network;
        let proxy = network.proxies.proxy_of(uri);
        let has_tls = uri.scheme_str() != Some("http");
        let route = usize::from(has_tls) + 2 * usize::from(proxy.is_some());
        self.routes.connectors[route].get_or_init(|| SharedHttpConnector::new(self.build(proxy, has_tls)))
    }

    fn build(&self, proxy: Option<&Proxy>, has_tls: bool) -> Connector {
        let mut builder = self.base.clone();
        builder.set_proxy_config(proxy.map(|proxy| proxy.config.clone()));
        if !has_tls && !proxy.is_some_and(|proxy| proxy.has_tls) {
            return builder.build_http();
        }
        let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
        match &self.routes.network.authorities {
            Some(trusted) => builder.tls_context(trusted.clone()).build(),
            None => builder.build(),
        }
    }
}

/// Fails the reading of a body that is larger than AWS would send.
fn limit(mut response: HttpResponse) -> HttpResponse {
    let body = response.take_body();
    *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, MAX_RESPONSE));
    response
}
