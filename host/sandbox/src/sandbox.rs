//! A running sandbox.

use std::io;
use std::sync::Arc;

use crate::config::Config;
use crate::identity::Users;
use crate::organization::Organization;
use crate::server::Server;
use crate::world::World;

/// A running sandbox, which stops when it is dropped.
///
/// It serves in a separate thread, so its owner can block, for example on a child process that uses it.
pub struct Sandbox {
    world: Arc<World>,
    server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for an invalid configuration, or an error of the system.
    pub fn start(config: Config) -> io::Result<Self> {
        let world = Arc::new(World::new(config)?);
        let server = Server::start(Arc::clone(&world))?;
        Ok(Self { world, server })
    }

    /// Its URL: the value for `AWS_ENDPOINT_URL`.
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

    /// The names of the operations of all requests so far, in order, failed ones included.
    pub fn requests(&self) -> Vec<String> {
        self.world.requests()
    }
}
