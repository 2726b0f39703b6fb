//! Faults: the ways in which AWS fails on request.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::operation::{Operation, Service};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Every third request fails: too many requests.
    Throttled,
    /// Every page of accounts has the token of the second page.
    RepeatedToken,
    /// A page of accounts is empty, and more pages follow.
    EmptyPage,
    /// The connection closes in the middle of a reply.
    TruncatedReply,
    /// A request gets no reply.
    NoReply,
    /// A request fails with status 500.
    InternalError,
    /// The caller is not authorized.
    AccessDenied,
    /// The account is not in an organization.
    NoOrganization,
    /// Some accounts are not active: suspended or closed, for example.
    SuspendedAccounts,
    /// Every second connection closes before the reply.
    DroppedConnection,
    /// AWS's clock is an hour ahead of this machine's.
    ClockSkew,
    /// The session of the access keys has expired.
    ExpiredToken,
    /// The access key is unknown.
    UnknownKey,
    /// The secret belongs to another access key.
    WrongSignature,
}

impl FaultKind {
    /// All kinds.
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

    /// Its name on the command line.
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

    /// A one-line description.
    pub fn about(self) -> &'static str {
        match self {
            Self::Throttled => "every third request fails: too many requests",
            Self::RepeatedToken => "the pages of accounts never end",
            Self::EmptyPage => "a page of accounts is empty, and more pages follow",
            Self::TruncatedReply => "the connection closes in the middle of a page of accounts",
            Self::NoReply => "a request for accounts gets no reply",
            Self::InternalError => "a request for accounts fails with status 500",
            Self::AccessDenied => "the caller is not authorized to read the organization",
            Self::NoOrganization => "the account is not in an organization",
            Self::SuspendedAccounts => "some accounts are suspended or closed",
            Self::DroppedConnection => "every second request for accounts loses its connection",
            Self::ClockSkew => "AWS's clock is an hour ahead of this machine's",
            Self::ExpiredToken => "the session of the access keys has expired",
            Self::UnknownKey => "the access key is unknown",
            Self::WrongSignature => "the secret belongs to another access key",
        }
    }

    /// Whether it applies to requests; other kinds change the data.
    fn applies_to_requests(self) -> bool {
        !matches!(self, Self::RepeatedToken | Self::EmptyPage | Self::NoOrganization | Self::SuspendedAccounts)
    }

    /// Whether it applies to `operation` by default. Most kinds apply to later operations of a run, where a failure can do
    /// harm.
    fn applies_by_default(self, operation: Operation) -> bool {
        match self {
            Self::Throttled | Self::ClockSkew => true,
            Self::ExpiredToken | Self::UnknownKey | Self::WrongSignature => operation == Operation::GetCallerIdentity,
            Self::AccessDenied => operation.service() == Service::Organizations,
            kind => kind.applies_to_requests() && operation == Operation::ListAccounts,
        }
    }
}

/// A fault: its kind, its rate and its operation.
///
/// Its text has the form `KIND[=K][@OPERATION]`, such as `throttled`, `no-reply@GetCallerIdentity` or
/// `internal-error=2@ListAccounts`: it applies to every K-th request of the operation. `repeated-token`, `empty-page`,
/// `no-organization` and `suspended-accounts` change the data, and have neither rate nor operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    every: NonZeroU32,
    operation: Option<Operation>,
}

impl Fault {
    /// A fault of this kind, with the default rate and operations.
    pub const fn new(kind: FaultKind) -> Self {
        Self { kind, every: Self::default_rate(kind), operation: None }
    }

    /// Applies to one of `every` requests. Has no effect for a kind that changes the data.
    pub const fn every(self, every: NonZeroU32) -> Self {
        Self { every, ..self }
    }

    /// Applies to this operation only. Has no effect for a kind that changes the data.
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

    fn applies_to(&self, operation: Operation) -> bool {
        match self.operation {
            Some(named) => self.kind.applies_to_requests() && named == operation,
            None => self.kind.applies_by_default(operation),
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
        if !kind.applies_to_requests() && (every.is_some() || operation.is_some()) {
            return Err(ParseFaultError::DataFault(kind));
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

/// Why a text is not a valid fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFaultError {
    /// The kind is unknown.
    Kind(String),
    /// The rate is not a positive whole number.
    Rate(String),
    /// The operation is unknown.
    Operation(String),
    /// This kind changes the data, and has neither rate nor operation.
    DataFault(FaultKind),
}

impl fmt::Display for ParseFaultError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(name) => {
                let kinds = FaultKind::ALL.map(FaultKind::name).join(", ");
                write!(formatter, "unknown fault `{name}`; the faults are {kinds}")
            }
            Self::Rate(text) => write!(formatter, "invalid rate `{text}`: expected a positive whole number"),
            Self::Operation(name) => {
                let operations = Operation::ALL.map(Operation::name).join(", ");
                write!(formatter, "unknown operation `{name}`; the operations are {operations}")
            }
            Self::DataFault(kind) => {
                write!(formatter, "`{}` takes neither `=K` nor `@OPERATION`", kind.name())
            }
        }
    }
}

impl std::error::Error for ParseFaultError {}

/// The faults of a sandbox, each with the number of requests to which it applies.
pub(crate) struct Faults(Vec<(Fault, AtomicU32)>);

impl Faults {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self(faults.into_iter().map(|fault| (fault, AtomicU32::new(0))).collect())
    }

    /// Whether a fault of this kind is configured.
    pub(crate) fn has(&self, kind: FaultKind) -> bool {
        self.0.iter().any(|(fault, _)| fault.kind == kind)
    }

    /// Counts a request; returns the fault that it gets, if any.
    pub(crate) fn next(&self, operation: Operation) -> Option<FaultKind> {
        let mut chosen = None;
        for (fault, seen) in &self.0 {
            if fault.applies_to(operation) {
                let number = seen.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
                if number.is_multiple_of(fault.every.get()) {
                    chosen = chosen.or(Some(fault.kind));
                }
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(fault: &str, operations: &[Operation]) -> Vec<bool> {
        let faults = Faults::new(vec![fault.parse().unwrap()]);
        operations.iter().map(|operation| faults.next(*operation).is_some()).collect()
    }

    #[test]
    fn parse_reads_displayed_faults() {
        for kind in FaultKind::ALL {
            assert_eq!(kind.name().parse(), Ok(Fault::new(kind)));
        }
        for text in ["throttled=5", "throttled=1@AssumeRole", "no-reply@GetCallerIdentity", "internal-error=2"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!("throttled=3".parse(), Ok(Fault::new(FaultKind::Throttled)));
    }

    #[test]
    fn parse_rejects_invalid_faults() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err();
        assert_eq!(error("Throttled"), ParseFaultError::Kind("Throttled".into()));
        assert!(error("").to_string().contains("throttled, repeated-token"));
        assert_eq!(error("throttled=0"), ParseFaultError::Rate("0".into()));
        assert_eq!(error("throttled="), ParseFaultError::Rate(String::new()));
        assert_eq!(error("no-reply@Nothing"), ParseFaultError::Operation("Nothing".into()));
        assert_eq!(error("empty-page=2"), ParseFaultError::DataFault(FaultKind::EmptyPage));
        assert_eq!(error("no-organization@ListAccounts"), ParseFaultError::DataFault(FaultKind::NoOrganization));
    }

    #[test]
    fn fault_applies_at_its_rate() {
        let requests = [Operation::ListAccounts; 7];
        assert_eq!(applies("throttled", &requests), [false, false, true, false, false, true, false]);
        assert_eq!(applies("throttled=1", &requests), [true; 7]);
        assert_eq!(applies("no-organization", &requests), [false; 7]);
    }

    #[test]
    fn fault_applies_to_its_operations() {
        let all = Operation::ALL;
        assert_eq!(applies("no-reply", &all), [false, false, false, false, true, false, false, false]);
        assert_eq!(applies("access-denied", &all), [false, false, false, true, true, true, true, true]);
        assert_eq!(applies("internal-error@AssumeRole", &all), [false, true, false, false, false, false, false, false]);
    }
}
