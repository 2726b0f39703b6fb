//! The configuration of a sandbox.

use std::time::Duration;

use crate::fault::Fault;

/// The configuration of a sandbox.
#[derive(Debug, Clone)]
pub struct Config {
    /// The number of accounts, the management account included: 2 to 100,000.
    ///
    /// The first four are the management account, `example-security`, `example-shared` and `example-network`. The names of
    /// the others are `example-app-001` and so on.
    pub accounts: usize,
    /// Additional accounts: names, and email addresses of their root users. Any text is allowed, to test names that AWS
    /// itself would reject.
    pub further: Vec<(String, String)>,
    /// The serial number of the management user's MFA device, instead of the default one. Any text is allowed.
    pub mfa_serial: Option<String>,
    /// The time until each reply: at most an hour.
    pub latency: Duration,
    /// The faults of the services.
    pub faults: Vec<Fault>,
    /// Makes keys, tokens and ids equal in every run with this seed. By default they are random.
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
