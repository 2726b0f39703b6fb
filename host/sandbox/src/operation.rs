//! The services and operations of a sandbox.

use std::fmt;
use std::str::FromStr;

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Sts,
    Iam,
    Organizations,
}

impl Service {
    /// The name in the scope of a signature.
    pub(crate) fn signing_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Organizations => "organizations",
        }
    }

    /// The namespace of the service's XML documents; `None` for a service with JSON.
    pub(crate) fn namespace(self) -> Option<&'static str> {
        match self {
            Self::Sts => Some("https://sts.amazonaws.com/doc/2011-06-15/"),
            Self::Iam => Some("https://iam.amazonaws.com/doc/2010-05-08/"),
            Self::Organizations => None,
        }
    }
}

/// An operation of a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `sts:GetCallerIdentity`
    GetCallerIdentity,
    /// `sts:AssumeRole`
    AssumeRole,
    /// `iam:ListMFADevices`
    ListMfaDevices,
    /// `organizations:DescribeOrganization`
    DescribeOrganization,
    /// `organizations:ListAccounts`
    ListAccounts,
    /// `organizations:ListRoots`
    ListRoots,
    /// `organizations:ListOrganizationalUnitsForParent`
    ListOrganizationalUnitsForParent,
    /// `organizations:ListAccountsForParent`
    ListAccountsForParent,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 8] = [
        Self::GetCallerIdentity,
        Self::AssumeRole,
        Self::ListMfaDevices,
        Self::DescribeOrganization,
        Self::ListAccounts,
        Self::ListRoots,
        Self::ListOrganizationalUnitsForParent,
        Self::ListAccountsForParent,
    ];

    /// Its name in AWS.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::AssumeRole => "AssumeRole",
            Self::ListMfaDevices => "ListMFADevices",
            Self::DescribeOrganization => "DescribeOrganization",
            Self::ListAccounts => "ListAccounts",
            Self::ListRoots => "ListRoots",
            Self::ListOrganizationalUnitsForParent => "ListOrganizationalUnitsForParent",
            Self::ListAccountsForParent => "ListAccountsForParent",
        }
    }

    pub(crate) fn service(self) -> Service {
        match self {
            Self::GetCallerIdentity | Self::AssumeRole => Service::Sts,
            Self::ListMfaDevices => Service::Iam,
            Self::DescribeOrganization
            | Self::ListAccounts
            | Self::ListRoots
            | Self::ListOrganizationalUnitsForParent
            | Self::ListAccountsForParent => Service::Organizations,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Operation {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|operation| operation.name() == name).ok_or(())
    }
}
