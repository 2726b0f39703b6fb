//! What a person's or a project's configuration says of the profiles of a credential type.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::lookups::AccountState;

/// How a credential type's profiles are called, which role they assume and which accounts they reach. What
/// is not said is the type's own to decide.
///
/// `AssumeRole` of `leverage-planner` honours all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProfileOptions {
    /// How a profile is called: a template such as `{short_name}-{account}-{suffix}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role that the profiles assume: its name, with its path if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the profiles' names end with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// How long the role is assumed for, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_duration: Option<u32>,
    /// The external id that the role's trust policy asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The regions of accounts, by the account's name; the others have the project's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, String>,
    /// Further settings of each profile. One that the type sets too has this value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// The accounts that get a profile.
    #[serde(default, skip_serializing_if = "AccountFilter::is_default")]
    pub accounts: AccountFilter,
}

impl ProfileOptions {
    /// Whether nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Which accounts get a profile. In a pattern `*` stands for any characters and `?` for one.
///
/// An account has to match one pattern of each list that is not empty, and none of those that exclude.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountFilter {
    /// Patterns of the names of accounts to include.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Patterns of the names of accounts to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Patterns of the paths of organizational units whose accounts, and those below, are included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include_ous: Vec<String>,
    /// Patterns of the paths of organizational units whose accounts, and those below, are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_ous: Vec<String>,
    /// The states of accounts to include; without one, `ACTIVE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<AccountState>,
}

impl AccountFilter {
    /// Whether it leaves nothing out that would be there without it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
