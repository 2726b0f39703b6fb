//! The organization of a sandbox: its accounts and its organizational units.

mod unit;

pub(crate) use self::unit::Unit;
use self::unit::create_units;
use crate::random::{LOWER, Random};

/// The long name of the sample project, which is the prefix of its accounts' names.
pub(crate) const PROJECT: &str = "example";

/// The creation time of the organization, in seconds of the Unix epoch.
const CREATED: u32 = 1_735_732_800;

/// The first accounts: id, suffix in the email address, name.
///
/// The management account has the name of the company, as usual, so that it cannot be found by its name. The id of the
/// security account starts with zeros, so that it cannot be handled as a number.
const FIRST: [(&str, &str, &str); 4] = [
    ("111122223333", "", "Example Inc."),
    ("001122334455", "+security", "example-security"),
    ("444455556666", "+shared", "example-shared"),
    ("777788889999", "+network", "example-network"),
];

/// An organization and its accounts.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Its id: `o-` and ten letters or digits.
    pub id: String,
    /// The management account.
    pub management: Account,
    /// The account with the users of the sample project.
    pub security: Account,
    /// The other accounts.
    pub others: Vec<Account>,
    /// The root, and the organizational units below it.
    pub(crate) units: Vec<Unit>,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The email address of its root user.
    pub email: String,
    /// Its state.
    pub state: AccountState,
    /// The time it joined the organization, in seconds of the Unix epoch.
    pub(crate) joined: u32,
}

/// The state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Created, but not usable yet.
    PendingActivation,
    /// In use.
    Active,
    /// Suspended by AWS.
    Suspended,
    /// Being closed.
    PendingClosure,
    /// Closed.
    Closed,
}

impl AccountState {
    /// The value of the field `State`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// The value of the older field `Status`, which has three values only.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::PendingActivation | Self::Active => "ACTIVE",
            Self::Suspended | Self::Closed => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
        }
    }
}

impl Organization {
    /// An organization of `size` accounts, at least the management and the security account.
    ///
    /// With `inactive`, `example-network` and every third account after it are not active.
    pub(crate) fn new(size: usize, inactive: bool, random: &Random) -> Self {
        let [management, security, first @ ..] =
            FIRST.map(|(id, tag, name)| Account::new(id.to_owned(), name.to_owned(), tag, 0));
        let named = first.len();
        let mut others: Vec<_> = first.into_iter().take(size.saturating_sub(2)).collect();
        for number in 1..size.saturating_sub(1 + named) {
            let tag = format!("app-{number:03}");
            let account =
                Account::new(format!("2{number:011}"), format!("{PROJECT}-{tag}"), &format!("+{tag}"), number);
            others.push(account);
        }
        if inactive {
            use AccountState::{Closed, PendingActivation, PendingClosure, Suspended};
            let states = [Suspended, PendingClosure, Closed, PendingActivation];
            let chosen = others.iter_mut().skip(1).step_by(3);
            for (account, state) in chosen.zip(states.into_iter().cycle()) {
                account.state = state;
            }
        }
        let id = format!("o-{}", random.text("organization", LOWER, 10));
        Self { id, management, security, others, units: create_units(random) }
    }

    /// Adds active accounts with these names and email addresses.
    pub(crate) fn add(&mut self, further: Vec<(String, String)>) {
        let accounts = (1..).zip(further).map(|(number, (name, email))| Account {
            email,
            ..Account::new(format!("3{number:011}"), name, "", number)
        });
        self.others.extend(accounts);
    }

    /// All accounts. The management account is not the first, because AWS does not guarantee an order.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        [&self.security, &self.management].into_iter().chain(&self.others)
    }

    /// The account with this id.
    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts().find(|account| account.id == id)
    }

    /// The ARN of the organization.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management.id, self.id)
    }

    /// The ARN of one of its accounts.
    pub(crate) fn account_arn(&self, account: &Account) -> String {
        format!("arn:aws:organizations::{}:account/{}/{}", self.management.id, self.id, account.id)
    }
}

impl Organization {
    /// The root of the organizational units.
    pub(crate) fn root(&self) -> &Unit {
        &self.units[0]
    }

    /// The unit or root with this id.
    pub(crate) fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// The units directly below another.
    pub(crate) fn units_below<'a>(&'a self, parent: &'a Unit) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(|unit| unit.parent.as_ref() == Some(&parent.id))
    }

    /// The accounts directly in a unit.
    pub(crate) fn accounts_in<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = &'a Account> {
        self.accounts().filter(|account| self.unit_of(account) == unit.name)
    }

    /// The ARN of a unit.
    pub(crate) fn unit_arn(&self, unit: &Unit) -> String {
        let kind = if unit.parent.is_some() { "ou" } else { "root" };
        format!("arn:aws:organizations::{}:{kind}/{}/{}", self.management.id, self.id, unit.id)
    }

    /// The name of an account's unit.
    fn unit_of(&self, account: &Account) -> &'static str {
        if *account == self.management {
            "Root"
        } else if *account == self.security {
            "Security"
        } else if !account.name.contains("-app-") {
            "Infrastructure"
        } else if account.id.ends_with(['1', '3', '5', '7', '9']) {
            "Prod"
        } else {
            "Test"
        }
    }
}

impl Account {
    fn new(id: String, name: String, tag: &str, number: usize) -> Self {
        // One minute apart, as AWS does not create accounts faster.
        let joined = CREATED.saturating_add(u32::try_from(number).unwrap_or(u32::MAX).saturating_mul(60));
        Self { id, name, email: format!("aws{tag}@example.com"), state: AccountState::Active, joined }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn organization(size: usize, inactive: bool) -> Organization {
        Organization::new(size, inactive, &Random::new(Some(1)).unwrap())
    }

    #[test]
    fn new_creates_requested_number_of_distinct_accounts() {
        for size in [2, 3, 4, 5, 45, 2000] {
            let organization = organization(size, false);
            let ids: HashSet<_> = organization.accounts().map(|account| &account.id).collect();
            let names: HashSet<_> = organization.accounts().map(|account| &account.name).collect();
            assert_eq!((ids.len(), names.len()), (size, size));
            assert!(ids.iter().all(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())));
            assert!(organization.accounts().all(|account| account.state == AccountState::Active));
        }
    }

    #[test]
    fn new_keeps_accounts_of_sample_project_active() {
        let organization = organization(20, true);
        let states: HashSet<_> = organization.accounts().map(|account| account.state.name()).collect();
        assert_eq!(states.len(), 5);
        for name in ["Example Inc.", "example-security", "example-shared"] {
            let account = organization.accounts().find(|account| account.name == name).unwrap();
            assert_eq!(account.state, AccountState::Active);
        }
    }

    #[test]
    fn units_contain_every_account_once() {
        let organization = Organization::new(20, false, &Random::new(Some(1)).unwrap());
        let all = organization.units.iter().flat_map(|unit| organization.accounts_in(unit));
        assert_eq!(all.count(), 20);
        assert_eq!(organization.units_below(organization.root()).count(), 3);
    }
}
