//! What a sandbox knows and remembers while it runs.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Config;
use super::fault::{FaultKind, Faults};
use super::identity::{Session, Users};
use super::organization::Organization;
use super::random::Random;

/// The state that all connections share.
pub(super) struct World {
    pub(super) organization: Organization,
    pub(super) users: Users,
    pub(super) faults: Faults,
    pub(super) random: Random,
    pub(super) latency: Duration,
    sessions: Mutex<HashMap<String, Session>>,
    requests: Mutex<Vec<String>>,
}

impl World {
    pub(super) fn new(config: Config) -> io::Result<Self> {
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
    pub(super) fn session(&self, access_key_id: &str) -> Option<Session> {
        locked(&self.sessions).get(access_key_id).cloned()
    }

    /// Makes the credentials of a session valid.
    pub(super) fn admit(&self, session: Session) {
        locked(&self.sessions).insert(session.access_key.id.clone(), session);
    }

    /// Remembers that an operation was asked for.
    pub(super) fn record(&self, operation: &str) {
        locked(&self.requests).push(operation.to_owned());
    }

    /// The operations that were asked for, in order.
    pub(super) fn requests(&self) -> Vec<String> {
        locked(&self.requests).clone()
    }
}

fn check(config: &Config) -> Result<(), &'static str> {
    match config {
        Config { accounts: 0..2, .. } => {
            Err("a sandbox needs two accounts at least: the management and the security account")
        }
        Config { accounts: 100_001.., .. } => Err("a sandbox has 100000 accounts at most"),
        Config { latency, .. } if *latency > Duration::from_secs(3600) => Err("a sandbox answers within an hour"),
        _ => Ok(()),
    }
}

/// No lock is held across anything that can panic, so a poisoned one still guards sound data.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_that_makes_no_sense_is_refused() {
        let with = |accounts, seconds| Config { accounts, latency: Duration::from_secs(seconds), ..Config::default() };
        assert!(World::new(with(2, 3600)).is_ok());
        for wrong in [with(0, 0), with(1, 0), with(100_001, 0), with(usize::MAX, 0), with(2, 3601), with(2, u64::MAX)] {
            let error = World::new(wrong).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
    }
}
