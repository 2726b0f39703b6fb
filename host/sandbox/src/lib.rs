//! An AWS of one's own: STS, IAM and Organizations on a loopback port, as far as setting up credentials needs them.
//!
//! It speaks the protocols of the real services, checks every signature, and refuses with the errors that AWS refuses
//! with, so any SDK and the `aws` command line work against it unchanged. Its users, keys and accounts exist nowhere
//! else. [`Fault`]s make it misbehave in the ways that AWS does on a bad day.
//!
//! Deliberately absent: what nothing here asks for. There is one partition (`aws`), every region is the same, policies
//! are a few fixed rules, and nothing can be changed except by assuming a role.
//!
//! ```no_run
//! use leverage_sandbox::{Config, FaultKind, Sandbox};
//!
//! let config = Config { accounts: 45, faults: vec![FaultKind::EmptyPage.into()], ..Config::default() };
//! let sandbox = Sandbox::start(config)?;
//! println!("AWS_ENDPOINT_URL={}", sandbox.endpoint_url());
//! println!("AWS_ACCESS_KEY_ID={}", sandbox.users().management.access_key.id);
//! # Ok::<(), std::io::Error>(())
//! ```

mod api;
mod fault;
mod identity;
mod operation;
mod organization;
pub mod project;
mod random;
mod server;
mod signature;
mod world;

use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use self::fault::{Fault, FaultKind, ParseFaultError};
pub use self::identity::{AccessKey, User, Users};
pub use self::operation::Operation;
pub use self::organization::{Account, AccountState, Organization};
use self::server::Server;
use self::world::World;

/// What a sandbox is like.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many accounts the organization has, the management account included: 2 to 100,000.
    ///
    /// The first four are the management account, `example-security`, `example-shared` and `example-network`; the
    /// others are called `example-app-001` and so on.
    pub accounts: usize,
    /// Further accounts: a name, and the email address of the root user. They may hold anything, so that it can be tried
    /// what becomes of names that AWS itself would refuse.
    pub further: Vec<(String, String)>,
    /// The serial number of the management user's MFA device, where it is to be another. It may hold anything, too.
    pub mfa_serial: Option<String>,
    /// How long every reply takes; an hour at most.
    pub latency: Duration,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Makes the keys, tokens and ids the same in every run with this seed; without one they are new each time.
    pub seed: Option<u64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            accounts: 4,
            further: Vec::new(),
            mfa_serial: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            seed: None,
        }
    }
}

/// A running sandbox; it stops when it is dropped.
///
/// It serves on a thread of its own, so its owner may block, for instance on a child process that talks to it.
pub struct Sandbox {
    world: Arc<World>,
    server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// Fails with [`io::ErrorKind::InvalidInput`] if the configuration is out of bounds.
    pub fn start(config: Config) -> io::Result<Self> {
        let world = Arc::new(World::new(config)?);
        let server = Server::start(Arc::clone(&world))?;
        Ok(Self { world, server })
    }

    /// Where it listens: the value for `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Its users, with their access keys.
    pub fn users(&self) -> &Users {
        &self.world.users
    }

    /// Its organization.
    pub fn organization(&self) -> &Organization {
        &self.world.organization
    }

    /// The names of the operations that it was asked for so far, in order, whatever became of the requests.
    pub fn requests(&self) -> Vec<String> {
        self.world.requests()
    }
}
