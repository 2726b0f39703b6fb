//! Overrides from the configuration for the profiles of a credential type.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::lookups::AccountState;

/// Overrides for a credential type's profiles: names, role, settings and accounts. The type decides what is not set.
///
/// `AssumeRole` of `leverage-planner` applies all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProfileOptions {
    /// The template of profile names, such as `{short_name}-{account}-{suffix}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role that the profiles assume: its name, with its path if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The suffix of profile names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// The duration of the role session, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_duration: Option<u32>,
    /// The external id that the role's trust policy requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Regions by account name. Other accounts use the project's region.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, String>,
    /// Further settings of each profile. They override those of the type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// The accounts that get a profile.
    #[serde(default, skip_serializing_if = "AccountFilter::is_default")]
    pub accounts: AccountFilter,
}

impl ProfileOptions {
    /// Whether nothing is overridden.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Which accounts get a profile. In a pattern `*` stands for any characters and `?` for one.
///
/// An account must match one pattern of each non-empty `include` list, and no `exclude` pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountFilter {
    /// Patterns of account names to include.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Patterns of account names to exclude.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Patterns of organizational unit paths to include, with the units below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include_ous: Vec<String>,
    /// Patterns of organizational unit paths to exclude, with the units below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_ous: Vec<String>,
    /// The account states to include. Default: `ACTIVE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<AccountState>,
}

impl AccountFilter {
    /// Whether no filter is set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
