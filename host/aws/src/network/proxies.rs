//! Proxies, and the hosts that are reached without them, by the rules of the AWS CLI.

use aws_smithy_http_client::proxy::ProxyConfig;
use http::Uri;

use super::{Variable, is_http, text};
use leverage_error::{Error, Kind, Result};

/// The proxies for each scheme.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    bypass: Bypass,
}

/// A proxy.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) config: ProxyConfig,
    /// Whether the connection to the proxy itself has TLS.
    pub(crate) has_tls: bool,
}

impl Proxies {
    /// The proxies in the environment. As in the AWS CLI, the name in lower case wins, also if its value is empty, and
    /// `ALL_PROXY` is not used.
    pub(super) fn from_environment(variable: Variable<'_>) -> Result<Self> {
        // In a CGI program, `HTTP_PROXY` is a header of the request, from anybody.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let upper_http: &[&str] = if is_cgi { &[] } else { &["HTTP_PROXY"] };
        let no_proxy = first(variable, "no_proxy", &["NO_PROXY"])?.map(|(_, value)| value);
        Ok(Self {
            http: proxy(first(variable, "http_proxy", upper_http)?)?,
            https: proxy(first(variable, "https_proxy", &["HTTPS_PROXY"])?)?,
            bypass: Bypass::parse(&no_proxy.unwrap_or_default()),
        })
    }

    /// The proxy for requests to `uri`.
    pub(crate) fn proxy_of(&self, uri: &Uri) -> Option<&Proxy> {
        let proxy = if uri.scheme_str() == Some("http") { self.http.as_ref() } else { self.https.as_ref() };
        proxy.filter(|_| !self.bypass.matches(uri))
    }
}

/// The name and value of the first variable that is set; `None` if that one is empty.
fn first<'a>(variable: Variable<'_>, lower: &'a str, upper: &[&'a str]) -> Result<Option<(&'a str, String)>> {
    let set = [&[lower], upper].concat().into_iter().find(|name| variable(name).is_some());
    let Some(name) = set else { return Ok(None) };
    Ok(text(variable, name)?.map(|value| (name, value)))
}

/// The proxy in a variable. The value is not repeated in the error: it may have a password.
fn proxy(variable: Option<(&str, String)>) -> Result<Option<Proxy>> {
    let Some((name, value)) = variable else { return Ok(None) };
    let value = value.trim();
    // The AWS CLI reads `host:8080` and `//host:8080` as HTTP, too.
    let url = match value {
        _ if value.contains("://") => value.to_owned(),
        _ if value.starts_with("//") => format!("http:{value}"),
        _ => format!("http://{value}"),
    };
    // The kind of configuration is right for both schemes: it is used only for requests that go through this proxy.
    match ProxyConfig::all(url.as_str()) {
        Ok(config) if is_http(&url) => Ok(Some(Proxy { config, has_tls: url.starts_with("https:") })),
        _ => Err(Error::new(Kind::Network, format!("invalid proxy URL in `{name}`")).hint(format!(
            "set `{name}` to a URL such as `http://proxy.example.com:8080`, with special characters of a password as `%40`"
        ))),
    }
}

/// The hosts that are reached without a proxy.
#[derive(Debug, Clone, Default)]
struct Bypass {
    all: bool,
    /// In lower case, without the leading dot.
    names: Vec<String>,
}

impl Bypass {
    /// Parses the value of `NO_PROXY`: names of hosts and domains, each with or without a port, or `*`.
    fn parse(value: &str) -> Self {
        let names = value.split(',').map(|name| name.trim().trim_start_matches('.').to_ascii_lowercase());
        Self { all: value.trim() == "*", names: names.filter(|name| !name.is_empty()).collect() }
    }

    fn matches(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let with_port = uri.port().map(|port| format!("{host}:{port}"));
        let is_in =
            |host: &str, name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.all
            || self
                .names
                .iter()
                .any(|name| is_in(&host, name) || with_port.as_ref().is_some_and(|with_port| is_in(with_port, name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a request to `uri` goes through a proxy.
    fn is_proxied(variables: &[(&str, &str)], uri: &str) -> bool {
        let variable = |name: &str| Some(variables.iter().find(|(known, _)| *known == name)?.1.into());
        Proxies::from_environment(&variable).unwrap().proxy_of(&uri.parse().unwrap()).is_some()
    }

    #[test]
    fn proxy_is_chosen_by_scheme_and_name_in_lower_case_wins() {
        let (https, http) = ("https://sts.amazonaws.com", "http://localhost:1");
        for (variables, proxies_https, proxies_http) in [
            (&[("HTTPS_PROXY", "http://p:1")][..], true, false),
            (&[("https_proxy", "p:1")], true, false),
            (&[("HTTP_PROXY", "http://p:1")], false, true),
            (&[("HTTP_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET")], false, false),
            (&[("http_proxy", "//u:p%40@p:1"), ("REQUEST_METHOD", "GET")], false, true),
            (&[("https_proxy", ""), ("HTTPS_PROXY", "http://p:1")], false, false),
            (&[("HTTPS_PROXY", "")], false, false),
            (&[("ALL_PROXY", "http://p:1")], false, false),
        ] {
            assert_eq!(is_proxied(variables, https), proxies_https, "{variables:?}");
            assert_eq!(is_proxied(variables, http), proxies_http, "{variables:?}");
        }
    }

    #[test]
    fn no_proxy_matches_hosts_domains_and_ports() {
        let proxied = |no_proxy: &str, uri: &str| is_proxied(&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", no_proxy)], uri);
        let sts = "https://sts.amazonaws.com";
        for no_proxy in ["*", "sts.amazonaws.com", ".amazonaws.com", "x, AMAZONAWS.com", "com"] {
            assert!(!proxied(no_proxy, sts), "{no_proxy}");
        }
        for no_proxy in ["", ",", "azonaws.com", "sts.amazonaws.com.example.com", "amazonaws.com:444", "x,*"] {
            assert!(proxied(no_proxy, sts), "{no_proxy}");
        }
        assert!(!proxied("amazonaws.com:444", "https://sts.amazonaws.com:444"));
        assert!(!is_proxied(&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", "x"), ("no_proxy", "*")], sts));
    }
}
