//! Moto's server: an AWS that we did not write.
//!
//! It knows the account of a key that IAM made there, takes any secret for it, and keeps the state of
//! each account apart. So each test has its own management account on one server.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::counterparts;
use crate::tools::{own_folder, tools};

/// The account to which moto assigns every key that it does not know.
pub const DEFAULT_ACCOUNT: &str = "123456789012";

/// A server; it stops when it is dropped, and when the test program ends in whatever way.
pub struct Moto {
    process: Child,
    address: String,
}

/// A member account to be created.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name in the test.
    pub name: String,
    /// Its name in AWS.
    pub aws_name: String,
    /// Its address.
    pub email: String,
    /// It was closed.
    pub closed: bool,
}

/// A user to be created.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The id of the account that it is in.
    pub account: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its path, which is `/` mostly.
    pub path: &'a str,
    /// The names of its virtual MFA devices, or the ARNs and serial numbers of other ones.
    pub mfa_devices: &'a [String],
}

/// A pair of access keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// `AKIA…`
    pub id: String,
    /// The secret access key.
    pub secret: String,
}

impl Moto {
    /// The server that the tests of this program share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Moto> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server on a free loopback port and waits until it answers.
    ///
    /// # Panics
    ///
    /// It does not start.
    pub fn start() -> Self {
        let mut process = Command::new(tools().python())
            .arg(own_folder("python/serve_moto.py"))
            // Its end stops the server; see there.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto's server starts");
        let mut log = BufReader::new(process.stderr.take().expect("it was piped"));
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            let length = log.read_line(&mut line).expect("moto's server writes text");
            assert!(length > 0, "moto's server ended before it was ready:\n{said}");
            said += &line;
            if let Some((_, address)) = line.split_once("Running on http://") {
                break address.trim().to_owned();
            }
        };
        // The log of requests is discarded.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let moto = Self { process, address };
        let reply = moto.get("/moto-api/data.json");
        assert!(reply.contains(" 200 OK"), "moto's server is not ready: {reply}");
        moto
    }

    /// Where it listens: the value for `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An account id that no other test of this program has; it begins with zeros.
    pub fn fresh_account() -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        format!("00{:010}", 7_000_000_000 + NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Creates an organization whose management account is `management`; gives the members' ids, by the
    /// names that the test has for them.
    pub fn create_organization(&self, management: &str, region: &str, members: &[Member]) -> Vec<(String, String)> {
        let accounts: Vec<Value> = members
            .iter()
            .map(|member| {
                json!({
                    "name": member.name, "aws_name": member.aws_name,
                    "email": member.email, "closed": member.closed,
                })
            })
            .collect();
        let ids = self.ask("create_organization", region, json!({ "management": management, "accounts": accounts }));
        let ids = ids.as_object().expect("ids by name");
        ids.iter().map(|(name, id)| (name.clone(), text(id))).collect()
    }

    /// Creates a user with access keys.
    pub fn create_user(&self, user: &NewUser<'_>, region: &str) -> Keys {
        let NewUser { account, name, path, mfa_devices } = user;
        let user = json!({ "account": account, "name": name, "path": path, "mfa_devices": mfa_devices });
        let keys = self.ask("create_user", region, user);
        Keys { id: text(&keys["key_id"]), secret: text(&keys["secret"]) }
    }

    fn ask(&self, what: &str, region: &str, mut request: Value) -> Value {
        request["do"] = what.into();
        request["endpoint_url"] = self.endpoint_url().into();
        request["region"] = region.into();
        request["partition"] = partition(region).into();
        counterparts::ask(&request)
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("moto's server listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)
            .expect("moto's server reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("moto's server answers");
        reply
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The partition of a region, as moto sees it.
pub fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
