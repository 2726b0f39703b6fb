//! Matches the organization's accounts with those in the project's files.
//!
//! The id is compared first, so that an account renamed in AWS keeps its name in the project. The email address is unique
//! in AWS; the name is not.

use std::collections::HashMap;
use std::fmt;

use leverage_plugin_api::model::{Account, AccountFilter, AccountState, Project, ProjectAccount};
use leverage_plugin_api::naming::account_name;
use leverage_plugin_api::sdk::list_names;

/// The management account's name in a project that does not set another one.
pub(super) const MANAGEMENT: &str = "management";

/// Whether this name stands for the management account in a project's files.
pub(super) fn is_management_name(name: &str) -> bool {
    [MANAGEMENT, "master", "root"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// An account with the name that profiles and variables use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedAccount {
    pub name: String,
    pub id: String,
    pub email: Option<String>,
    /// Active if only the project's files have the account.
    pub state: AccountState,
    pub is_management: bool,
    /// The project's files have the account, but the complete list of the organization does not.
    pub has_left: bool,
}

impl fmt::Display for NamedAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.id)
    }
}

/// The accounts, those of the project first, and warnings about the others.
#[derive(Debug)]
pub(super) struct ResolvedAccounts {
    pub accounts: Vec<NamedAccount>,
    pub warnings: Vec<String>,
}

/// Whether the filter includes accounts in this state.
pub(super) fn wants_state(filter: &AccountFilter, state: &AccountState) -> bool {
    if filter.states.is_empty() { *state == AccountState::Active } else { filter.states.contains(state) }
}

/// Matches the organization's accounts with those of the project.
pub(super) fn resolve(
    project: &Project,
    organization: &[Account],
    management_id: Option<&str>,
    filter: &AccountFilter,
    prunes: bool,
) -> ResolvedAccounts {
    let in_use = |account: &&Account| account.state == AccountState::Active || wants_state(filter, &account.state);
    let (used, unused): (Vec<&Account>, Vec<&Account>) = organization.iter().partition(in_use);
    let mut matches = Matches::new(project);
    // An account that was closed must not take the place of the one that replaces it.
    matches.add(&used, management_id);
    matches.add(&unused, management_id);

    let name_of = |account: &Account| match matches.listed_of(account) {
        Some(listed) => listed.name.clone(),
        None if Some(account.id.as_str()) == management_id => MANAGEMENT.to_owned(),
        None => unlisted_name(account, project.long_name.as_deref()),
    };
    let named = |account: &Account| {
        let name = name_of(account);
        let listed = matches.listed_of(account);
        NamedAccount {
            is_management: is_management(&name, &account.id, management_id),
            name,
            id: account.id.clone(),
            email: listed.and_then(|listed| listed.email.clone()).or_else(|| account.email.clone()),
            state: account.state.clone(),
            has_left: false,
        }
    };
    let mut warnings = Vec::new();
    let mut accounts = Vec::with_capacity(used.len());
    let mut strangers = Vec::new();
    let used_by_id: HashMap<&str, &Account> = used.iter().map(|account| (account.id.as_str(), *account)).collect();
    for (at, listed) in project.accounts.iter().enumerate() {
        match matches.account_of(at) {
            Some(id) => accounts.extend(used_by_id.get(id).map(|account| named(account))),
            None => strangers.extend(NamedAccount::from_listed(listed, management_id)),
        }
    }
    let unlisted = used.iter().filter(|account| matches.listed_of(account).is_none());
    accounts.extend(unlisted.map(|account| named(account)));
    if !strangers.is_empty() {
        let names: Vec<String> = strangers.iter().map(ToString::to_string).collect();
        let [one, many] = if prunes {
            ["planning no profile for it", "planning no profiles for them"]
        } else {
            ["using its recorded id", "using their recorded ids"]
        };
        warnings.push(match names.as_slice() {
            [only] => format!("account {only} is in the project's files but not in the organization; {one}"),
            _ => format!(
                "{} accounts are in the project's files but not in the organization; {many}: {}",
                names.len(),
                list_names(&names, NAMED)
            ),
        });
    }
    accounts.extend(strangers.into_iter().map(|account| NamedAccount { has_left: true, ..account }));
    warnings.extend(not_active(unused.into_iter().map(|account| (name_of(account), account)).collect()));
    ResolvedAccounts { accounts, warnings }
}

/// Which account of the project's files is which account of the organization.
struct Matches<'a> {
    listed: &'a [ProjectAccount],
    long_name: Option<&'a str>,
    /// The id of the organization's account, for each listed one.
    accounts: Vec<Option<&'a str>>,
    /// The place in `listed`, by the id of the organization's account.
    places: HashMap<&'a str, usize>,
}

impl<'a> Matches<'a> {
    fn new(project: &'a Project) -> Self {
        Self {
            listed: &project.accounts,
            long_name: project.long_name.as_deref(),
            accounts: vec![None; project.accounts.len()],
            places: HashMap::new(),
        }
    }

    /// Matches these accounts by id; the management account by its role; the others by email address, then by name.
    fn add(&mut self, accounts: &[&'a Account], management_id: Option<&str>) {
        self.add_by(accounts, |listed| listed.id.clone(), |account| Some(account.id.clone()));
        let management = accounts.iter().find(|account| Some(account.id.as_str()) == management_id);
        if let Some(management) = management.filter(|management| !self.places.contains_key(management.id.as_str())) {
            let email = management.email.as_deref().map(str::to_lowercase);
            let has_email =
                |listed: &&ProjectAccount| email.is_some() && listed.email.as_deref().map(str::to_lowercase) == email;
            let free = || self.listed.iter().enumerate().filter(|(at, _)| self.accounts[*at].is_none());
            let place = free()
                .find(|(_, listed)| listed.name == MANAGEMENT)
                .or_else(|| free().find(|(_, listed)| is_management_name(&listed.name)))
                .or_else(|| free().find(|(_, listed)| has_email(listed)));
            if let Some((at, _)) = place {
                self.set(at, management);
            }
        }
        let others: Vec<&Account> =
            accounts.iter().copied().filter(|account| Some(account.id.as_str()) != management_id).collect();
        let is_other = |listed: &ProjectAccount| management_id.is_none() || !is_management_name(&listed.name);
        self.add_by(
            &others,
            |listed| listed.email.as_deref().filter(|_| is_other(listed)).map(str::to_lowercase),
            |account| account.email.as_deref().map(str::to_lowercase),
        );
        let long_name = self.long_name;
        let name = |name: &str| account_name(&name.to_lowercase(), long_name.map(str::to_lowercase).as_deref());
        // The exact name first: two names can differ only in case.
        self.add_by(
            &others,
            |listed| Some(listed.name.clone()).filter(|_| is_other(listed)),
            |account| Some(account_name(&account.name, long_name)),
        );
        self.add_by(
            &others,
            |listed| Some(name(&listed.name)).filter(|name| is_other(listed) && !name.is_empty()),
            |account| Some(name(&account.name)).filter(|name| !name.is_empty()),
        );
    }

    /// Matches accounts that have the same key as a listed one, if neither is matched yet.
    fn add_by(
        &mut self,
        accounts: &[&'a Account],
        key_of_listed: impl Fn(&ProjectAccount) -> Option<String>,
        key_of_account: impl Fn(&Account) -> Option<String>,
    ) {
        let mut free: HashMap<String, usize> = HashMap::new();
        for (at, listed) in self.listed.iter().enumerate().filter(|(at, _)| self.accounts[*at].is_none()) {
            if let Some(key) = key_of_listed(listed) {
                free.entry(key).or_insert(at);
            }
        }
        for account in accounts {
            if self.places.contains_key(account.id.as_str()) {
                continue;
            }
            if let Some(at) = key_of_account(account).and_then(|key| free.remove(&key)) {
                self.set(at, account);
            }
        }
    }

    fn set(&mut self, at: usize, account: &'a Account) {
        self.accounts[at] = Some(&account.id);
        self.places.insert(&account.id, at);
    }

    /// The account of the project's files that this account is.
    fn listed_of(&self, account: &Account) -> Option<&'a ProjectAccount> {
        self.places.get(account.id.as_str()).map(|&at| &self.listed[at])
    }

    /// The id of the organization's account that the listed one at this place is.
    fn account_of(&self, at: usize) -> Option<&'a str> {
        self.accounts[at]
    }
}

/// The name of an account that no file of the project lists: that in AWS, or the id if nothing of it is left.
fn unlisted_name(account: &Account, long_name: Option<&str>) -> String {
    let name = account_name(&account.name, long_name);
    let name = name.trim_matches('-');
    if name.is_empty() { account.id.clone() } else { name.to_owned() }
}

/// The accounts with an id in the project's files, for when the organization cannot be read.
pub(super) fn from_project(project: &Project, management_id: Option<&str>) -> Vec<NamedAccount> {
    project.accounts.iter().filter_map(|listed| NamedAccount::from_listed(listed, management_id)).collect()
}

impl NamedAccount {
    fn from_listed(listed: &ProjectAccount, management_id: Option<&str>) -> Option<Self> {
        let id = listed.id.clone()?;
        Some(Self {
            name: listed.name.clone(),
            is_management: is_management(&listed.name, &id, management_id),
            id,
            email: listed.email.clone(),
            state: AccountState::Active,
            has_left: false,
        })
    }
}

fn is_management(name: &str, id: &str, management_id: Option<&str>) -> bool {
    management_id.map_or(name == MANAGEMENT, |management_id| id == management_id)
}

/// How many accounts a message lists by name.
const NAMED: usize = 5;

fn not_active(left_out: Vec<(String, &Account)>) -> Option<String> {
    let mut names: Vec<String> = left_out
        .into_iter()
        .map(|(name, account)| match &account.state {
            AccountState::Other(state) => format!("{name} ({state})"),
            _ => name,
        })
        .collect();
    names.sort();
    let listed = list_names(&names, NAMED);
    match names.len() {
        0 => None,
        1 => Some(format!("skipped 1 account that is not active: {listed}")),
        all => Some(format!("skipped {all} accounts that are not active: {listed}")),
    }
}
