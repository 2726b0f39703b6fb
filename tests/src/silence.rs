//! An AWS that accepts connections and never replies.

use std::io::Read;
use std::net::{TcpListener, TcpStream};

/// It listens on a free loopback port.
pub struct Silence(TcpListener);

impl Silence {
    /// Starts to listen.
    ///
    /// # Panics
    ///
    /// No port is free.
    pub fn start() -> Self {
        Self(TcpListener::bind(("127.0.0.1", 0)).expect("a free port"))
    }

    /// Where it listens: the value for `AWS_ENDPOINT_URL`.
    ///
    /// # Panics
    ///
    /// Never: it listens.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("it listens"))
    }

    /// Waits for a request. The client waits for a reply until the connection is dropped.
    ///
    /// # Panics
    ///
    /// The connection breaks.
    pub fn asked(&self) -> TcpStream {
        let (mut stream, _) = self.0.accept().expect("a connection");
        stream.read_exact(&mut [0]).expect("a request");
        stream
    }
}
