//! Records which profiles leverage created, in a JSON document beside the project's AWS files: each with its account id
//! and the account's name at that time. Only a run that creates a profile adds it; all other profiles are the user's.
//! The document is written in the same transaction as the profiles.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

use leverage_plugin_api::model::{Failure, Plan};

/// The version of the document. Raised when an older leverage cannot use it.
const VERSION: u32 = 1;

/// The document.
#[derive(Serialize, Deserialize)]
pub(super) struct Ledger {
    version: u32,
    /// The entries by profile name.
    pub profiles: BTreeMap<String, LedgerEntry>,
}

/// The entry of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LedgerEntry {
    /// The id of the account that it gives access to.
    pub account_id: String,
    /// The account's name in the project when the profile was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl Ledger {
    /// Reads the document at `path`. Without one, leverage created no profile.
    ///
    /// # Errors
    ///
    /// The document is damaged, or from a later version.
    pub fn read(path: &str, text: Option<&str>) -> Result<Self, Failure> {
        let Some(text) = text else { return Ok(Self { version: VERSION, profiles: BTreeMap::new() }) };
        let failed = |what: String, hint: &str| {
            Err(Failure::new(format!("{path}, the record of profiles that leverage created, {what}")).hint(hint))
        };
        match serde_json::from_str::<Self>(text) {
            Ok(ledger) if ledger.version == VERSION => Ok(ledger),
            Ok(Self { version, .. }) => failed(format!("has version {version}"), "upgrade leverage"),
            Err(error) => failed(
                format!("is damaged: {error}"),
                "restore it from a backup, or remove it: then leverage treats all existing profiles as your own",
            ),
        }
    }

    /// The document with the profiles of `plan` that are `added`, and without the `gone` ones. None if nothing changes.
    pub fn updated(&self, plan: &Plan, added: &HashSet<&str>, gone: &HashSet<&str>) -> Option<Self> {
        if added.is_empty() && gone.is_empty() {
            return None;
        }
        let names = account_names(plan);
        let mut profiles = self.profiles.clone();
        profiles.retain(|name, _| !gone.contains(name.as_str()));
        for profile in plan.profiles.iter().filter(|profile| added.contains(profile.name.as_str())) {
            let entry = profile.account_id.clone().map(|account_id| {
                let account = names.get(account_id.as_str()).map(|&name| name.to_owned());
                (profile.name.clone(), LedgerEntry { account_id, account })
            });
            profiles.extend(entry);
        }
        (profiles != self.profiles).then_some(Self { version: VERSION, profiles })
    }

    /// The document.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON.
    pub fn text(&self) -> Result<String, Failure> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Failure::new(format!("failed to record the profiles: {error}")))
    }
}

/// The names of accounts by id.
pub(super) fn account_names(plan: &Plan) -> HashMap<&str, &str> {
    plan.accounts.iter().map(|account| (account.id.as_str(), account.name.as_str())).collect()
}
