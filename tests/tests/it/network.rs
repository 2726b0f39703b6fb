//! Proxies, certificates and endpoints from the environment.

use leverage_tests::program::{Outcome, Run};
use leverage_tests::world::World;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A proxy on loopback. It forwards requests to the server that they name, and refuses tunnels.
struct Proxy {
    url: String,
    /// The first line of each request.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Sends all requests to the server at `target`.
    fn start(target: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&requests);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (log, target) = (Arc::clone(&log), target.clone());
                // Failures are those of clients that gave up.
                std::thread::spawn(move || serve(client, &target, &log));
            }
        });
        Self { url, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, target: &str, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut buffer = [0; 1 << 16];
    let length = client.read(&mut buffer)?;
    let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let line = request.lines().next().unwrap_or_default().to_owned();
    let is_tunnel = line.starts_with("CONNECT ");
    log.lock().unwrap().push(line);
    if is_tunnel {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    }
    let mut server = TcpStream::connect(target)?;
    server.write_all(&buffer[..length])?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    std::io::copy(&mut server, &mut client).map(drop)
}

/// Runs MANAGEMENT without files to write, so that a run can be repeated.
fn preview(world: &World, environment: &[(&str, &str)]) -> Outcome {
    let keys = world.project.keys_of(&world.sandbox.users().management);
    let variables = environment.iter().fold(world.command(), |run: Run, (name, value)| run.env(name, value));
    variables
        .args(["credentials", "configure", "--type", "management", "--dry-run", "--credentials-file"])
        .args([keys])
        .outcome()
}

/// A host that no resolver knows.
const UNKNOWN: &str = "http://aws.invalid:9";

#[test]
fn proxy_gets_requests_to_a_host_that_only_it_knows() {
    let world = World::new();
    let target = world.sandbox.endpoint_url().trim_start_matches("http://").to_owned();
    for name in ["HTTP_PROXY", "http_proxy"] {
        let proxy = Proxy::start(target.clone());
        preview(&world, &[("AWS_ENDPOINT_URL", UNKNOWN), (name, &proxy.url)]).exits(0);
        assert!(proxy.requests().contains(&format!("POST {UNKNOWN}/ HTTP/1.1")), "{:?}", proxy.requests());
    }
    let proxy = Proxy::start(target);
    preview(&world, &[("HTTP_PROXY", &proxy.url), ("NO_PROXY", "127.0.0.1")]).exits(0);
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
}

#[test]
fn tunnel_is_opened_to_the_endpoint_of_aws() {
    let world = World::new();
    let proxy = Proxy::start(String::new());
    for (variable, host) in [
        ("LEVERAGE_UNUSED", "sts.us-east-1.amazonaws.com"),
        ("AWS_USE_FIPS_ENDPOINT", "sts-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "sts.us-east-1.api.aws"),
    ] {
        let environment = [("AWS_ENDPOINT_URL", ""), ("HTTPS_PROXY", &*proxy.url), (variable, "true")];
        let outcome = preview(&world, &environment).exits(22);
        assert!(outcome.stderr.contains("HTTPS_PROXY"), "{}", outcome.stderr);
        let expected = format!("CONNECT {host}:443 HTTP/1.1");
        assert!(proxy.requests().contains(&expected), "{variable}: {:?}", proxy.requests());
    }
}

#[test]
fn invalid_network_settings_fail_only_where_aws_is_needed() {
    let world = World::new();
    world.put("ca.pem", "no certificate");
    let file = world.place.project().join("ca.pem");
    for (name, value) in [
        ("AWS_CA_BUNDLE", "/nowhere/ca.pem"),
        ("AWS_CA_BUNDLE", file.to_str().unwrap()),
        ("AWS_CA_BUNDLE", "/"),
        ("HTTPS_PROXY", "socks5://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "nonsense"),
    ] {
        let outcome = preview(&world, &[(name, value)]).exits(22);
        let first = outcome.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: ") && first.contains(name), "{}", outcome.stderr);
        world.command().env(name, value).args(["credentials", "undo", "--list"]).outcome().exits(0);
    }
}
