//! The organization that a sandbox holds: its management account, its member accounts, and its organizational units.

mod units;

pub(super) use self::units::Unit;
use self::units::units;
use super::random::{LOWER, Random};

/// The long name of the sample project, which member accounts carry as a prefix.
pub(super) const PROJECT: &str = "example";

/// When the organization was created, in seconds of the Unix epoch.
const CREATED: u32 = 1_735_732_800;

/// The accounts that a sandbox begins with: id, what stands behind `aws+` in the email, name.
///
/// The management account bears the company's name, as it mostly does, so nobody can find it by that; and
/// the id of the security account begins with zeros, so nobody can take an id for a number.
const FIRST: [(&str, &str, &str); 4] = [
    ("111122223333", "", "Example Inc."),
    ("001122334455", "+security", "example-security"),
    ("444455556666", "+shared", "example-shared"),
    ("777788889999", "+network", "example-network"),
];

/// An organization and its accounts.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The organization's id, `o-` and ten letters or digits.
    pub id: String,
    /// The account that the organization belongs to.
    pub management: Account,
    /// The account in which the people of the sample project have their users.
    pub security: Account,
    /// The other accounts.
    pub others: Vec<Account>,
    /// The root, and the organizational units below it.
    pub(super) units: Vec<Unit>,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The name that AWS shows.
    pub name: String,
    /// The address of the account's root user.
    pub email: String,
    /// Where the account stands in its life.
    pub state: AccountState,
    /// When it became a part of the organization, in seconds of the Unix epoch.
    pub(super) joined: u32,
}

/// Where an account stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Created, but not usable yet.
    PendingActivation,
    /// In use.
    Active,
    /// Suspended by AWS.
    Suspended,
    /// On the way to being closed.
    PendingClosure,
    /// Closed.
    Closed,
}

impl AccountState {
    /// The value of the field `State`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// The value of the older field `Status`, which knows three values only.
    pub(super) fn status(self) -> &'static str {
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
    /// With `inactive`, `example-network` and every third account that follows are in some state other than
    /// active.
    pub(super) fn new(size: usize, inactive: bool, random: &Random) -> Self {
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
        Self { id, management, security, others, units: units(random) }
    }

    /// Adds active accounts with these names and email addresses.
    pub(super) fn add(&mut self, further: Vec<(String, String)>) {
        let accounts = (1..).zip(further).map(|(number, (name, email))| Account {
            email,
            ..Account::new(format!("3{number:011}"), name, "", number)
        });
        self.others.extend(accounts);
    }

    /// All accounts, the management account among them but not first, as AWS promises no order.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        [&self.security, &self.management].into_iter().chain(&self.others)
    }

    /// The account with this id.
    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts().find(|account| account.id == id)
    }

    /// The ARN of the organization.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management.id, self.id)
    }

    /// The ARN of one of its accounts.
    pub(super) fn account_arn(&self, account: &Account) -> String {
        format!("arn:aws:organizations::{}:account/{}/{}", self.management.id, self.id, account.id)
    }
}

impl Account {
    fn new(id: String, name: String, tag: &str, number: usize) -> Self {
        // A minute apart: AWS does not create accounts any faster.
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
    fn it_has_as_many_accounts_as_asked_for_and_none_twice() {
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
    fn the_accounts_of_the_sample_project_stay_active() {
        let organization = organization(20, true);
        let states: HashSet<_> = organization.accounts().map(|account| account.state.name()).collect();
        assert_eq!(states.len(), 5);
        for name in ["Example Inc.", "example-security", "example-shared"] {
            let account = organization.accounts().find(|account| account.name == name).unwrap();
            assert_eq!(account.state, AccountState::Active);
        }
    }
}
