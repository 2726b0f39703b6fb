//! The state of a running sandbox.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::Config;
use crate::fault::{FaultKind, Faults};
use crate::identity::{Session, Users};
use crate::organization::Organization;
use crate::random::Random;

/// The state of a sandbox, shared by all connections.
pub(crate) struct World {
    pub(crate) organization: Organization,
    pub(crate) users: Users,
    pub(crate) faults: Faults,
    pub(crate) random: Random,
    pub(crate) latency: Duration,
    sessions: Mutex<HashMap<String, Session>>,
    requests: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn new(config: Config) -> io::Result<Self> {
        check(&config).map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        let random = Random::new(config.seed)?;
        let faults = Faults::new(config.faults);
        let mut organization = Organization::new(config.accounts, faults.has(FaultKind::SuspendedAccounts), &random);
        organization.add(config.further);
        let mut users = Users::new(&organization, &random);
        users.management.mfa_serial = config.mfa_serial.or(users.management.mfa_serial);
        Ok(Self {
            organization,
            users,
            faults,
            random,
            latency: config.latency,
            sessions: Mutex::default(),
            requests: Mutex::default(),
        })
    }

    /// The session of a temporary access key.
    pub(crate) fn session(&self, access_key_id: &str) -> Option<Session> {
        locked(&self.sessions).get(access_key_id).cloned()
    }

    /// Adds a session, which makes its credentials valid.
    pub(crate) fn add_session(&self, session: Session) {
        locked(&self.sessions).insert(session.access_key.id.clone(), session);
    }

    /// Records the operation of a request.
    pub(crate) fn record(&self, operation: &str) {
        locked(&self.requests).push(operation.to_owned());
    }

    /// The operations of all requests, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        locked(&self.requests).clone()
    }
}

fn check(config: &Config) -> Result<(), &'static str> {
    match config {
        Config { accounts: 0..2, .. } => {
            Err("a sandbox needs at least 2 accounts: the management and the security account")
        }
        Config { accounts: 100_001.., .. } => Err("a sandbox has at most 100000 accounts"),
        Config { latency, .. } if *latency > Duration::from_secs(3600) => {
            Err("the latency of a sandbox is at most one hour")
        }
        _ => Ok(()),
    }
}

/// Locks a mutex. No code panics with a lock held, so the data of a poisoned one is consistent.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_rejects_invalid_config() {
        let with = |accounts, seconds| Config { accounts, latency: Duration::from_secs(seconds), ..Config::default() };
        assert!(World::new(with(2, 3600)).is_ok());
        for wrong in [with(0, 0), with(1, 0), with(100_001, 0), with(usize::MAX, 0), with(2, 3601), with(2, u64::MAX)] {
            let error = World::new(wrong).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
    }
}
