//! How AWS is reached: endpoints, proxies and trusted certificates, as the AWS CLI reads them from the environment.

mod authorities;
mod proxies;

use aws_smithy_http_client::tls::TlsContext;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use http::Uri;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use leverage_error::{Error, Kind, Result};

pub(crate) use proxies::{Proxies, Proxy};

/// The services that are used, as they are in the names of variables.
const SERVICES: [&str; 3] = ["IAM", "ORGANIZATIONS", "STS"];

/// Returns the value of an environment variable.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Reads a file.
pub type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

/// How AWS is reached.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// The endpoint of all services without one in `service_urls`.
    pub(crate) endpoint_url: Option<String>,
    pub(crate) service_urls: ServiceUrls,
    pub(crate) proxies: Proxies,
    /// The certificates that are trusted instead of the system's.
    pub(crate) authorities: Option<TlsContext>,
    pub(crate) use_fips: Option<bool>,
    pub(crate) use_dual_stack: Option<bool>,
}

impl Network {
    /// Connects directly: to AWS itself, or to the server at `endpoint_url`.
    pub fn direct(endpoint_url: Option<String>) -> Self {
        Self { endpoint_url, ..Self::default() }
    }

    /// The settings in the environment: `AWS_ENDPOINT_URL` and that of each service, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`,
    /// `AWS_CA_BUNDLE`, `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT`. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// A value is invalid, or the certificates cannot be read.
    pub fn from_environment(variable: Variable<'_>, read: ReadFile<'_>) -> Result<Self> {
        let mut network = Self {
            proxies: Proxies::from_environment(variable)?,
            authorities: authorities::from_environment(variable, read)?,
            use_fips: switch(variable, "AWS_USE_FIPS_ENDPOINT")?,
            use_dual_stack: switch(variable, "AWS_USE_DUALSTACK_ENDPOINT")?,
            ..Self::default()
        };
        if switch(variable, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")? != Some(true) {
            network.endpoint_url = url(variable, "AWS_ENDPOINT_URL")?;
            for service in SERVICES {
                if let Some(url) = url(variable, &format!("AWS_ENDPOINT_URL_{service}"))? {
                    network.service_urls.0.insert(service.to_owned(), url);
                }
            }
        }
        network.check_switches()
    }

    /// The SDK cannot build a FIPS or dual-stack name from the URL of an endpoint.
    fn check_switches(self) -> Result<Self> {
        let switches = [("AWS_USE_FIPS_ENDPOINT", self.use_fips), ("AWS_USE_DUALSTACK_ENDPOINT", self.use_dual_stack)];
        let has_url = self.endpoint_url.is_some() || !self.service_urls.0.is_empty();
        match switches.into_iter().find(|(_, value)| has_url && *value == Some(true)) {
            None => Ok(self),
            Some((name, _)) => {
                Err(Error::new(Kind::Network, format!("`{name}` does not work with `AWS_ENDPOINT_URL`"))
                    .hint("unset one of both, or set `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`"))
            }
        }
    }
}

/// The endpoints of single services, by the name of the service in `AWS_ENDPOINT_URL_<SERVICE>`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServiceUrls(BTreeMap<String, String>);

impl LoadServiceConfig for ServiceUrls {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != "AWS_ENDPOINT_URL" {
            return None;
        }
        self.0.get(&key.service_id().to_ascii_uppercase().replace(' ', "_")).cloned()
    }
}

/// The value of a variable that is set and not empty.
fn text(variable: Variable<'_>, name: &str) -> Result<Option<String>> {
    match variable(name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => value
            .into_string()
            .map(Some)
            .map_err(|_| Error::new(Kind::Network, format!("the value of `{name}` is not valid UTF-8"))),
    }
}

fn switch(variable: Variable<'_>, name: &str) -> Result<Option<bool>> {
    match text(variable, name)?.map(|value| value.to_ascii_lowercase()).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Error::new(Kind::Network, format!("invalid value of `{name}`"))
            .hint(format!("set `{name}` to `true` or `false`, or unset it"))),
    }
}

/// The URL of an endpoint. The value is not repeated in the error: it may have a password.
fn url(variable: Variable<'_>, name: &str) -> Result<Option<String>> {
    let Some(url) = text(variable, name)? else { return Ok(None) };
    if is_http(&url) {
        return Ok(Some(url));
    }
    Err(Error::new(Kind::Network, format!("invalid URL in `{name}`"))
        .hint(format!("set `{name}` to a URL such as `https://sts.us-east-1.amazonaws.com`, or unset it")))
}

/// Whether this is a URL of a server that is spoken to with HTTP.
fn is_http(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the network from these variables, and files from nowhere.
    fn network(variables: &[(&str, &str)]) -> Result<Network> {
        let variable = |name: &str| Some(variables.iter().find(|(known, _)| *known == name)?.1.into());
        Network::from_environment(&variable, &|_| Err(io::Error::from(io::ErrorKind::NotFound)))
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let names =
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "HTTPS_PROXY"];
        let network = network(&names.map(|name| (name, ""))).unwrap();
        assert!(network.endpoint_url.is_none() && network.service_urls.0.is_empty() && network.authorities.is_none());
        assert!(network.use_fips.is_none());
    }

    #[test]
    fn endpoint_of_service_is_found_by_its_id() {
        let network = network(&[("AWS_ENDPOINT_URL_STS", "http://a"), ("AWS_ENDPOINT_URL", "http://b")]).unwrap();
        let load = |service| {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
            network.service_urls.load_config(key.build().unwrap())
        };
        assert_eq!((load("STS").as_deref(), load("IAM")), (Some("http://a"), None));
        assert_eq!(network.endpoint_url.as_deref(), Some("http://b"));
    }

    #[test]
    fn invalid_value_fails_without_repeating_it() {
        for (name, value) in [
            ("AWS_ENDPOINT_URL", "x:secret@"),
            ("AWS_ENDPOINT_URL", " "),
            ("AWS_ENDPOINT_URL_IAM", "ftp://secret"),
            ("AWS_ENDPOINT_URL", "http://"),
            ("AWS_USE_FIPS_ENDPOINT", "secret"),
            ("HTTPS_PROXY", "http://user:secret@"),
            ("https_proxy", "socks5://secret"),
        ] {
            let error = network(&[(name, value)]).unwrap_err();
            assert!(error.message.contains(name) && !format!("{error:?}").contains("secret"), "{error:?}");
            assert_eq!(error.kind, Kind::Network);
        }
    }

    #[test]
    fn switches_are_refused_with_an_endpoint_url() {
        let fips = ("AWS_USE_FIPS_ENDPOINT", "TRUE");
        assert_eq!(network(&[fips]).unwrap().use_fips, Some(true));
        assert!(network(&[fips, ("AWS_ENDPOINT_URL", "http://a")]).unwrap_err().message.contains("AWS_ENDPOINT_URL"));
        let ignored = [fips, ("AWS_ENDPOINT_URL", "http://a"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
        assert_eq!(network(&ignored).unwrap().endpoint_url, None);
    }
}
