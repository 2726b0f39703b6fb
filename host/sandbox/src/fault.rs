//! What can go wrong with AWS, on demand.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::operation::{Operation, Service};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// One request in three is refused because there were too many.
    Throttled,
    /// Every page of accounts says that the next one is the second.
    RepeatedToken,
    /// A page of accounts is empty, and more pages follow.
    EmptyPage,
    /// The connection ends in the middle of a reply.
    TruncatedReply,
    /// A request is read and never answered.
    NoReply,
    /// AWS fails with the status 500.
    InternalError,
    /// The caller is not authorized.
    AccessDenied,
    /// The account is not in an organization.
    NoOrganization,
    /// Some accounts are suspended, closed, or not active for another reason.
    SuspendedAccounts,
    /// Every other connection ends before the reply.
    DroppedConnection,
    /// AWS's clock is an hour ahead of this machine's.
    ClockSkew,
    /// The session that the access keys belong to is over.
    ExpiredToken,
    /// Nobody has the access key.
    UnknownKey,
    /// The secret is that of another access key.
    WrongSignature,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Throttled,
        Self::RepeatedToken,
        Self::EmptyPage,
        Self::TruncatedReply,
        Self::NoReply,
        Self::InternalError,
        Self::AccessDenied,
        Self::NoOrganization,
        Self::SuspendedAccounts,
        Self::DroppedConnection,
        Self::ClockSkew,
        Self::ExpiredToken,
        Self::UnknownKey,
        Self::WrongSignature,
    ];

    /// The name with which a person asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::RepeatedToken => "repeated-token",
            Self::EmptyPage => "empty-page",
            Self::TruncatedReply => "truncated-reply",
            Self::NoReply => "no-reply",
            Self::InternalError => "internal-error",
            Self::AccessDenied => "access-denied",
            Self::NoOrganization => "no-organization",
            Self::SuspendedAccounts => "suspended-accounts",
            Self::DroppedConnection => "dropped-connection",
            Self::ClockSkew => "clock-skew",
            Self::ExpiredToken => "expired-token",
            Self::UnknownKey => "unknown-key",
            Self::WrongSignature => "wrong-signature",
        }
    }

    /// One line that says what it does.
    pub fn about(self) -> &'static str {
        match self {
            Self::Throttled => "every third request is refused: too many requests",
            Self::RepeatedToken => "the pages of accounts never end",
            Self::EmptyPage => "a page of accounts is empty, and more pages follow",
            Self::TruncatedReply => "the connection ends in the middle of a page of accounts",
            Self::NoReply => "a request for accounts is never answered",
            Self::InternalError => "a request for accounts fails with the status 500",
            Self::AccessDenied => "the caller may not read the organization",
            Self::NoOrganization => "the account is not in an organization",
            Self::SuspendedAccounts => "some accounts are suspended or closed",
            Self::DroppedConnection => "every other request for accounts ends without a reply",
            Self::ClockSkew => "AWS's clock is an hour ahead of this machine's",
            Self::ExpiredToken => "the access keys are of a session that is over",
            Self::UnknownKey => "AWS does not know the access key",
            Self::WrongSignature => "the secret is that of another access key",
        }
    }

    /// Whether it strikes requests; the others are in the data.
    fn strikes(self) -> bool {
        !matches!(self, Self::RepeatedToken | Self::EmptyPage | Self::NoOrganization | Self::SuspendedAccounts)
    }

    /// Whether it strikes `operation` when nobody named one. Most begin where a run has already succeeded at
    /// something, since that is where a failure can do harm.
    fn strikes_by_default(self, operation: Operation) -> bool {
        match self {
            Self::Throttled | Self::ClockSkew => true,
            Self::ExpiredToken | Self::UnknownKey | Self::WrongSignature => operation == Operation::GetCallerIdentity,
            Self::AccessDenied => operation.service() == Service::Organizations,
            kind => kind.strikes() && operation == Operation::ListAccounts,
        }
    }
}

/// A fault: its kind, how often it strikes and at what.
///
/// As text `KIND[=K][@OPERATION]`: `throttled`, `no-reply@GetCallerIdentity`, `internal-error=2@ListAccounts`. The
/// number and the operation belong to the kinds that strike requests: all but `repeated-token`, `empty-page`,
/// `no-organization` and `suspended-accounts`, which are in the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    every: NonZeroU32,
    operation: Option<Operation>,
}

impl Fault {
    /// A fault of this kind that strikes as often as its kind does, where its kind does.
    pub const fn new(kind: FaultKind) -> Self {
        Self { kind, every: Self::default_rate(kind), operation: None }
    }

    /// Strikes one request in `every`; ignored by a kind that does not strike requests.
    pub const fn every(self, every: NonZeroU32) -> Self {
        Self { every, ..self }
    }

    /// Strikes this operation and no other; ignored by a kind that does not strike requests.
    pub const fn on(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    const fn default_rate(kind: FaultKind) -> NonZeroU32 {
        match kind {
            FaultKind::Throttled => NonZeroU32::MIN.saturating_add(2),
            FaultKind::DroppedConnection => NonZeroU32::MIN.saturating_add(1),
            _ => NonZeroU32::MIN,
        }
    }

    fn strikes(&self, operation: Operation) -> bool {
        match self.operation {
            Some(named) => self.kind.strikes() && named == operation,
            None => self.kind.strikes_by_default(operation),
        }
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.name())?;
        if self.every != Self::default_rate(self.kind) {
            write!(formatter, "={}", self.every)?;
        }
        self.operation.map_or(Ok(()), |operation| write!(formatter, "@{operation}"))
    }
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (rest, operation) = text.split_once('@').map_or((text, None), |(rest, name)| (rest, Some(name)));
        let (name, every) = rest.split_once('=').map_or((rest, None), |(name, every)| (name, Some(every)));
        let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or_else(|| ParseFaultError::Kind(name.to_owned()))?;
        if !kind.strikes() && (every.is_some() || operation.is_some()) {
            return Err(ParseFaultError::NotAboutRequests(kind));
        }
        let mut fault = Self::new(kind);
        if let Some(every) = every {
            fault = fault.every(every.parse().map_err(|_| ParseFaultError::Rate(every.to_owned()))?);
        }
        if let Some(name) = operation {
            fault = fault.on(name.parse().map_err(|()| ParseFaultError::Operation(name.to_owned()))?);
        }
        Ok(fault)
    }
}

/// Why a text names no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFaultError {
    /// No kind has this name.
    Kind(String),
    /// Not a positive whole number.
    Rate(String),
    /// The sandbox has no such operation.
    Operation(String),
    /// This kind takes neither a number nor an operation.
    NotAboutRequests(FaultKind),
}

impl fmt::Display for ParseFaultError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(name) => {
                let kinds = FaultKind::ALL.map(FaultKind::name).join(", ");
                write!(formatter, "there is no fault '{name}'; the faults are {kinds}")
            }
            Self::Rate(text) => write!(formatter, "'{text}' is not a whole number from 1 on"),
            Self::Operation(name) => {
                let operations = Operation::ALL.map(Operation::name).join(", ");
                write!(formatter, "there is no operation '{name}'; the operations are {operations}")
            }
            Self::NotAboutRequests(kind) => {
                write!(formatter, "'{}' takes neither '=K' nor '@OPERATION'", kind.name())
            }
        }
    }
}

impl std::error::Error for ParseFaultError {}

/// The faults of a sandbox, each with a count of the requests that it could have struck.
pub(super) struct Faults(Vec<(Fault, AtomicU32)>);

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self(faults.into_iter().map(|fault| (fault, AtomicU32::new(0))).collect())
    }

    /// Whether there is a fault of this kind.
    pub(super) fn has(&self, kind: FaultKind) -> bool {
        self.0.iter().any(|(fault, _)| fault.kind == kind)
    }

    /// Counts a request; the fault that strikes it, if one does.
    pub(super) fn strike(&self, operation: Operation) -> Option<FaultKind> {
        let mut struck = None;
        for (fault, seen) in &self.0 {
            if fault.strikes(operation) {
                let number = seen.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
                if number.is_multiple_of(fault.every.get()) {
                    struck = struck.or(Some(fault.kind));
                }
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(fault: &str, operations: &[Operation]) -> Vec<bool> {
        let faults = Faults::new(vec![fault.parse().unwrap()]);
        operations.iter().map(|operation| faults.strike(*operation).is_some()).collect()
    }

    #[test]
    fn names_are_read_back() {
        for kind in FaultKind::ALL {
            assert_eq!(kind.name().parse(), Ok(Fault::new(kind)));
        }
        for text in ["throttled=5", "throttled=1@AssumeRole", "no-reply@GetCallerIdentity", "internal-error=2"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!("throttled=3".parse(), Ok(Fault::new(FaultKind::Throttled)));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err();
        assert_eq!(error("Throttled"), ParseFaultError::Kind("Throttled".into()));
        assert!(error("").to_string().contains("throttled, repeated-token"));
        assert_eq!(error("throttled=0"), ParseFaultError::Rate("0".into()));
        assert_eq!(error("throttled="), ParseFaultError::Rate(String::new()));
        assert_eq!(error("no-reply@Nothing"), ParseFaultError::Operation("Nothing".into()));
        assert_eq!(error("empty-page=2"), ParseFaultError::NotAboutRequests(FaultKind::EmptyPage));
        assert_eq!(error("no-organization@ListAccounts"), ParseFaultError::NotAboutRequests(FaultKind::NoOrganization));
    }

    #[test]
    fn a_fault_strikes_one_in_so_many_requests() {
        let requests = [Operation::ListAccounts; 7];
        assert_eq!(struck("throttled", &requests), [false, false, true, false, false, true, false]);
        assert_eq!(struck("throttled=1", &requests), [true; 7]);
        assert_eq!(struck("no-organization", &requests), [false; 7]);
    }

    #[test]
    fn a_fault_strikes_where_it_should() {
        let all = Operation::ALL;
        assert_eq!(struck("no-reply", &all), [false, false, false, false, true, false, false, false]);
        assert_eq!(struck("access-denied", &all), [false, false, false, true, true, true, true, true]);
        assert_eq!(struck("internal-error@AssumeRole", &all), [false, true, false, false, false, false, false, false]);
    }
}
